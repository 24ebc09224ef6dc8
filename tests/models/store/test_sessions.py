"""A session is found by its number alone, and ends when it is idle, old, signed out or ended by somebody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models.service import clock
from models.store import SessionRow, writing
from models.store.sessions import (
    IDLE,
    KEPT,
    LONGEST,
    AnswerUsed,
    Session,
    end_session,
    end_sessions_of,
    open_session,
    timed_out,
    visit,
)
from tests.models.store.factories import DATABASES, database

START = datetime(2026, 5, 11, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with database(request.param, request) as engine:
        yield engine


@pytest.fixture(autouse=True)
def on_11_may_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, timedelta())


def set_clock(monkeypatch: pytest.MonkeyPatch, after: timedelta) -> None:
    """So long after the start; the clock of the tests stands still."""
    monkeypatch.setattr(clock, "now", lambda: START + after)


def opened(engine: Engine, answer: str = "state-1", who: str = "sub:s-1") -> str:
    with writing(engine).begin() as connection:
        return open_session(
            connection, answer, issuer="https://provider.example", subject="s-1", who=who, name="Rita",
            grants=["viewer:X08000001:aldermere-police", "analyst:X08000002"],
        )  # fmt: skip


def visited(engine: Engine, number: str) -> Session | None:
    with writing(engine).begin() as connection:
        return visit(connection, number)


def test_a_session_has_the_person_and_the_roles_of_the_sign_in(engine: Engine) -> None:
    grants = "analyst:X08000002 viewer:X08000001:aldermere-police"
    found = visited(engine, opened(engine))
    assert found == ("https://provider.example", "s-1", "sub:s-1", "Rita", grants, START)
    assert visited(engine, "another number") is None
    assert visited(engine, "") is None


def test_the_table_holds_no_number_that_could_be_used(engine: Engine) -> None:
    number = opened(engine)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", number), "256 bits"
    assert opened(engine, "state-2") != number
    with engine.connect() as connection:
        rows = connection.execute(select(SessionRow)).all()
    written = " ".join(str(value) for row in rows for value in row)
    assert number not in written
    assert "state-1" not in written
    assert hashlib.sha256(number.encode()).hexdigest() in written
    assert visited(engine, hashlib.sha256(number.encode()).hexdigest()) is None


def test_an_idle_session_ends_and_a_used_one_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened(engine)
    set_clock(monkeypatch, IDLE - SECOND)
    assert visited(engine, number) is not None
    set_clock(monkeypatch, IDLE + IDLE - 2 * SECOND)
    assert visited(engine, number) is not None, "the last visit counts, not the first"
    set_clock(monkeypatch, 3 * IDLE - 2 * SECOND)
    assert visited(engine, number) is None
    assert visited(engine, number) is None, "a late visit does not bring it back"


def test_no_session_lasts_longer_than_eight_hours(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    number, after = opened(engine), timedelta()
    while after + timedelta(minutes=10) < LONGEST:
        after += timedelta(minutes=10)
        set_clock(monkeypatch, after)
        assert visited(engine, number) is not None
    set_clock(monkeypatch, LONGEST)
    assert visited(engine, number) is None


def test_signing_out_ends_this_session_alone(engine: Engine) -> None:
    one, two = opened(engine), opened(engine, "state-2")
    with writing(engine).begin() as connection:
        assert end_session(connection, one) == "sub:s-1"
        assert end_session(connection, one) == "", "it had ended"
    assert visited(engine, one) is None
    assert visited(engine, two) is not None


def test_somebodys_sessions_can_be_ended_and_nobody_elses(engine: Engine) -> None:
    mine = [opened(engine), opened(engine, "state-2")]
    other = opened(engine, "state-3", "sub:s-2")
    with writing(engine).begin() as connection:
        assert end_sessions_of(connection, "sub:s-1") == 2
        assert end_sessions_of(connection, "sub:s-1") == 0
    assert [visited(engine, number) for number in mine] == [None, None]
    assert visited(engine, other) is not None


def test_an_answer_opens_one_session_even_after_that_has_ended(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    number = opened(engine)
    with writing(engine).begin() as connection:
        end_session(connection, number)
    set_clock(monkeypatch, LONGEST + SECOND)
    with pytest.raises(AnswerUsed):
        opened(engine)


def test_rows_go_after_two_days(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(engine)
    set_clock(monkeypatch, KEPT)
    opened(engine, "state-2")
    with engine.connect() as connection:
        assert len(connection.execute(select(SessionRow)).all()) == 1


def test_a_session_has_timed_out_when_it_is_idle_or_old_and_nobody_ended_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle, ended = opened(engine), opened(engine, "state-2")

    def over(number: str) -> str:
        with engine.connect() as connection:
            return timed_out(connection, number)

    assert over(idle) == "", "it is in force"
    set_clock(monkeypatch, IDLE - SECOND)
    assert over(idle) == ""
    with writing(engine).begin() as connection:
        end_session(connection, ended)
    set_clock(monkeypatch, IDLE)
    assert (over(idle), over(ended), over("unknown")) == ("sub:s-1", "", "")
    set_clock(monkeypatch, KEPT - SECOND)
    assert over(idle) == "sub:s-1"
    set_clock(monkeypatch, KEPT)
    assert over(idle) == "", "its row may be gone"
