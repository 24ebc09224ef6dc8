"""A PostgreSQL connection that gives up when nothing comes from the server any more.

The kernel's timeouts notice a peer that is gone, and the server's a statement that makes no progress (engine.py).
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
    """Nothing came from the server for too long. The connection is closed; its statement may or may not be done."""


class Attentive(psycopg.Connection[Row]):
    """psycopg's connection; raises `DatabaseSilent` once the server has sent no byte for `silence` seconds."""

    silence: float | None = None
    """Seconds; None waits for ever, for a statement that may take as long as it takes."""

    def wait(self, gen: PQGen[RV], interval: float = INTERVAL, timeout: float | None = None) -> RV:
        """As psycopg does, but give up after `silence`."""
        silence = self.silence
        return super().wait(gen if silence is None else self._limited(gen, silence), interval, timeout)

    def _limited(self, gen: PQGen[RV], silence: float) -> Generator[Any, Any, RV]:
        """The same generator with a time limit; it is sent 0 when waiting ended with nothing ready."""
        last_byte = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    last_byte = time.monotonic()
                elif time.monotonic() - last_byte > silence:
                    self.close()
                    raise DatabaseSilent(f"nothing came from the server for {silence:g} seconds")
                wanted = gen.send(ready)
        except StopIteration as end:
            value: RV = end.value
            return value

    @classmethod
    def opened(cls, silence: float, *args: Any, **kwargs: Any) -> Self:
        """Connect as psycopg does, and limit silence from then on (`connect_timeout` limits connecting)."""
        connection = cls.connect(*args, **kwargs)
        connection.silence = silence
        return connection


@contextmanager
def waiting_for_ever(connection: SqlConnection) -> Iterator[None]:
    """Let this connection's statements take any time within the block; does nothing on another database."""
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, Attentive):
        yield
        return
    silence, raw.silence = raw.silence, None
    try:
        yield
    finally:
        raw.silence = silence
