"""A database that is full, read-only, locked or away is told as what it is; nothing is lost, and its end is told."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client import REGISTRY
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from consumers import sink as loop
from consumers.__main__ import main
from consumers.health import sink_pulse
from demo.processes import free_port
from models.contract import topics
from models.service.health import Reason
from models.store import SubmissionRow, make_engine, upgrade, writing
from models.store.trouble import Trouble, trouble_of
from tests.consumers.conftest import REGISTER, MakeSink
from tests.consumers.hand import Topics
from tests.models.store.factories import database, make_submission, wire
from tests.support.full_disk import fill, read_only, tiny_disk
from tests.support.waiting import poll_until


def failure(do: Callable[[], object]) -> Trouble:
    """What the error of a real database is told as; it is one that the sink waits out."""
    with pytest.raises(loop.DATABASE_ERRORS) as found:
        do()
    return trouble_of(found.value)


def write(engine: Engine) -> None:
    """One write as the sink makes it."""
    with writing(engine).begin() as connection:
        connection.execute(text("INSERT INTO service_state (name, value, updated_at) VALUES ('x', 'y', '2026-01-01')"))


def test_sqlite_on_a_disk_that_is_full_then_read_only(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", "1m") as disk:
        url = f"sqlite:///{disk / 'store.db'}"
        engine = make_engine(url)
        upgrade(engine)
        filler = fill(disk)

        def until_full() -> None:
            for _ in range(200):
                write(engine)
                with writing(engine).begin() as connection:
                    connection.execute(text("DELETE FROM service_state"))

        assert failure(until_full) is Trouble.FULL
        engine.dispose()
        assert failure(lambda: write(engine)) is Trouble.FULL
        engine.dispose()
        filler.unlink()
        read_only(disk)
        assert failure(lambda: write(engine)) is Trouble.READ_ONLY
        engine.dispose()
        read_only(disk, on=False)
        write(engine)
        engine.dispose()


def test_sqlite_locked_and_read_only_and_away(sqlite: Engine, tmp_path: Path) -> None:
    with writing(sqlite).begin():
        other = make_engine(str(sqlite.url))

        def wait_briefly() -> None:
            with other.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA busy_timeout = 10")
                connection.exec_driver_sql("BEGIN IMMEDIATE")

        assert failure(wait_briefly) is Trouble.LOCKED
        other.dispose()
    assert failure(lambda: write(make_engine(f"sqlite:///{tmp_path / 'no folder' / 'x.db'}"))) is Trouble.DOWN
    only = make_engine(str(sqlite.url))
    with only.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    assert failure(lambda: write(only)) is Trouble.READ_ONLY
    only.dispose()


@pytest.mark.postgres
def test_postgresql_full_read_only_locked_stopped_and_away(request: pytest.FixtureRequest) -> None:
    with database("postgres", request) as engine:

        def run(*statements: str) -> Trouble:
            def one() -> None:
                with engine.begin() as connection:
                    for statement in statements:
                        connection.execute(text(statement))

            return failure(one)

        full = "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$"
        assert run(full) is Trouble.FULL
        assert run("SET TRANSACTION READ ONLY", "DELETE FROM submissions") is Trouble.READ_ONLY
        with engine.begin() as holder:
            holder.execute(text("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE"))
            assert run("SET LOCAL lock_timeout = '50ms'", "SELECT * FROM submissions") is Trouble.LOCKED
            assert run("SET LOCAL statement_timeout = '50ms'", "SELECT * FROM submissions") is Trouble.LOCKED
        assert run("SELECT pg_terminate_backend(pg_backend_pid())") is Trouble.DOWN
    away = make_engine(f"postgresql://ypsem@127.0.0.1:{free_port()}/none")
    assert failure(lambda: away.connect().close()) is Trouble.DOWN
    away.dispose()


def shown(code: str) -> float | None:
    """The metric of one trouble."""
    return REGISTRY.get_sample_value("ypsem_sink_database_trouble", {"outcome": code})


def test_a_full_disk_is_told_waited_out_and_its_end_said_once(
    kafka: Topics, make_sink: MakeSink, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "consumers")
    with tiny_disk(tmp_path / "disk", "1m") as disk:
        engine = make_engine(f"sqlite:///{disk / 'store.db'}")
        upgrade(engine)
        sink, health, stop = make_sink(engine), sink_pulse(), threading.Event()
        thread = threading.Thread(target=loop.run, args=(sink, stop.is_set, lambda _: stop.wait(0.2), health))
        thread.start()
        try:
            poll_until(lambda: health.ready() is None, 30, "the sink reads")
            filler = fill(disk)
            for month in range(1, 13):
                kafka.put(topics.SUBMISSIONS, *(
                    wire(make_submission(period=f"{year}-{month:02}")) for year in range(2010, 2025)
                ))  # fmt: skip
            poll_until(lambda: shown("full") == 1, 30, "the metric says full")
            assert [shown(code) for code in ("read_only", "locked", "down", "other")] == [0] * 4
            poll_until(lambda: health.ready() is Reason.DATABASE_FULL, 30, "/ready says full")
            assert "free some space" in caplog.text
            assert str(disk) not in caplog.text
            filler.unlink()
            poll_until(lambda: health.ready() is None, 60, "it goes on by itself")
            count = select(func.count()).select_from(SubmissionRow)

            def all_there() -> bool:
                with engine.connect() as connection:
                    return connection.execute(count).scalar_one() == 180

            poll_until(all_there, 30, "nothing is lost")
        finally:
            stop.set()
            thread.join(30)
            sink.close()
            engine.dispose()
    assert (shown("full"), health.ready()) == (0, None)
    ends = [record.getMessage() for record in caplog.records if "works again" in record.getMessage()]
    assert len(ends) == 1, ends
    assert re.fullmatch(r"the database works again after \d+ s; reading on where it stopped", ends[0])


def test_a_request_on_a_full_disk_says_so(tmp_path: Path) -> None:
    with tiny_disk(tmp_path / "disk", "64k") as disk:
        fill(disk)
        arguments = ["request-release", "--board", "X08000001", "--as", "chair", "--register", str(REGISTER)]
        done = CliRunner().invoke(main, [*arguments, "--database-url", f"sqlite:///{disk / 'store.db'}"])
    assert done.exit_code == 2
    assert "nothing was requested" in done.output
    assert "full" in done.output
    assert not isinstance(done.exception, SQLAlchemyError)
