"""What a connection may take before it has shown a credential: so many in all, so many of one address, so long without
a request.

uvicorn's own limit answers past `Witness` in plain text, and its timeout starts after an answer only. Here a connection
on which no whole request head came in time is closed, whatever trickles in; one that is too many is answered in our own
form, as soon as its request is there; and what comes on top of those is closed unanswered.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from typing import Any, ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from agencies.serve import metrics
from agencies.serve.answers import ProblemAnswer, problem
from agencies.serve.front import Witness
from agencies.serve.limits import Limits

REFUSE_SECONDS = 2.0
"""How long a connection that is too many is kept for its request, to be answered."""
REFUSED_AT_ONCE = 16
"""Connections over a limit that are kept so; further ones are closed at once."""


def _refusal(status: int, detail: str) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        found = ProblemAnswer(status, detail, headers={"Connection": "close"})
        await problem(found, scope["state"]["request_id"])(scope, receive, send)

    return Witness(answer)


FULL = _refusal(503, "too many connections are open")
TOO_MANY = _refusal(429, "too many connections of one address are open")


class House:
    """Counts connections, on one event loop; `by_address` is False where a proxy brings them all."""

    def __init__(self, limits: Limits, by_address: bool) -> None:
        self.limits = limits
        self._by_address = by_address
        self._all = 0
        self._of: Counter[str] = Counter()

    def enter(self, address: str) -> tuple[ASGIApp | None, bool]:
        """What answers this connection instead of the application, if anything; and whether to close it unanswered."""
        self._all += 1
        self._of[address] += 1
        over = self._of[address] - self.limits.per_address
        if self._by_address and over > 0:
            return TOO_MANY, over > REFUSED_AT_ONCE
        over = self._all - self.limits.connections
        return (FULL, over > REFUSED_AT_ONCE) if over > 0 else (None, False)

    def leave(self, address: str) -> None:
        """It is closed."""
        self._all -= 1
        self._of[address] -= 1
        if not self._of[address]:
            del self._of[address]


class _Connection(H11Protocol):
    """One connection of a `House`."""

    house: ClassVar[House]
    _address = ""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._address = _neighbours(self.client[0] if self.client else "")
        instead, close = self.house.enter(self._address)
        if close:
            self._give_up()
            return
        if instead is not None:
            self.app = instead
        self._wait(self.house.limits.head_seconds if instead is None else REFUSE_SECONDS)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.house.leave(self._address)
        super().connection_lost(exc)

    def _watch(self) -> None:
        """While a request is being answered its own limits hold; else the time to the next one runs, and goes on
        running whatever comes: also for the rest of a body that was answered unread."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._deadline is None and not self.transport.is_closing():
            self._wait(self.house.limits.idle_seconds)

    def _wait(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        metrics.DROPPED.inc()
        self.transport.abort()


def protocol(limits: Limits, *, by_address: bool) -> type[asyncio.Protocol]:
    """uvicorn's `http` for one server."""
    return type("Connection", (_Connection,), {"house": House(limits, by_address)})


def _neighbours(address: str) -> str:
    """An IPv4 address, or the 64 bits of an IPv6 one that belong to one customer."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(int(found) >> 64)


class Loop(asyncio.SelectorEventLoop):
    """An event loop that waits no longer for a TLS handshake than for a request; uvicorn's `loop`."""

    async def create_server(self, *args: Any, **settings: Any) -> Any:
        """See asyncio; without TLS there is no handshake."""
        if settings.get("ssl") is not None:
            settings.setdefault("ssl_handshake_timeout", Limits().head_seconds)
        return await super().create_server(*args, **settings)
