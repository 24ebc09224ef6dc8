"""Serves /metrics, /live and /ready of a service on a separate port and thread, in words from a closed list.

The main loop records how it is in a `Pulse`. The server's thread reads that, so `/live` is right even when the loop is
stuck.
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
"""How often the metrics are rendered; a more frequent request gets the last text again."""


class Reason(StrEnum):
    """Why a service is not live or not ready. Its health port says nothing else, and never a value."""

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
    NO_TABLES = "the database does not have the tables"


class Pulse:
    """The state of a loop: written by the loop's thread, read by another.

    The loop counts as stuck `seconds` after its last turn, and as not ready after `ready_seconds`. Before its first
    turn it is not ready, and is live only if it `starts_live`. Every turn calls `show`, which may set metrics.
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
        """None if it has turned within `seconds`; else why it is not live."""
        if not self._started:
            return Reason.STARTING
        return Reason.STUCK if self._since > self._seconds else None

    def ready(self) -> Reason | None:
        """None if its last turn was recent and succeeded; else why it is not ready."""
        return self._reason or (Reason.STUCK if self._since > self._ready_seconds else None)

    @property
    def _since(self) -> float:
        """Seconds since its last turn."""
        return time.monotonic() - self._turned


class Checks(Protocol):
    """What the health port asks of a service; `Pulse` is one implementation. Neither method may block."""

    def live(self) -> Reason | None:
        """None while the process need not be restarted; else why it must be."""
        ...

    def ready(self) -> Reason | None:
        """None while the service does its work; else why it does not."""
        ...


class Health:
    """The answers of the three paths, and of any other."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks
        self._text = b""
        self._left = SCRAPES_AT_ONCE
        self._asked = time.monotonic()

    def answer(self, path: str) -> Answer:
        """The answer for a path. A service that is not live is not ready either."""
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
