"""How far each partition of a consumer was read, and how far what was read is handled. Pure.

Kafka's own position moves past transaction markers and aborted records, which no agent ever sees: once all that was
handed over is done, everything up to the position is. That is what may be committed, and what lag is counted from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Reached:
    """By partition, since it was last sought."""

    def __init__(self) -> None:
        self._base: dict[Any, int] = {}
        self._position: dict[Any, int] = {}
        self._handed: dict[Any, int] = {}
        self._done: dict[Any, int] = {}
        self._left: dict[Any, int] = {}

    def sought(self, tp: Any, offset: int) -> None:
        """Reading begins at this offset."""
        self.forget([tp])
        self._base[tp] = self._position[tp] = offset

    def forget(self, tps: Iterable[Any]) -> None:
        """Nothing is known of these until they are sought."""
        for tp in tps:
            for kept in (self._base, self._position, self._handed, self._done, self._left):
                kept.pop(tp, None)

    def read(self, tp: Any, last: int | None, position: int) -> None:
        """A fetch ended at `position`; `last` is the offset of the last record it brought."""
        if tp in self._base:
            self._position[tp] = position
            if last is not None:
                self._handed[tp] = last

    def done(self, tp: Any, last: int) -> None:
        """Everything up to this offset that was handed over is handled."""
        self._done[tp] = last

    def places(self) -> list[Any]:
        """The partitions that were sought."""
        return list(self._base)

    def position(self, tp: Any) -> int | None:
        """The next offset to be fetched; None if reading has not begun."""
        return self._position.get(tp)

    def left(self, tp: Any, first: int) -> None:
        """What begins at this offset was handed over and put off: it comes again after the next seek."""
        self._left.setdefault(tp, first)

    def clear(self, tp: Any) -> int | None:
        """The position, if nothing before it is still to be handled."""
        if tp not in self._base or tp in self._left or (tp in self._handed and self._done.get(tp) != self._handed[tp]):
            return None
        return self._position[tp]

    def upto(self, tp: Any) -> int | None:
        """Everything before this offset is handled; None if nothing is known."""
        if tp not in self._base:
            return None
        clear = self.clear(tp)
        if clear is not None:
            return clear
        done = max(self._base[tp], self._done.get(tp, -1) + 1)
        return min(done, self._left.get(tp, done))
