"""Whether a worker's consumer has stopped fetching although records wait at the broker. Pure.

A client can get stuck while another of the same process is well: the producer confirms, heartbeats go out, and nothing
is read. What the stuck client itself says of a log's end is then as old as its last fetch, so the end is asked for by
a client of its own (`streams.feed.ends`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

STALLED_AFTER = 30.0
"""Seconds that records may wait with nothing fetched: a fetch takes half a second."""


class Fetched(NamedTuple):
    """How far a partition was fetched."""

    position: int
    """The next offset to be fetched; -1 if reading has not begun anywhere."""
    under_way: bool
    """Whether something that was fetched is still to be handled. A worker that is busy fetches no more for a while."""


class Stalled:
    """By partition, since when nothing was fetched of what waits."""

    def __init__(self, after: float = STALLED_AFTER) -> None:
        self._after = after
        self._positions: dict[Any, int] = {}
        self._since: dict[Any, float] = {}

    def forget(self) -> None:
        """Begin anew: partitions are being handed out, or the broker does not answer."""
        self._positions.clear()
        self._since.clear()

    def look(self, fetched: Mapping[Any, Fetched], ends: Mapping[Any, int], now: float) -> bool:
        """Whether something has waited too long by now. `ends` are the readable ends, asked for before `fetched`.

        While a chunk is being handled and nothing at all moves, the worker is busy, which is another matter. If other
        partitions move on, the one that does not is stuck all the same.
        """
        moved = {place for place, one in fetched.items() if self._positions.get(place, -1) != one.position}
        busy = any(one.under_way for one in fetched.values())
        for place, one in fetched.items():
            waits = ends.get(place, -1) > max(one.position, 0) and not one.under_way
            if not waits or place in moved or (busy and not moved):
                self._since.pop(place, None)
            if waits:
                self._since.setdefault(place, now)
        for place in self._since.keys() - fetched.keys():
            del self._since[place]
        self._positions = {place: one.position for place, one in fetched.items()}
        return any(now - since >= self._after for since in self._since.values())
