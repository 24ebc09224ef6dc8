"""A PostgreSQL that is away without a word, or does not get on, ends in an error in bounded time; the sink waits."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError

from consumers.sink import DATABASE_ERRORS
from models.store import make_engine, upgrade
from models.store.engine import CONNECT_SECONDS, PATIENCE
from models.store.migrate import _ADVISORY_LOCK
from models.store.silence import DatabaseSilent
from tests.faults.proxy import Proxy


@contextmanager
def connected(url: str, **query: str) -> Iterator[Engine]:
    engine = make_engine(make_url(url).update_query_dict(query).render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.mark.postgres
def test_every_connection_has_the_kernel_and_the_server_watch_it(postgres_url: str) -> None:
    with connected(postgres_url) as engine, engine.connect() as connection:
        shown = {
            name: connection.execute(text(f"SHOW {name}")).scalar_one()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        }
        raw = connection.connection.dbapi_connection
        assert raw is not None
        with socket.socket(fileno=os.dup(raw.pgconn.socket)) as line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == PATIENCE["tcp_user_timeout"]
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == PATIENCE["keepalives_idle"]
    assert shown == {
        "statement_timeout": "1min", "lock_timeout": "30s", "idle_in_transaction_session_timeout": "1min"
    }  # fmt: skip


@pytest.mark.slow
def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up() -> None:
    assert PATIENCE["connect_timeout"] == CONNECT_SECONDS == 10
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"
        began = time.monotonic()
        with connected(url, connect_timeout="2") as engine, pytest.raises(DATABASE_ERRORS):
            engine.connect()
    assert time.monotonic() - began < CONNECT_SECONDS


@pytest.mark.postgres
def test_a_line_that_takes_the_bytes_and_passes_none_on_is_given_up(postgres_url: str) -> None:
    url = make_url(postgres_url)
    assert url.port is not None
    with Proxy(url.port) as line:
        behind = url.set(host="127.0.0.1", port=line.port).render_as_string(hide_password=False)
        with connected(behind, silence_seconds="0.5") as engine:
            with engine.connect() as connection:
                # While something comes, now and then, it is waited for.
                drops = text("SELECT repeat('x', 9000), pg_sleep(0.2) FROM generate_series(1, 5)")
                assert len(connection.execute(drops).all()) == 5
                line.stall()
                with pytest.raises(DATABASE_ERRORS) as caught:
                    connection.execute(text("SELECT 2"))
                assert isinstance(caught.value.__cause__, DatabaseSilent)
                assert line.bytes_held > 0
            line.heal()
            # The pool does not hand that connection out again.
            with engine.connect() as connection:
                assert connection.execute(text("SELECT 3")).scalar_one() == 3


@pytest.mark.postgres
@pytest.mark.parametrize("what", ["lock_timeout", "statement_timeout"])
def test_what_somebody_holds_up_is_given_up_and_tried_again(postgres_url: str, what: str) -> None:
    with connected(postgres_url) as engine:
        upgrade(engine)
        with engine.begin() as holder, connected(postgres_url, options=f"-c {what}=100ms") as hurried:
            holder.execute(text("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE"))
            with hurried.connect() as connection, pytest.raises(DATABASE_ERRORS) as caught:
                connection.execute(text("SELECT count(*) FROM submissions"))
            assert isinstance(caught.value, OperationalError)


@pytest.mark.postgres
def test_a_migration_waits_for_another_as_long_as_it_takes(postgres_url: str) -> None:
    with (
        connected(postgres_url) as engine,
        connected(
            postgres_url, options="-c statement_timeout=150ms -c lock_timeout=150ms", silence_seconds="0.2"
        ) as hurried,
    ):
        with engine.connect() as holder:
            holder.execute(text(f"SELECT pg_advisory_lock({_ADVISORY_LOCK})"))
            ended = threading.Event()
            failures: list[BaseException] = []

            def migrate() -> None:
                try:
                    upgrade(hurried)
                except BaseException as error:
                    failures.append(error)
                ended.set()

            thread = threading.Thread(target=migrate)
            thread.start()
            assert not ended.wait(0.5)
            holder.execute(text(f"SELECT pg_advisory_unlock({_ADVISORY_LOCK})"))
        thread.join(30)
        # What it migrated with is attentive again.
        with hurried.connect() as connection, pytest.raises(DATABASE_ERRORS):
            connection.execute(text("SET LOCAL statement_timeout = 0; SELECT pg_sleep(1)"))
        assert ended.is_set()
        assert not failures, type(failures[0]).__name__
