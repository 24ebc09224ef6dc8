"""The rule that makes figures: a count, and a draw from a discrete Gaussian, rounded to the nearest multiple of five.

Nothing about the rule is secret but the keys. It decides nothing by what is hidden: not whether a cell is shown, not by
how much it is moved. Whatever a reader can work out from a figure he can work out from the noisy count (docs/adr/0020).

- The draw can be any whole number, so that no figure excludes any count: not for an outsider, and not for somebody who
  knows every child of a cell but one. What a figure does to somebody's odds is bounded (`analysis.disclosure.odds`).
- The draw is a function of the cell and the set of children in it, under a key: asked again it is the same, so that
  nothing averages out, and two cells of one set are drawn apart, so that equal figures do not speak of equal sets.
- Its mean is 0 at every count, and rounding to the nearest five moves that by less than 0.01.

Sources: Canonne, Kamath, Steinke (2020), The discrete Gaussian for differential privacy; the cell key method for the
keyed draw (Fraser, Wooton 2005).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Self

from analysis.disclosure.kr5 import KR5
from models.contract.tokens import derive_key
from models.releases import CellState

_BITS = 64
_REACH = 12
"""Standard deviations that the table of the draw spans: beyond it lies less than one draw in 2**64."""


@dataclass(frozen=True, slots=True)
class RoundingKeys:
    """The two secrets of one epoch: which number a child has, and how the noise of a cell is drawn."""

    record: bytes = field(repr=False)
    rounding: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.record) != 32 or len(self.rounding) != 32:
            raise ValueError("a rounding key is 32 bytes")
        if self.record == self.rounding:
            raise ValueError("the record key and the rounding key must differ")

    @classmethod
    def derive(cls, record_master: bytes, rounding_master: bytes, epoch: int) -> Self:
        """Keys of an epoch from the masters in `record.key` and `rounding.key`."""
        return cls(derive_key(record_master, f"{epoch}|record|v1"), derive_key(rounding_master, f"{epoch}|rounding|v1"))


@dataclass(frozen=True, slots=True)
class Protected:
    """What may be shown of one cell."""

    state: CellState
    value: int | None = None


@dataclass(frozen=True, slots=True)
class KeyedNoise:
    """Parameters of the rule, public by design; raises `ValueError` for a combination that would not hold."""

    deviation: int = 3
    """Standard deviation of the draw, in children."""
    base: int = 5
    """Figures are multiples of it."""
    lowest: int = 10
    """A noisy count below this is shown as `<10`."""

    def __post_init__(self) -> None:
        if self.deviation < 1 or self.base < 1 or self.lowest < self.base:
            raise ValueError("the deviation and the base are at least 1, and the lowest figure is at least the base")
        if 2 * self.deviation < self.base or self.base % 2 == 0:
            raise ValueError("rounding would be biased: the base is odd, and the deviation at least half of it")

    def protect(self, children: AbstractSet[str], cell: str, keys: RoundingKeys) -> Protected:
        """What is shown of a cell (named by its label, unique within the board) that counts these children."""
        return self.shown(len(children) + self.draw(uniform(children, cell, keys)))

    def draw(self, uniform: int) -> int:
        """The noise, in children, of a uniform 64-bit number."""
        return bisect_right(_cumulative(self.deviation), uniform) - _REACH * self.deviation

    def shown(self, noisy: int) -> Protected:
        """A noisy count as it is published."""
        if noisy < self.lowest:
            return Protected(CellState.LOW)
        value = self.base * ((2 * noisy + self.base) // (2 * self.base))
        return Protected(CellState.FIGURE, max(value, self.lowest_figure))

    def noisy(self, value: int | None) -> tuple[int | None, int]:
        """The noisy counts that a figure stands for, both ends included; None is `<10`, which has no least."""
        if value is None:
            return None, self.lowest - 1
        return max(value - self.base // 2, self.lowest), value + self.base // 2

    def likelihood(self, value: int | None, count: int) -> float:
        """The chance that this is published of a cell with so many children; None is `<10`."""
        return self.draws(value, count) / 2.0**_BITS

    def draws(self, value: int | None, count: int) -> int:
        """How many of the 2**64 uniform numbers make this of such a cell: 0 is what the rule can never show of it."""
        low, high = self.noisy(value)
        upto = self._below(high + 1 - count)
        return upto if low is None else upto - self._below(low - count)

    def margin(self, share: float = 0.9) -> int:
        """A figure is within so many children of the count for at least this share of draws, whatever the count."""
        number = 0
        while 2 * self._below(-number) / 2.0**_BITS > 1 - share:
            number += 1
        return number + self.base // 2

    def likely(self, value: int | None, share: float = 0.9) -> tuple[int, int]:
        """Counts that so many draws in a hundred lie within: what a page may say of a figure."""
        if value is None:
            most = self.lowest - 1
            while self.likelihood(None, most + 1) > (1 - share) / 2:
                most += 1
            return 0, most
        margin = self.margin(share)
        return max(0, value - margin), value + margin

    def bounds(self, value: int | None) -> tuple[int, int]:
        """Counts that all but about one draw in a million lie within: no proof, but what may be relied on."""
        reach = 5 * self.deviation
        low, high = self.noisy(value)
        return (0 if low is None else max(0, low - reach)), high + reach

    @property
    def lowest_figure(self) -> int:
        """The smallest number that is published; anything under it is `<10`."""
        return self.base * -(-self.lowest // self.base)

    def _below(self, noise: int) -> int:
        """How many of 2**64 uniform numbers give a draw below this; whole numbers, so that small chances stay exact."""
        table = _cumulative(self.deviation)
        place = noise + _REACH * self.deviation - 1
        return 0 if place < 0 else table[-1] if place >= len(table) else table[place]


STANDARD = KeyedNoise()
"""The parameters that releases are made with."""
Rule = KR5 | KeyedNoise
"""How the figures of a release were made: on ladders up to 3 by the one, since then by the other."""


def uniform(children: AbstractSet[str], cell: str, keys: RoundingKeys) -> int:
    """A uniform 64-bit number drawn by a cell and the set of children in it."""
    total = sum(_blake(child.encode(), keys.record, b"ypsem-rk") for child in children) % (1 << _BITS)
    return _blake(total.to_bytes(_BITS // 8, "big") + cell.encode(), keys.rounding, b"ypsem-noise")


def noisy(count: int, name: str, keys: RoundingKeys, deviation: int) -> int:
    """A count that stands beside the cells, with its draw: keyed by the count and what it is of."""
    return count + KeyedNoise(deviation).draw(uniform(frozenset({str(count)}), f"beside|{name}", keys))


def _blake(message: bytes, key: bytes, person: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(message, digest_size=_BITS // 8, key=key, person=person).digest(), "big")


@lru_cache(maxsize=8)
def _cumulative(deviation: int) -> tuple[int, ...]:
    """For each noise from the least on: how many of 2**64 uniform numbers give it or less; the same everywhere."""
    with localcontext() as context:
        context.prec = 60
        reach = _REACH * deviation
        twice = Decimal(2 * deviation * deviation)
        weights = [(-Decimal(number * number) / twice).exp() for number in range(-reach, reach + 1)]
        whole, so_far, found = sum(weights), Decimal(0), []
        for weight in weights:
            so_far += weight
            found.append(min(int((so_far / whole * (1 << _BITS)).to_integral_value()), 1 << _BITS))
        return tuple(found)
