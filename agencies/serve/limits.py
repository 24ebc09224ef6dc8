"""How much one request may hold and how many may be under way: everything beyond is refused at once, never queued."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from agencies.errors import RequestError
from models.contract.events import MAX_BYTES


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """Bounds of one HTTP intake; bytes, counts and seconds."""

    body: int = 4 * 1024 * 1024
    lines: int = 5000
    line: int = MAX_BYTES
    """One event, as the raw topic allows."""
    in_flight: int = 16
    """Requests being read, checked or waiting for the broker, of all agencies together."""
    per_agency: int = 4
    body_seconds: float = 30
    """How long a client may take to send its request."""
    connections: int = 512
    """Open, of all clients, whether they have shown a credential or not; beyond, 503."""
    per_address: int = 64
    """Of these, from one address; beyond, 429."""
    head_seconds: float = 10
    """From connecting to the end of the first request's head; the TLS handshake may take as long before that."""
    idle_seconds: float = 20
    """From an answer to the end of the next request's head."""


class TooBusy(RequestError):
    """As many requests as may be are under way."""


class TooLarge(RequestError):
    """The body is over its limit."""


class TooSlow(RequestError):
    """The body did not arrive in time."""


class Slots:
    """Counts requests under way on one event loop; a full house refuses."""

    def __init__(self, limits: IntakeLimits) -> None:
        self._limits = limits
        self._of: Counter[str] = Counter()
        self.taken = 0

    @contextmanager
    def one(self, agency: str) -> Iterator[None]:
        """Hold a slot; raises `TooBusy` when there is none for this agency, or none at all."""
        if self.taken >= self._limits.in_flight or self._of[agency] >= self._limits.per_agency:
            raise TooBusy
        self.taken += 1
        self._of[agency] += 1
        try:
            yield
        finally:
            self.taken -= 1
            self._of[agency] -= 1


async def read_body(stream: AsyncIterator[bytes], declared: str | None, limit: int, seconds: float) -> bytes:
    """The whole body; raises `TooLarge` before it is in memory, `TooSlow` when the time is up."""
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in stream:
                size += len(part)
                if size > limit:
                    raise TooLarge
                parts.append(part)
    except TimeoutError:
        raise TooSlow from None
    return b"".join(parts)
