"""Releases as documents, kept in memory once they were parsed, so that the next page need not parse them again.

What is kept is found by a hash of the stored bytes, and nothing else: other bytes are another document. Whether a
release may be shown is not known here, and is asked of the database for every page.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from analysis.training.released import ReleasedBoard
from dashboards.life.listing import parse
from models.releases import Release

MOST_BYTES = 20_000_000
"""Stored bytes whose documents are kept, which take about six times as much memory. The pages of twenty boards show
releases of about 12 million bytes. With room for half of them, whoever reads one board after another had each release
parsed again, and the overview took 140 ms."""


@dataclass(frozen=True)
class Opened:
    """One release, parsed."""

    release: Release

    @cached_property
    def figures(self) -> ReleasedBoard:
        """Its cells of the whole board."""
        return ReleasedBoard.of(self.release)


class Kept:
    """The documents that were asked for last, up to so many stored bytes. Several threads may ask."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes, self._lock = most_bytes, Lock()
        self._kept: OrderedDict[bytes, tuple[int, Opened]] = OrderedDict()
        self._bytes = 0
        self.parsed = 0
        """Documents parsed so far."""

    def open(self, body: bytes) -> Opened:
        """The document of stored bytes."""
        key = hashlib.sha256(body).digest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        # Not under the lock: two threads may parse the same, and neither waits for another's document.
        opened = Opened(parse(body))
        with self._lock:
            self.parsed += 1
            if key not in self._kept:
                self._kept[key] = len(body), opened
                self._bytes += len(body)
            while self._bytes > self._most_bytes and len(self._kept) > 1:
                _, (size, _) = self._kept.popitem(last=False)
                self._bytes -= size
        return opened

    def forget(self) -> None:
        """Keep nothing, as a process that has just started."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


KEPT = Kept()
"""Those of this process."""
