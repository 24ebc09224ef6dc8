"""The sink on a real broker and real databases: nothing lost, nothing twice, nothing that may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Engine, column, func, select, table
from sqlalchemy.exc import OperationalError

from consumers.broker import Broker, BrokerError
from consumers.errors import LeaseHeld, TopicRecreated
from consumers.sink import Sink, run
from consumers.store import StoreOutcome
from models.contract import topics
from models.store import Base, ReleaseCellRow, ReleaseRow, SignalRow, SinkOffsetRow, SubmissionRow, make_engine, writing
from tests.consumers.conftest import MakeSink
from tests.consumers.hand import Topics
from tests.models.store.factories import (
    database,
    make_cell,
    make_release,
    make_signal,
    make_silence,
    make_submission,
    wire,
)
from tests.support.waiting import poll_until


def drain(sink: Sink, records: int) -> None:
    """Turn until that many records were decided."""
    seen = 0

    def done() -> bool:
        nonlocal seen
        seen += sink.turn()
        return seen >= records

    poll_until(done, 20, f"{records} records are decided")
    assert seen == records


def dump(engine: Engine, *leave_out: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that records end in, without the named columns."""
    tables = (ReleaseRow, ReleaseCellRow, SubmissionRow, SinkOffsetRow)
    with engine.connect() as connection:
        return {table.__tablename__: _rows(connection, table, leave_out) for table in tables}


def _rows(connection: Any, table: type[Base], leave_out: tuple[str, ...]) -> list[tuple[Any, ...]]:
    columns = [column for column in table.__table__.columns if column.name not in leave_out]
    return sorted(map(tuple, connection.execute(select(*columns)).all()), key=repr)


def test_rows_and_offsets_arrive_together(engine: Engine, kafka: Topics, make_sink: MakeSink) -> None:
    release = wire(make_release())
    kafka.put(topics.RELEASES, release)
    kafka.put(topics.SUBMISSIONS, wire(make_submission()), wire(make_submission("aldermere-health")))
    drain(make_sink(engine), 3)
    found = dump(engine)
    assert [row[0] for row in found["release_cells"]] == ["X08000001.2026Q1.l1"] * 2
    with engine.connect() as connection:
        assert connection.execute(select(ReleaseRow.body)).scalar_one() == release
        offsets = connection.execute(select(SinkOffsetRow.topic, SinkOffsetRow.next_offset)).all()
    assert sorted(map(tuple, offsets)) == [(topics.RELEASES, 1), (topics.SUBMISSIONS, 2)]
    assert len(found["submissions"]) == 2


def test_reading_everything_twice_changes_nothing(engine: Engine, kafka: Topics, make_sink: MakeSink) -> None:
    kafka.put(topics.RELEASES, wire(make_release()), wire(make_release("2025Q4")))
    kafka.put(topics.SUBMISSIONS, wire(make_submission()))
    sink = make_sink(engine)
    drain(sink, 3)
    before = dump(engine, "updated_at", "src_offset")
    sink.prepare(from_beginning=True)
    drain(sink, 3)
    assert dump(engine, "updated_at", "src_offset") == before
    assert all(before.values())


def test_a_crash_before_commit_leaves_nothing_and_the_replay_is_equal(
    engine: Engine, kafka: Topics, make_sink: MakeSink
) -> None:
    kafka.put(topics.RELEASES, wire(make_release()))
    kafka.put(topics.SUBMISSIONS, wire(make_submission()))
    empty = dump(engine)
    sink = make_sink(engine)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    # The rows are written by then, the offsets are not: the point at which the two could part.
    with patch.object(sink.store, "advance", crash), pytest.raises(KeyboardInterrupt):
        drain(sink, 2)
    assert dump(engine) == empty
    sink.close()
    drain(make_sink(engine), 2)
    assert {name: len(rows) for name, rows in dump(engine).items()} == {
        "releases": 1,
        "release_cells": 2,
        "submissions": 1,
        "sink_offsets": 2,
    }


