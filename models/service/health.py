"""/metrics, /live and /ready of a service: on a port of their own, apart from the main loop, in words of a closed list.

The main loop says of itself how it is (`Pulse`); the server's thread reads that, so `/live` tells the truth about a
loop that is stuck.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from models.service.connection import Answer, plain
from models.service.server import Server

SCRAPES_AT_ONCE, SCRAPES_A_SECOND = 10.0, 5.0
"""How often the metrics are put together; asked more often, the last text is given again."""


class Reason(StrEnum):
    """Why a service is not live or not ready: all that its health port ever says, no value among it."""

    STARTING = "still starting"
    STUCK = "the main loop does not turn"
    STOPPING = "stopping"
    NO_BROKER = "no broker in reach"
    REBALANCING = "partitions are being handed out, or tables read"
    NO_PARTITIONS = "no partitions are assigned"
    FETCH_STALLED = "records wait and none are fetched"
    NO_TURN = "no turn has succeeded yet"
    NO_DATABASE = "the database does not answer"
    DATABASE_FULL = "the database's disk is full or fails"
    DATABASE_READ_ONLY = "the database is read-only"
    DATABASE_LOCKED = "somebody holds a lock in the database"
    DATABASE_FAILED = "the database failed"
    NO_TABLES = "the database has not the tables"


class Pulse:
    """What a loop says of itself, from one thread; read from another.

    `seconds` after its last turn it is stuck, and after `ready_seconds` no longer ready. Before its first one, it is
    live if it `starts_live`, and not ready. Each turn is handed to `show`, which may set the service's own metrics.
    """

    def __init__(
        self,
        seconds: float,
        *,
        starts_live: bool = True,
        ready_seconds: float = math.inf,
        first: Reason = Reason.STARTING,
        show: Callable[[Reason | None], None] | None = None,
    ) -> None:
        self._seconds, self._ready_seconds = seconds, ready_seconds
        self._show = show
        self._turned = time.monotonic() if starts_live else -math.inf
        self._started = starts_live
        self._reason: Reason | None = first

    def turned(self, reason: Reason | None) -> None:
        """The loop has turned; `reason` says why the service is not ready, if it is not."""
        self._turned, self._reason, self._started = time.monotonic(), reason, True
        if self._show is not None:
            self._show(reason)

    def live(self) -> Reason | None:
        """Whether it turned lately."""
        if not self._started:
            return Reason.STARTING
        return Reason.STUCK if self._since > self._seconds else None

    def ready(self) -> Reason | None:
        """What it said at its last turn, if that was lately."""
        return self._reason or (Reason.STUCK if self._since > self._ready_seconds else None)

    @property
    def _since(self) -> float:
        """Seconds since its last turn."""
        return time.monotonic() - self._turned


class Checks(Protocol):
    """What the port asks a service: a `Pulse`, or whatever else knows. Neither may wait for anything."""

    def live(self) -> Reason | None:
        """None while the process need not be started again."""
        ...

    def ready(self) -> Reason | None:
        """None while the service does its work."""
        ...


class Health:
    """The answers of the three paths, and of any other."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._text = b""
        self._left = SCRAPES_AT_ONCE
        self._asked = time.monotonic()

    def answer(self, path: str) -> Answer:
        """For `models.service.server.Server`. Who is not live is not ready either."""
        if path == "/metrics":
            return Answer(200, self._metrics(), CONTENT_TYPE_LATEST)
        if path == "/live":
            return _answer("live", self._checks.live())
        if path == "/ready":
            return _answer("ready", self._checks.live() or self._checks.ready())
        return plain(404)

    def _metrics(self) -> bytes:
        now = time.monotonic()
        self._left = min(SCRAPES_AT_ONCE, self._left + (now - self._asked) * SCRAPES_A_SECOND)
        self._asked = now
        if self._left >= 1 or not self._text:
            self._left -= 1
            self._text = generate_latest()
        return self._text


def serve(checks: Checks, host: str, port: int) -> Server | None:
    """Serve from a daemon thread; the caller closes the server. Port 0 serves nothing. Raises `PortTaken`."""
    return Server(Health(checks).answer, host, port) if port else None


def _answer(what: str, reason: Reason | None) -> Answer:
    if reason is None:
        return Answer(200, f"{what}\n".encode())
    return Answer(503, f"not {what}: {reason.value}\n".encode())
