"""Faults of the database: away, killed, out of reach, slow, locked, refusing writes, its disk full."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from models.service.health import Reason
from models.store import make_engine
from models.store.trouble import Trouble
from tests.faults.bench import Bench
from tests.faults.books import Difference, compare_sql, returns_in_sql
from tests.faults.loads import Messages, returns
from tests.faults.registry import NotRun, Turn, fault
from tests.faults.services import Service
from tests.support.full_disk import fill

FOR_SECONDS = 6


REASONS = {
    Trouble.DOWN: Reason.NO_DATABASE,
    Trouble.READ_ONLY: Reason.DATABASE_READ_ONLY,
    Trouble.FULL: Reason.DATABASE_FULL,
}


def _signs(turn: Turn, code: Trouble, sink: Service | None = None) -> None:
    """What an operator sees while the sink cannot write, and that the sink says why."""
    sink = sink or turn.bench.of("sink")
    turn.look_for(f"sink's /ready 503: {REASONS[code].value}", lambda: sink.says(REASONS[code]))
    turn.look_for("ypsem_sink_db_errors_total", lambda: sink.metric("ypsem_sink_db_errors_total") > 0)
    trouble = "ypsem_sink_database_trouble"
    turn.look_for(f'{trouble}{{outcome="{code}"}}', lambda: sink.metric(trouble, outcome=code.value) == 1)
    turn.see("log: the database failed", f"the database failed ({code}," in sink.log())


def _over(turn: Turn, sink: Service | None = None) -> None:
    """What an operator sees once it can write again."""
    sink = sink or turn.bench.of("sink")
    turn.look_for("sink's /ready 200 again", lambda: sink.ready)
    turn.look_for("log: the database works again", lambda: "the database works again after" in sink.log())
    turn.see("no ypsem_sink_database_trouble", sink.metric("ypsem_sink_database_trouble") == 0)


def _behind(turn: Turn) -> bool:
    """Whether SQL really lacks what the producers were told is accepted; only while the database can be asked."""
    return returns_in_sql(turn.bench.engine) != turn.bench.told.returns()


def _down(turn: Turn, stop: Callable[[], None]) -> None:
    postgres = turn.bench.postgres
    for _ in range(turn.times):
        turn.feed(events=600, background=True)
        turn.under_way(0.05)
        turn.bench.engine.dispose()
        stop()
        turn.feed(returns())
        _signs(turn, Trouble.DOWN)
        turn.until(lambda: not turn.bench.mid_stream(), 60, "the ledger has all of it")
        postgres.start()
        turn.struck(_behind(turn))
        turn.settle()
        _over(turn)


@fault("database stopped and started", chapter="The database is away, slow or full")
def stopped(turn: Turn) -> None:
    _down(turn, turn.bench.postgres.stop)


@fault("database killed", times=1, chapter="The database is away, slow or full")
def killed(turn: Turn) -> None:
    _down(turn, turn.bench.postgres.kill)


@fault("network to the database cut", chapter="The database is away, slow or full")
def cut(turn: Turn) -> None:
    line = turn.bench.database_line
    before = line.connections_cut
    line.cut()
    turn.feed(returns())
    _signs(turn, Trouble.DOWN)
    turn.until(lambda: not turn.bench.mid_stream(), 60, "the ledger has all of it")
    turn.struck(line.connections_cut > before and _behind(turn))
    line.heal()
    turn.settle()
    _over(turn)


@fault("line to the database swallows bytes", chapter="The database is away, slow or full")
def swallowed(turn: Turn) -> None:
    """A device in between takes what is sent, acknowledges it and passes nothing on; later all of it arrives."""
    line = turn.bench.database_line
    line.stall()
    turn.feed(returns())
    _signs(turn, Trouble.DOWN)
    turn.until(lambda: not turn.bench.mid_stream(), 60, "the ledger has all of it")
    turn.struck(line.bytes_held > 0 and _behind(turn))
    line.heal()
    turn.settle()
    _over(turn)


@fault("database slow (0.3 s a packet)", chapter="The database is away, slow or full")
def slow(turn: Turn) -> None:
    bench = turn.bench
    bench.database_line.slow(0.3)
    turn.feed(events=800)
    turn.until(lambda: not bench.mid_stream(), 60, "the ledger has all of it")
    turn.look_for(
        "ypsem_sink_lag_records", lambda: bench.of("sink").metric("ypsem_sink_lag_records") > 0 or _behind(turn)
    )
    turn.struck(bench.database_line.pieces_delayed > 0 and _behind(turn))
    bench.database_line.heal()
    turn.settle()


@fault("database locked by somebody", chapter="The database is away, slow or full")
def locked(turn: Turn) -> None:
    bench = turn.bench
    with bench.engine.connect() as connection:
        connection.execute(text("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE"))
        turn.feed(returns())
        turn.until(lambda: not bench.mid_stream(), 60, "the ledger has all of it")
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        turn.until(lambda: connection.execute(waiting).scalar_one() > 0, 60, "the sink waits for the lock")
        time.sleep(FOR_SECONDS)
        turn.struck(connection.execute(waiting).scalar_one() > 0)
        last = bench.of("sink").metric("ypsem_sink_last_poll_timestamp_seconds")
        turn.see("ypsem_sink_last_poll_timestamp_seconds stands still", 0 < last < time.time() - FOR_SECONDS / 2)
        connection.rollback()
    turn.settle()


@fault("database refuses writes (read-only)", times=1, chapter="The database is away, slow or full")
def refuses(turn: Turn) -> None:
    """Like a failover to a standby: every write is refused, reads work."""
    bench = turn.bench
    engine = create_engine(bench.postgres.url, isolation_level="AUTOCOMMIT")
    try:
        for _ in range(turn.times):
            with engine.connect() as connection:
                connection.execute(text("ALTER SYSTEM SET default_transaction_read_only = on"))
                connection.execute(text("SELECT pg_reload_conf()"))
            turn.feed(returns())
            _signs(turn, Trouble.READ_ONLY)
            turn.until(lambda: not bench.mid_stream(), 60, "the ledger has all of it")
            turn.struck(_behind(turn))
            with engine.connect() as connection:
                connection.execute(text("SET default_transaction_read_only = off"))
                connection.execute(text("ALTER SYSTEM RESET default_transaction_read_only"))
                connection.execute(text("SELECT pg_reload_conf()"))
            turn.settle()
            _over(turn)
    finally:
        engine.dispose()


@fault("database's disk full (PostgreSQL)", chapter="The database is away, slow or full")
def tablespace_full(turn: Turn) -> None:
    """The table of returns is on a separate disk that is full to the last byte."""
    bench = turn.bench
    engine = create_engine(bench.postgres.url, isolation_level="AUTOCOMMIT")
    try:
        with _room(bench, "1m") as disk, engine.connect() as connection:
            connection.execute(text(f"CREATE TABLESPACE tiny LOCATION '{disk / 'space'}'"))
            connection.execute(text("ALTER TABLE submissions SET TABLESPACE tiny"))
            filler = fill(disk)
            with engine.connect().execution_options(isolation_level="REPEATABLE READ") as reader:
                # While somebody still reads the old rows, their space is not used again, so the rest fills up.
                reader.execute(text("SELECT count(*) FROM submissions"))
                turn.until(lambda: _no_room_for(turn, returns()), 60, "nothing more can be written")
                _signs(turn, Trouble.FULL)
                turn.until(lambda: not bench.mid_stream(), 60, "the ledger has all of it")
                # Before the reader ends, because a page that is cleaned up afterwards has room again for a while.
                turn.struck(_behind(turn))
            filler.unlink()
            turn.settle()
            _over(turn)
            connection.execute(text("ALTER TABLE submissions SET TABLESPACE pg_default"))
            connection.execute(text("DROP TABLESPACE tiny"))
    finally:
        engine.dispose()


@contextmanager
def _room(bench: Bench, size: str) -> Iterator[Path]:
    try:
        with bench.postgres.room(size) as disk:
            yield disk
    except pytest.skip.Exception as missing:
        raise NotRun(str(missing)) from None


def _no_room_for(turn: Turn, messages: Messages) -> bool:
    """Send returns; True if they did not reach the database, because its disk is full."""
    turn.feed(messages)
    trouble = "ypsem_sink_database_trouble"
    sink = turn.bench.of("sink")
    turn.until(
        lambda: not _behind(turn) or sink.metric(trouble, outcome="full") == 1, 60, "they are written or refused"
    )
    return sink.metric(trouble, outcome="full") == 1


@fault("disk full (SQLite)", times=1, chapter="The database is away, slow or full")
def disk_full(turn: Turn) -> None:
    """A second sink, on its own file that may not grow: the kernel refuses its writes as on a full disk."""
    bench = turn.bench
    url = f"sqlite:///{bench.folder / 'full.db'}"
    sink = bench.supervisor.start("sink", YPSEM_DATABASE_URL=url)
    bench.supervisor.wait_ready(60, sink)
    engine = make_engine(url)
    try:
        turn.until(partial(_same, turn, engine), 60, "the second sink has caught up")
        for _ in range(turn.times):
            before = resource.prlimit(sink.child.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(sink.child.pid, resource.RLIMIT_FSIZE, (8192, before[1]))
            turn.feed(returns())
            _signs(turn, Trouble.FULL, sink)
            turn.until(lambda: not bench.mid_stream(), 60, "the ledger has all of it")
            turn.struck(not _same(turn, engine))
            if sink.child.exit_code is None:
                resource.prlimit(sink.child.pid, resource.RLIMIT_FSIZE, before)
            turn.settle()
            turn.until(partial(_same, turn, engine), 60, "the second sink has caught up")
            _over(turn, sink)
        found = Difference()
        compare_sql(bench.told, engine, found)
        turn.row.add(found)
    finally:
        engine.dispose()
        bench.supervisor.remove(sink)


def _same(turn: Turn, engine: Engine) -> bool:
    turn.bench.supervisor.mend()
    return returns_in_sql(engine) == turn.bench.told.returns()
