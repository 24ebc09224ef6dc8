"""How often somebody may ask: so many pages and files a minute for each person, and so much for each network address.

Whoever asks more often is told when to come again, and nobody else notices. What is counted is kept in this process
and in bounded memory; nothing of it is in a log or a metric.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

MINUTES = 2
"""So many minutes' worth may be asked for at once by somebody who has rested."""
MOST_KEPT = 10_000
"""People or addresses whose use is remembered. One more makes the one that was silent longest be forgotten."""


class RateLimit(StrEnum):
    """What is limited; the value is the metric's label."""

    PAGES = "pages"
    """Every page and form of a person, or of a service account."""
    FILES = "files"
    """Files and whole logs, which cost more to make, besides."""
    STRANGERS = "strangers"
    """Whatever comes from one network address without a session: sign-ins, guesses, visits that are sent to sign in."""


@dataclass(frozen=True)
class Rates:
    """How many requests a minute, in the long run."""

    pages: int = 120
    files: int = 20
    strangers: int = 60
    proxies: int = 0
    """How many proxies of one's own stand before the pages, each of which adds to `X-Forwarded-For`."""


class Buckets:
    """A bucket of tokens for each key: it fills with time, and a request takes one. Safe from several threads."""

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        """`now` is in seconds."""
        self._most, self._a_second, self._now = float(a_minute * MINUTES), a_minute / 60, now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> int:
        """Take a token; 0 if there was one, else the whole seconds until there is one."""
        with self._lock:
            now = self._now()
            left, at = self._left.pop(key, (self._most, now))
            left = min(self._most, left + (now - at) * self._a_second)
            wait = 0 if left >= 1 else math.ceil((1 - left) / self._a_second)
            self._left[key] = (left if wait else left - 1, now)
            if len(self._left) > MOST_KEPT:
                self._left.popitem(last=False)
            return wait

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._left)


class Limits:
    """All limits of one process."""

    def __init__(self, rates: Rates | None = None, now: Callable[[], float] = time.monotonic) -> None:
        """`now` is in seconds."""
        rates = rates or Rates()
        self._proxies = rates.proxies
        a_minute = {RateLimit.PAGES: rates.pages, RateLimit.FILES: rates.files, RateLimit.STRANGERS: rates.strangers}
        self._buckets = {limit: Buckets(number, now) for limit, number in a_minute.items()}

    def person(self, who: str, costly: bool) -> tuple[RateLimit, int]:
        """Which limit somebody has reached, and the seconds to wait: 0 if none."""
        wait = self._buckets[RateLimit.PAGES].take(who)
        if wait or not costly:
            return RateLimit.PAGES, wait
        return RateLimit.FILES, self._buckets[RateLimit.FILES].take(who)

    def stranger(self, request: Request) -> tuple[RateLimit, int]:
        """The same for a request without a session, by its network address."""
        return RateLimit.STRANGERS, self._buckets[RateLimit.STRANGERS].take(address_of(request, self._proxies))


def address_of(request: Request, proxies: int) -> str:
    """Whose request it is: the address that the outermost of our own proxies saw, or that of the connection.

    What a client writes into `X-Forwarded-For` itself stands further left than what our proxies add, and counts for
    nothing. IPv6 is taken by the network of 64 bits that one customer has.
    """
    written = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    known = written[-proxies] if 0 < proxies <= len(written) else request.client.host if request.client else ""
    if known.count(":") == 1:  # a proxy that adds the port
        known = known.partition(":")[0]
    try:
        address = ip_address(known.strip("[]").partition("%")[0])
    except ValueError:
        return "no address"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address.packed[:8] + bytes(8), 64)))
    return str(address)
