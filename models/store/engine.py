"""Engines for the two databases the service runs on: SQLite (WAL) by default, PostgreSQL by URL."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from sqlalchemy import URL, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry

from models.store.silence import Attentive

BUSY_TIMEOUT_MS = 15_000
CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
LOCK_SECONDS = 30
SILENCE_SECONDS = 90.0
"""Longer than any statement may take. After so long without a byte the server counts as gone (silence.py)."""
PATIENCE: dict[str, str | int] = {
    "connect_timeout": CONNECT_SECONDS,
    # A server that has disappeared: the kernel notices after a minute of silence, or half a minute if something was
    # sent and not acknowledged. Without these a query waits for two hours, or for ever.
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    # A server that is there but makes no progress: a statement that waits for somebody's lock, or any other.
    "options": f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout={LOCK_SECONDS}s"
    f" -c idle_in_transaction_session_timeout={STATEMENT_SECONDS}s",
}
"""The time limits of a PostgreSQL connection, as parameters of libpq; the URL's query may change them."""
_WRITES = "ypsem_writes"
_NO_LOCK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
"""Errors of a full or read-only disk, where waiting for somebody's lock does not help."""

Insert = sqlite.Insert | postgresql.Insert


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…` (psycopg 3); raises `ValueError` for anything else.

    Errors never show bound values, so that a traceback in a log holds no data. A PostgreSQL URL's query may hold
    parameters of libpq, and `silence_seconds` for a line that is slower or should be given up sooner.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        silence = _silence(parsed)
        parsed = parsed.difference_update_query(["silence_seconds"])
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_recycle=1800,
            pool_timeout=CONNECT_SECONDS,
            connect_args={name: value for name, value in PATIENCE.items() if name not in parsed.query},
        )

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: Any, _record: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
            return Attentive.opened(silence, *args, **kwargs)

        return engine
    if backend != "sqlite":
        raise ValueError(f"the store runs on SQLite or PostgreSQL, not on {backend}")
    engine = create_engine(parsed, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _silence(url: URL) -> float:
    try:
        return float(str(url.query.get("silence_seconds", SILENCE_SECONDS)))
    except ValueError:
        raise ValueError("silence_seconds in the database's URL must be a number of seconds") from None


def writing(engine: Engine) -> Engine:
    """The same engine for a process that writes.

    On SQLite its transactions take the write lock when they begin: one that reads first and writes later would
    be refused at once, without waiting, if another had written in between.
    """
    return engine.execution_options(**{_WRITES: True})


def upsert(engine: Engine, table: type[DeclarativeBase]) -> Insert:
    """An `INSERT` for this database that knows `on_conflict_do_update`."""
    target: Table = table.__table__  # type: ignore[assignment]
    return postgresql.insert(target) if engine.dialect.name == "postgresql" else sqlite.insert(target)


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, late and not before SELECT; SQLAlchemy does it below.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    _use_wal(cursor)
    # With WAL this cannot corrupt; a power cut may undo the newest commits, rows and offsets together, and the
    # sink then reads those records again.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _use_wal(cursor: Any) -> None:
    """Switch to WAL; SQLite refuses that at once, without the busy timeout, while another connection has the file."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in _NO_LOCK or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
