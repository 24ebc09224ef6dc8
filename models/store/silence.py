"""A PostgreSQL connection that gives up a server, or a line to it, from which nothing comes any more.

The kernel's timeouts find a peer that is gone, and the server's find a statement that does not get on (engine.py).
Neither helps where something in between (a firewall, a connection pooler, a proxy) takes the bytes, acknowledges them
and passes none on: a query then waits for ever.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import Row
from sqlalchemy import Connection as SqlConnection

RV = TypeVar("RV")
INTERVAL = 0.1
"""Seconds between two looks at the clock while nothing comes; as psycopg's own."""


class DatabaseSilent(psycopg.OperationalError):
    """Nothing came from the server for too long; the connection is closed, what it was doing may be done or not."""


class Attentive(psycopg.Connection[Row]):
    """psycopg's connection; raises `DatabaseSilent` once the server has sent no byte for `silence` seconds."""

    silence: float | None = None
    """Seconds; None waits for ever, for a statement that may take as long as it takes."""

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL, timeout: float | None = None) -> RV:
        """psycopg's own, given up after `silence`."""
        silence = self.silence
        return super().wait(gen if silence is None else self._heeded(gen, silence), interval, timeout)

    def _heeded(self, gen: PQGen[RV], silence: float) -> Generator[Any, Any, RV]:
        """The same generator; what is sent into it is 0 when the waiting ended with nothing ready."""
        heard = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard = time.monotonic()
                elif time.monotonic() - heard > silence:
                    self.close()
                    raise DatabaseSilent(f"nothing came from the server for {silence:g} seconds")
                wanted = gen.send(ready)
        except StopIteration as end:
            value: RV = end.value
            return value

    @classmethod
    def opened(cls, silence: float, *args: Any, **kwargs: Any) -> Self:
        """Connect as psycopg does, and heed silence from then on (connecting has `connect_timeout`)."""
        connection = cls.connect(*args, **kwargs)
        connection.silence = silence
        return connection


@contextmanager
def waiting_for_ever(connection: SqlConnection) -> Iterator[None]:
    """Let this connection's statements take as long as they take, meanwhile; on another database nothing."""
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, Attentive):
        yield
        return
    silence, raw.silence = raw.silence, None
    try:
        yield
    finally:
        raw.silence = silence
