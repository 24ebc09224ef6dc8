"""Signals in the stream: told once a day, kept as told, the same after a replay; and the look with every chunk."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import orjson
import pytest

from analysis.hotspots.scan import find
from analysis.ledger.row import Row, encode
from analysis.signals.draws import look
from analysis.signals.provisional import build
from models.contract import topics
from models.operations.remedies import Hold
from models.register import load_register
from models.signals import ANY_SIGNAL, OperationalSignal, RequestScan, Signal
from streams.signals.looks import Looks
from streams.signals.publishing import Pair, Signals
from tests.analysis.signals.worlds import (
    AGENCIES,
    KEYS,
    NEXT,
    REGISTER,
    WARD,
    Story,
    background,
    board,
    places,
    rise,
    row,
    shared,
)
from tests.factories import BOARD, CARE, POLICE, SCHOOLS

LIVE = datetime(2026, 6, 1, 9, tzinfo=UTC)
"""A morning after the board went live."""
HISTORY = datetime(2026, 5, 11, 9, tzinfo=UTC)


def stored(story: Story) -> list[Pair]:
    return [(key.encode(), encode(one)) for key, one in sorted(story.rows.items())]


def risen(until: date) -> Story:
    return rise(background(until=until), shared(40), until=until)


def signals(table: dict[bytes, bytes] | None = None) -> Signals:
    return Signals(load_register(REGISTER), KEYS, {} if table is None else table)


def ask(made: Signals, story: Story, at: datetime, publish: bool = False) -> list[Signal | OperationalSignal]:
    """One request, carried out as the agent does."""
    request = RequestScan(request_id="r1", board=BOARD, requested_at=at, publish=publish)
    told = asyncio.run(made.answer(request, stored(story)))
    assert told is not None
    made.keep(BOARD, told)
    outs = made.emitted(told, request)
    assert {out.topic for out in outs} <= {topics.SIGNALS}
    return [ANY_SIGNAL.validate_json(out.value or b"") for out in outs]


def of_children(found: list[Signal | OperationalSignal]) -> list[Signal]:
    return [one for one in found if isinstance(one, Signal)]


def without_alerts(table: dict[bytes, bytes]) -> dict[bytes, bytes]:
    return {key: value for key, value in table.items() if not key.startswith(b"alerts|")}


@pytest.mark.slow
def test_a_live_board_tells_once_a_day_and_a_replay_tells_the_same() -> None:
    story = risen(LIVE.date())
    table: dict[bytes, bytes] = {}
    first = of_children(ask(signals(table), story, LIVE, publish=True))
    assert [(one.kind, one.areas, one.opened_on) for one in first] == [
        ("cse_concern", (WARD,), LIVE.date()),
        ("cse_sign", (WARD,), LIVE.date()),
    ]
    kept = without_alerts(table)
    # Killed before the signals were out: the request is read again, by a worker with the recovered table.
    story.add(*(row(POLICE, f"later{n}", LIVE.date() - timedelta(days=1), "X05000003") for n in range(30)))
    again = of_children(ask(signals(table), story, LIVE + timedelta(hours=2), publish=True))
    assert again == first
    assert without_alerts(table) == kept


@pytest.mark.slow
def test_children_are_judged_once_a_fortnight_and_the_day_is_published_all_the_same() -> None:
    """A pair of agencies gets one answer in a fortnight, however often it changes what it sends."""
    table: dict[bytes, bytes] = {}
    day = LIVE
    while look((day - timedelta(days=1)).date()) == look(day.date()):
        day -= timedelta(days=1)
    assert of_children(ask(signals(table), background(until=day.date()), day, publish=True)) == []
    for later in (1, 7, 13):
        at = day + timedelta(days=later)
        assert of_children(ask(signals(table), risen(at.date()), at, publish=True)) == []
        assert signals(table).published(BOARD) == at.date()
    at = day + timedelta(days=14)
    assert of_children(ask(signals(table), risen(at.date()), at, publish=True)), "the next fortnight's first day"


@pytest.mark.slow
def test_a_request_by_a_person_tells_no_new_signal_of_a_live_board() -> None:
    table: dict[bytes, bytes] = {}
    made = signals(table)
    assert of_children(ask(made, risen(LIVE.date()), LIVE)) == []
    assert made.published(BOARD) is None
    record = orjson.loads(table[f"alerts|{BOARD}|cse_concern".encode()])[0]
    assert WARD in record["areas"], "the alert record is renewed all the same"
    assert record["observed"] >= 10


@pytest.mark.slow
def test_history_is_told_week_by_week_and_dated_as_it_would_have_been() -> None:
    table: dict[bytes, bytes] = {}
    story = risen(date(2026, 3, 2))
    told = of_children(ask(signals(table), story, HISTORY))
    assert {one.kind for one in told} == {"cse_concern", "cse_sign"}
    assert all(one.opened_on.weekday() == HISTORY.weekday() for one in told)
    assert all(date(2026, 2, 1) < one.opened_on < date(2026, 3, 10) for one in told)
    assert of_children(ask(signals(table), story, HISTORY + timedelta(hours=1))) == told, "nothing is dated anew"


def test_the_daily_request_comes_after_six_london_time_once_and_only_to_live_boards() -> None:
    made, five, six = signals(), LIVE.replace(hour=4, minute=59), LIVE.replace(hour=5)
    assert not made.due(board(), HISTORY)
    assert not made.due(board(), five), "05:59 in London"
    assert made.due(board(), six)
    out = made.daily_request(board(), six)
    assert (out.topic, out.partition) == (topics.REQUESTS, board().partition)
    assert RequestScan.model_validate_json(out.value or b"").publish
    assert not made.due(board(), six + timedelta(hours=1)), "asked already"
    assert made.due(board(), six + timedelta(days=1))
    done = signals({f"day|{BOARD}|published".encode(): b"2026-06-01"})
    assert not done.due(board(), six)


class _Item(NamedTuple):
    key: bytes


def test_a_look_counts_new_children_once_and_sees_a_rise() -> None:
    look = build(background(until=LIVE.date()).evidence(), places(), LIVE.date())
    assert look is not None
    before = look.books["cse_concern"].problem.cases.sum()
    fresh = {f"n{n}": row(CARE, f"new{n}", LIVE.date() - timedelta(days=2)) for n in range(8)}
    assert look.add(fresh.items()) == {"cse_concern", "cse_sign"}
    assert look.add(fresh.items()) == set(), "a revision is no second child"
    repeats = {f"r{n}": row(SCHOOLS, f"new{n}", LIVE.date() - timedelta(days=1)) for n in range(8)}
    assert look.add(repeats.items()) == set(), "nor is a repeat"
    book = look.books["cse_concern"]
    assert book.problem.cases.sum() == before + 8
    cluster = look.rescan(["cse_concern"])["cse_concern"]
    assert places().wards.index(WARD) in cluster.areas
    assert cluster.p is not None
    assert cluster.p < 0.02
    assert cluster.ratio == next(find(book.problem)).ratio, "the short way finds what the whole scan finds"


def test_a_look_worth_it_asks_for_the_full_scan_at_most_hourly() -> None:
    story = background(until=LIVE.date())
    register = load_register(REGISTER)
    three = register.model_copy(update={"agencies": tuple(a for a in register.agencies if a.id in AGENCIES)})
    made = Looks(three, signals())

    def renew(minutes: int) -> list[RequestScan]:
        at = LIVE + timedelta(minutes=minutes)
        outs = asyncio.run(made.renew([board()], at, lambda _: stored(story)))
        assert all(out.topic == topics.REQUESTS and out.partition == board().partition for out in outs)
        return [RequestScan.model_validate_json(out.value or b"") for out in outs]

    def take(name: str, ward: str) -> None:
        day = LIVE.date() - timedelta(days=2)
        chunk: dict[str, Row] = {f"{name}{n}": row(CARE, f"{name}{n}", day, ward) for n in range(12)}
        story.rows.update(chunk)
        items: Any = [_Item(f"{key}|0".encode()) for key in chunk]
        made.take(items, story.rows.get)

    assert renew(0) == []
    take("a", WARD)
    [asked] = renew(2)
    assert (asked.board, asked.publish) == (BOARD, False)
    take("b", NEXT)
    assert renew(4) == []
    take("c", NEXT)
    assert len(renew(65)) == 1


def test_a_silent_agency_is_noticed_and_not_asked_about_every_minute() -> None:
    story = background(until=LIVE.date())
    made = Looks(load_register(REGISTER), signals())
    asked = []
    for minute in range(12):
        story.rows[f"m{minute}"] = row(CARE, f"m{minute}", LIVE.date() - timedelta(days=3))
        items: Any = [_Item(f"m{minute}|0".encode())]
        made.take(items, story.rows.get)
        asked += asyncio.run(made.renew([board()], LIVE + timedelta(minutes=minute), lambda _: stored(story)))
    assert len(asked) == 2


def test_a_held_agency_is_told_at_once_and_asked_about_once() -> None:
    story = background(until=LIVE.date())
    table: dict[bytes, bytes] = {}
    made = signals(table)
    looks = Looks(load_register(REGISTER), made)

    def renew(minute: int) -> list[RequestScan]:
        at = LIVE + timedelta(minutes=minute)
        outs = asyncio.run(looks.renew([board()], at, lambda _: stored(story)))
        return [
            RequestScan.model_validate_json(out.value or b"") for out in outs if (out.key or b"").startswith(b"held")
        ]

    def refused() -> list[OperationalSignal]:
        return [one for one in made.operational(BOARD) if one.kind == "refused_format"]

    assert renew(0) == []
    made.remedies.take(Hold(agency=POLICE, held=True, by="worker", at=LIVE))
    [request] = renew(1)
    assert not request.publish, "the day's signals about children wait for their time"
    assert renew(2) == [], "not asked for twice while the answer is on its way"
    ask(made, story, LIVE)
    assert [(one.agency, one.starts_on, one.closed_on) for one in refused()] == [(POLICE, LIVE.date(), None)]
    assert renew(3) == []
    made.remedies.take(Hold(agency=POLICE, held=False, by="operations", at=LIVE))
    assert len(renew(4)) == 1
    ask(made, story, LIVE)
    assert [one.closed_on for one in refused()] == [LIVE.date()]