def test_a_database_that_fails_for_a_turn_costs_nothing(engine: Engine, kafka: Topics, make_sink: MakeSink) -> None:
    kafka.put(topics.RELEASES, wire(make_release()))
    sink = make_sink(engine)
    pauses: list[float] = []
    failing = patch.object(sink.store, "advance", side_effect=OperationalError("", {}, Exception()))
    failing.start()

    def mended(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            failing.stop()

    def stored() -> bool:
        with engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(SinkOffsetRow)).scalar_one() > 0

    run(sink, stored, mended)
    assert pauses == [0.5, 1.0]
    assert len(dump(engine)["release_cells"]) == 2


def test_an_older_state_never_replaces_a_newer_one(engine: Engine, kafka: Topics, make_sink: MakeSink) -> None:
    kafka.put(topics.SUBMISSIONS, wire(make_submission(on_time=True)), wire(make_submission(on_time=False)))
    sink = make_sink(engine)
    drain(sink, 2)
    with writing(engine).begin() as connection:
        outcome = sink.store.apply(connection, make_submission(on_time=True), b"", 0)
    assert outcome is StoreOutcome.UNCHANGED
    with engine.connect() as connection:
        assert connection.execute(select(SubmissionRow.on_time)).scalars().all() == [False]


def test_a_release_is_immutable(engine: Engine, kafka: Topics, make_sink: MakeSink) -> None:
    first, other = wire(make_release()), wire(make_release(cells=(make_cell(value=50),)))
    kafka.put(topics.RELEASES, first, first, other)
    drain(make_sink(engine), 3)
    with engine.connect() as connection:
        assert connection.execute(select(ReleaseRow.body)).scalars().all() == [first]
        assert sorted(connection.execute(select(ReleaseCellRow.value)).scalars(), key=repr) == [45, None]
    (letter,) = kafka.dead_letters(1)
    assert (letter.topic, letter.offset, letter.rule) == (topics.RELEASES, 2, "sink.release-differs")


def test_bad_records_are_dead_lettered_without_content_and_hold_nothing_up(
    sqlite: Engine, kafka: Topics, make_sink: MakeSink, caplog: pytest.LogCaptureFixture
) -> None:
    canary = "Canary Name 943 476 5919"
    bad = [b"\xff", None, b"{}", wire(make_release())[:-1] + f', "{canary}": "{canary}"}}'.encode()]
    kafka.put(topics.RELEASES, *bad, wire(make_release("2025Q4")))
    with caplog.at_level("DEBUG", logger="consumers"):
        drain(make_sink(sqlite), 5)
    letters = kafka.dead_letters(4)
    assert [(letter.offset, letter.size) for letter in letters] == [
        (0, "small"),
        (1, "empty"),
        (2, "small"),
        (3, "medium" if len(bad[3] or b"") >= 1024 else "small"),
    ]
    assert letters[1].rule == "sink.empty"
    assert (letters[3].rule, letters[3].path) == ("schema.extra_forbidden", "<unknown>")
    assert canary not in "".join(letter.model_dump_json() for letter in letters) + caplog.text
    assert [row[0] for row in dump(sqlite)["releases"]] == ["X08000001.2025Q4.l1"]


def test_dead_letters_are_acknowledged_before_the_offset_moves(
    sqlite: Engine, kafka: Topics, make_sink: MakeSink
) -> None:
    kafka.put(topics.RELEASES, b"{}")
    sink = make_sink(sqlite)

    def refuse(*_: object, **__: object) -> Callable[[], None]:
        def acknowledged() -> None:
            raise BrokerError("not acknowledged")

        return acknowledged

    with patch.object(Broker, "send", refuse), pytest.raises(BrokerError):
        drain(sink, 1)
    assert dump(sqlite)["sink_offsets"] == []
    drain(sink, 1)
    assert [letter.offset for letter in kafka.dead_letters(1)] == [0]


