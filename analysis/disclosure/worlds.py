"""Children who might exist: directions in which any table of counts can grow and still add up.

Adding one more child of any kind (one home, some agencies, windows and indicators) to a table that fits all
relations gives another that does. So from one solved table thousands more follow without solving: the audit needs
them only as witnesses that a group's size is not pinned down.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.windows import kind_of, parts

Flags = NDArray[np.bool_]
_KINDS = 24
T = TypeVar("T", bound=Hashable)


class Worlds:
    """Kinds of children over the cells of a system, given in the order of its columns."""

    def __init__(self, keys: Sequence[CellKey], shape: Shape, ladder: Ladder) -> None:
        self.shape, self.ladder = shape, ladder
        self._whos, self._who = _coded([key.who for key in keys])
        self._indicators, self._indicator = _coded([key.indicator for key in keys])
        self._measures, self._measure = _coded([key.measure for key in keys])
        self._windows, self._window = _coded([key.window for key in keys])
        places, place = _coded([key.place for key in keys])
        leaves = [*shape.wards, *shape.towns, "ZZ"]
        self._chains = [np.array([p in shape.chain(leaf) for p in places])[place] for leaf in leaves]

    def kinds(self, full: Flags) -> Iterator[Flags]:
        """For each home area, kinds of children as rows of flags over the cells they count in.

        `full` flags cells that are known whole: no more children fit there, so none of their `who` is drawn.
        """
        lots = np.random.default_rng(0)
        known = {self._whos[code] for code in np.unique(self._who[full])} - {ANY}
        free = [who not in known for who in self._whos]
        for chain in self._chains:
            whos = self._unions(lots, self._whos, free)
            indicators = self._unions(lots, self._indicators, [True] * len(self._indicators))
            rows = whos[:, self._who] & indicators[:, self._indicator] & chain
            yield rows & self._when(lots)[:, self._window] & self._counted(lots)[:, self._measure]

    def _unions(self, lots: np.random.Generator, values: Sequence[str], free: Sequence[bool]) -> Flags:
        """Which values of a union each kind has: of its parts a random share, and the total if any."""
        share = lots.choice((0.1, 0.5, 1.0), (_KINDS, 1))
        total = np.array([value == ANY for value in values])
        chosen: Flags = (lots.random((_KINDS, len(values))) < share) & np.array(free) & ~total
        chosen[:, total] = chosen.any(axis=1, keepdims=True) | bool(total.all())
        return chosen

    def _when(self, lots: np.random.Generator) -> Flags:
        chosen = lots.random((_KINDS, len(self._windows))) < lots.choice((0.3, 1.0), (_KINDS, 1))
        for kind in ("quarter", "year"):  # a window with its parts in the system is their union
            for number, window in enumerate(self._windows):
                inside = [self._windows.index(part) for part in parts(window) if part in self._windows]
                if kind_of(window) == kind and inside:
                    chosen[:, number] = chosen[:, inside].any(axis=1)
        return chosen

    def _counted(self, lots: np.random.Generator) -> Flags:
        chosen = lots.random((_KINDS, len(self._measures))) < 0.7
        for pair in self.ladder.nested:
            if pair.part in self._measures and pair.whole in self._measures:
                chosen[:, self._measures.index(pair.part)] &= chosen[:, self._measures.index(pair.whole)]
        return chosen


def _coded(values: Sequence[T]) -> tuple[list[T], NDArray[np.intp]]:
    names = list(dict.fromkeys(values))
    codes = {name: number for number, name in enumerate(names)}
    return names, np.array([codes[value] for value in values], dtype=np.intp)
