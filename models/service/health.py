"""/metrics, /live and /ready of a service: on a port of their own, apart from the main loop, in words of a closed list.

The main loop says of itself how it is (`Pulse`); the server's thread reads that, so `/live` tells the truth about a
loop that is stuck.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import StrEnum

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


Check = Callable[[], Reason | None]
"""None when all is well; must not wait for anything."""


class Pulse:
    """What a loop says of itself, from one thread; read from another.

    `seconds` after its last turn it is stuck. Before its first one, it is live if it `starts_live`, and not ready.
    """

    def __init__(self, seconds: float, *, starts_live: bool = True, first: Reason = Reason.STARTING) -> None:
        self._seconds = seconds
        self._turned = time.monotonic() if starts_live else -math.inf
        self._started = starts_live
        self._reason: Reason | None = first

    def turned(self, reason: Reason | None) -> None:
        """The loop has turned; `reason` says why the service is not ready, if it is not."""
        self._turned, self._reason, self._started = time.monotonic(), reason, True

    def live(self) -> Reason | None:
        """Whether it turned lately."""
        if not self._started:
            return Reason.STARTING
        return Reason.STUCK if self.since > self._seconds else None

    def ready(self) -> Reason | None:
        """What it said at its last turn."""
        return self._reason

    @property
    def since(self) -> float:
        """Seconds since its last turn."""
        return time.monotonic() - self._turned


class Health:
    """The answers of the three paths, and of any other."""

    def __init__(self, live: Check, ready: Check) -> None:
        self._live = live
        self._ready = ready
        self._text = b""
        self._left = SCRAPES_AT_ONCE
        self._asked = time.monotonic()

    def answer(self, path: str) -> Answer:
        """For `models.service.server.Server`. Who is not live is not ready either."""
        if path == "/metrics":
            return Answer(200, self._metrics(), CONTENT_TYPE_LATEST)
        if path == "/live":
            return _told("live", self._live())
        if path == "/ready":
            return _told("ready", self._live() or self._ready())
        return plain(404)

    def _metrics(self) -> bytes:
        now = time.monotonic()
        self._left = min(SCRAPES_AT_ONCE, self._left + (now - self._asked) * SCRAPES_A_SECOND)
        self._asked = now
        if self._left >= 1 or not self._text:
            self._left -= 1
            self._text = generate_latest()
        return self._text


def serve(live: Check, ready: Check, host: str, port: int) -> Server | None:
    """Serve from a daemon thread; the caller closes the server. Port 0 serves nothing. Raises `PortTaken`."""
    return Server(Health(live, ready).answer, host, port) if port else None


def always() -> None:
    """A check of what answers by being there."""


def _told(what: str, reason: Reason | None) -> Answer:
    if reason is None:
        return Answer(200, f"{what}\n".encode())
    return Answer(503, f"not {what}: {reason.value}\n".encode())
