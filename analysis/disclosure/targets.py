"""The groups of children that an audit examines, as columns of its linear programme.

A group is the children of a cell, minus those of another cell or those whom the attacker knows, if given.
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
"""Stands for "no cell" in place of a column."""


class Target(NamedTuple):
    """A group of children: those of `cell`, minus those of `minus` if given."""

    cell: str
    minus: str = ""


class Named(Sequence[Target]):
    """Targets by number. They are created only on access, because nearly all are harmless and never named."""

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
            return [self[position] for position in range(*number.indices(len(self)))]
        if number < len(self.kept):
            return self.every[int(self.kept[number])]
        return Target(*self.own[number - len(self.kept)])


@dataclass(frozen=True, slots=True)
class Sought:
    """Targets as columns: the count of `plus`, minus that of `minus` (-1 for none), minus `less` that is known."""

    index: dict[str, int]
    plus: Ints
    minus: Ints
    less: Floats
    changing: NDArray[np.bool_]
    """Flags differences that may be negative, unlike a total minus a part."""

    @classmethod
    def of(cls, targets: Sequence[Target], index: dict[str, int], changes: int) -> Sought:
        """The columns of some targets, of which the last `changes` are changes."""
        plus = np.array([index[target.cell] for target in targets], dtype=np.intp)
        minus = np.array([index.get(target.minus, NOTHING) for target in targets], dtype=np.intp)
        return cls(index, plus, minus, np.zeros(plus.size), np.arange(plus.size) >= plus.size - changes)

    def joined(self, kept: Ints, own: Sequence[int], counts: Sequence[int]) -> Sought:
        """The targets numbered `kept`, and one more for each column of `own` minus its count."""
        plus = np.concatenate([self.plus[kept], np.array(own, dtype=np.intp)])
        minus = np.concatenate([self.minus[kept], np.full(len(own), NOTHING, dtype=np.intp)])
        less = np.concatenate([self.less[kept], np.array(counts, dtype=np.float64)])
        changing = np.concatenate([self.changing[kept], np.zeros(len(own), dtype=bool)])
        return Sought(self.index, plus, minus, less, changing)

    @property
    def codes(self) -> Ints:
        """A number for each target. The same difference has the same number for every attacker."""
        codes: Ints = (self.plus << 40) + ((self.minus + 1) << 20) + self.less.astype(np.intp)
        return codes


class Cleared(NamedTuple):
    """Targets that are harmless for one attacker. They are harmless for every attacker who knows less."""

    low: Floats
    high: Floats
    codes: Ints