def test_a_second_sink_is_refused_until_the_lease_ends(
    engine: Engine, kafka: Topics, make_sink: MakeSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_sink(engine)
    second = make_sink(engine, prepare=False)
    with pytest.raises(LeaseHeld, match="another sink is writing"):
        second.prepare()
    monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", "31")  # the first has died, its lease has ended
    second.prepare()
    kafka.put(topics.RELEASES, wire(make_release()))
    with pytest.raises(LeaseHeld):
        drain(first, 1)
    assert dump(engine)["releases"] == []
    drain(second, 1)


def test_a_topic_made_anew_stops_the_sink_and_from_beginning_mends_it(
    engine: Engine, kafka: Topics, make_sink: MakeSink
) -> None:
    release = wire(make_release())
    kafka.put(topics.RELEASES, release)
    kafka.put(topics.SUBMISSIONS, wire(make_submission()), wire(make_submission(on_time=False)))
    sink = make_sink(engine)
    drain(sink, 3)
    sink.close()
    kafka.make_anew()
    kafka.put(topics.RELEASES, release, wire(make_release("2025Q4")))
    kafka.put(topics.SUBMISSIONS, wire(make_submission(on_time=True)))
    again = make_sink(engine, prepare=False)
    with pytest.raises(TopicRecreated, match="--from-beginning") as stopped:
        again.prepare()
    assert stopped.value.exit_code == 3
    again.prepare(from_beginning=True)
    drain(again, 3)
    found = dump(engine)
    assert len(found["releases"]) == 2
    with engine.connect() as connection:
        assert connection.execute(select(SubmissionRow.on_time)).scalars().all() == [True]


def test_an_end_offset_told_too_low_does_not_stop_the_sink(sqlite: Engine, kafka: Topics, make_sink: MakeSink) -> None:
    # The embedded broker calls the end of a log the first offset of its last batch, plus one.
    kafka.put_batch(topics.RELEASES, [wire(make_release(f"202{n}Q1")) for n in range(4, 7)])
    sink = make_sink(sqlite)
    drain(sink, 3)
    sink.close()
    again = make_sink(sqlite)
    kafka.put(topics.RELEASES, wire(make_release("2023Q1")))
    drain(again, 1)
    assert len(dump(sqlite)["releases"]) == 4


@pytest.mark.postgres
def test_connections_that_the_database_cuts_are_made_again(
    request: pytest.FixtureRequest, kafka: Topics, make_sink: MakeSink
) -> None:
    with database("postgres", request) as engine:
        sink = make_sink(engine)
        kafka.put(topics.RELEASES, wire(make_release()))
        admin = make_engine(engine.url.render_as_string(hide_password=False))
        others = column("pid") != func.pg_backend_pid(), column("datname") == func.current_database()
        cut = select(func.pg_terminate_backend(column("pid"))).select_from(table("pg_stat_activity")).where(*others)
        take, pauses = sink.lease.take, list[float]()

        def cut_then_take(connection: Connection) -> None:
            # In the middle of the transaction, where no check of the pool can help.
            if not pauses:
                with admin.begin() as other:
                    other.execute(cut)
            take(connection)

        def stored() -> bool:
            with admin.connect() as connection:
                return connection.execute(select(func.count()).select_from(ReleaseRow)).scalar_one() > 0

        with patch.object(sink.lease, "take", cut_then_take):
            run(sink, stored, pauses.append)
        assert pauses == [0.5]
        admin.dispose()


def test_a_signal_is_stored_as_it_last_was(engine: Engine, kafka: Topics, make_sink: MakeSink) -> None:
    signal = make_signal()
    closed = signal.model_copy(update={"updated_on": date(2026, 4, 6), "closed_on": date(2026, 4, 6)})
    kafka.put(topics.SIGNALS, wire(signal), wire(make_silence()), wire(closed), wire(closed))
    sink = make_sink(engine)
    drain(sink, 4)

    def rows() -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            found = select(SignalRow.signal_id, SignalRow.areas, SignalRow.agency, SignalRow.closed_on)
            return sorted(map(tuple, connection.execute(found).all()))

    expected = [
        (make_silence().signal_id, "", "aldermere-housing", None),
        (signal.signal_id, "X05000018", None, date(2026, 4, 6)),
    ]
    assert rows() == expected
    sink.prepare(from_beginning=True)
    drain(sink, 4)
    assert rows() == expected
