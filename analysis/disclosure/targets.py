"""The groups of children that an audit is about, as columns of its linear programme.

A group is the children of a cell, less those of another cell or of the attacker where one is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NOTHING = -1
"""The column of no cell."""


class Target(NamedTuple):
    """A group of children: those of `cell`, less those of `minus` where one is given."""

    cell: str
    minus: str = ""


class Named(Sequence[Target]):
    """Targets by number, made when asked for: nearly all are harmless and never named."""

    def __init__(self, every: Sequence[Target], kept: Ints, own: Sequence[tuple[str, str]]) -> None:
        self.every, self.kept, self.own = every, kept, own

    def __len__(self) -> int:
        return len(self.kept) + len(self.own)

    @overload
    def __getitem__(self, number: int) -> Target: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Target]: ...
    def __getitem__(self, number: int | slice) -> Target | Sequence[Target]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if number < len(self.kept):
            return self.every[int(self.kept[number])]
        return Target(*self.own[number - len(self.kept)])


@dataclass(frozen=True, slots=True)
class Sought:
    """Targets as columns: the count of `plus`, less that of `minus` (-1 for none), less what the attacker knows."""

    index: dict[str, int]
    plus: Ints
    minus: Ints
    less: Floats
    changing: NDArray[np.bool_]
    """Differences that may go either way, unlike a total less a part."""

    @classmethod
    def of(cls, targets: Sequence[Target], index: dict[str, int], changes: int) -> Sought:
        """Targets of which the last so many are changes."""
        plus = np.array([index[target.cell] for target in targets], dtype=np.intp)
        minus = np.array([index.get(target.minus, NOTHING) for target in targets], dtype=np.intp)
        return cls(index, plus, minus, np.zeros(plus.size), np.arange(plus.size) >= plus.size - changes)

    def joined(self, kept: Ints, own: Sequence[int], counts: Sequence[int]) -> Sought:
        """Some of these, and columns less a count."""
        plus = np.concatenate([self.plus[kept], np.array(own, dtype=np.intp)])
        minus = np.concatenate([self.minus[kept], np.full(len(own), NOTHING, dtype=np.intp)])
        less = np.concatenate([self.less[kept], np.array(counts, dtype=np.float64)])
        changing = np.concatenate([self.changing[kept], np.zeros(len(own), dtype=bool)])
        return Sought(self.index, plus, minus, less, changing)

    @property
    def codes(self) -> Ints:
        """A number for each target: equal for the same difference, whoever asks."""
        codes: Ints = (self.plus << 40) + ((self.minus + 1) << 20) + self.less.astype(np.intp)
        return codes


class Cleared(NamedTuple):
    """Targets seen to range harmlessly for somebody: they do so for whoever knows less."""

    low: Floats
    high: Floats
    codes: Ints
