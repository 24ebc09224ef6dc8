"""Building in a child process: the same bytes as here, an end when the worker stops, and no word of what it held."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest
from analysis.disclosure.work import Work

from models.signals import Recurrence, Signal
from streams.errors import Unfinished
from streams.ledger.building import (
    Builder,
    BuildFailed,
    Job,
    carry_out,
    pack_job,
    pack_result,
    unpack_job,
    unpack_result,
)
from tests.factories import BOARD
from tests.streams.test_releases import releases, request
from tests.support.waiting import poll_until


def job(children: int = 12) -> Job:
    made = releases(children)
    [candidate] = made.plan(request("2026Q1"))
    return made.job(candidate, made.rows(candidate.board))


def test_a_job_comes_out_of_its_packing_as_it_went_in() -> None:
    given = replace(job(), homes=[(b"X08000001|2025FY|nhs:c1", b'["X05000001","2026-05-11T09:00:00+00:00"]')])
    assert unpack_job(pack_job(given)) == given


def test_what_signals_told_goes_into_the_job() -> None:
    """Decision 15: the gate reads a release beside "at least ten"."""
    made = releases(12)
    [candidate] = made.plan(request("2026Q1"))
    dates = {name: date(2026, 2, 2) for name in ("starts_on", "opened_on", "updated_on")}
    told = Signal(
        signal_id=f"{BOARD}.missing.{BOARD}.2026-02-02",
        board=BOARD,
        kind="missing",
        areas=(BOARD,),
        ends_on=date(2026, 2, 8),
        recurrence=Recurrence.ONE_TO_FIVE,
        **dates,
    )
    given = made.job(candidate, [], [told])
    assert given.said == [("m9_children", date(2026, 2, 2), date(2026, 2, 8), 10)]
    assert unpack_job(pack_job(given)) == given


def test_a_gate_that_stays_closed_says_why(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("analysis.disclosure.gate.Work", lambda: Work(1))
    made = releases(12)
    [candidate] = made.plan(request("2026Q1"))
    result = carry_out(made.job(candidate, made.rows(candidate.board)))
    assert result.gate_closed
    assert "ask for fewer windows at once" in result.closed
    assert unpack_result(pack_result(result)) == result
    made.keep(candidate, result)
    assert "ask for fewer windows at once" in caplog.text


@pytest.mark.slow
def test_the_child_builds_what_would_be_built_here() -> None:
    given = job()
    assert asyncio.run(Builder().build(given)) == carry_out(given)


@pytest.mark.slow
def test_a_stopped_builder_ends_the_child_and_gives_the_work_up() -> None:
    async def stopped() -> None:
        builder = Builder()
        under_way = asyncio.ensure_future(builder.build(job(60)))
        while builder._process is None:
            await asyncio.sleep(0.01)
        process = builder._process
        builder.stop()
        with pytest.raises(Unfinished):
            await under_way
        await asyncio.to_thread(poll_until, lambda: process.returncode is not None, 10, "the child has ended")
        with pytest.raises(Unfinished):
            await builder.build(job())

    asyncio.run(stopped())


@pytest.mark.slow
def test_a_child_that_fails_says_where_and_not_what(capfd: pytest.CaptureFixture[str]) -> None:
    broken = replace(job(), rows=[(b"canary-event", b"canary-row")])
    with pytest.raises(BuildFailed, match="70"):
        asyncio.run(Builder().build(broken))
    said = capfd.readouterr().err
    assert "a release could not be built: JSONDecodeError at" in said
    assert "canary" not in said


@pytest.mark.slow
def test_the_loop_turns_while_a_release_is_built() -> None:
    async def turning() -> float:
        longest = 0.0
        loop = asyncio.get_running_loop()
        under_way = asyncio.ensure_future(Builder().build(job(60)))
        while not under_way.done():
            before = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before)
        return longest

    assert asyncio.run(turning()) < 3, "a session lasts at least 6 s"
