"""The rule that makes figures: a count, and a draw from a discrete Gaussian, rounded to the nearest multiple of five.

Only the keys of the rule are secret. No decision depends on a hidden count: neither whether a cell is shown, nor by how
much it is moved. A figure reveals no more than the noisy count would (docs/adr/0020).

- The draw can be any whole number, so no figure excludes any count. This holds for an outsider, and for somebody who
  knows every child of a cell except one. `analysis.disclosure.odds` bounds how far a figure moves somebody's odds.
- The draw is a keyed function of the cell and its set of children. Repeating it gives the same draw, so it cannot be
  averaged out. Two cells with the same set have separate draws, so equal figures do not reveal equal sets.
- The mean of the draw is 0 at every count; rounding to the nearest five changes that by less than 0.01.

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
"""The table of the draw spans this many standard deviations each way. Beyond it lies less than one draw in 2**64."""


@dataclass(frozen=True, slots=True)
class RoundingKeys:
    """The two secret keys of one epoch: `record` gives each child a number, `rounding` draws the noise of a cell."""

    record: bytes = field(repr=False)
    rounding: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.record) != 32 or len(self.rounding) != 32:
            raise ValueError("a rounding key is 32 bytes")
        if self.record == self.rounding:
            raise ValueError("the record key and the rounding key must differ")

    @classmethod
    def derive(cls, record_master: bytes, rounding_master: bytes, epoch: int) -> Self:
        """The keys of an epoch, from the master keys in `record.key` and `rounding.key`."""
        return cls(derive_key(record_master, f"{epoch}|record|v1"), derive_key(rounding_master, f"{epoch}|rounding|v1"))


@dataclass(frozen=True, slots=True)
class Protected:
    """What may be shown of one cell."""

    state: CellState
    value: int | None = None


@dataclass(frozen=True, slots=True)
class KeyedNoise:
    """The parameters of the rule, public by design. Raises `ValueError` for a combination that would bias figures."""

    deviation: int = 3
    """Standard deviation of the draw, in children."""
    base: int = 5
    """Figures are multiples of this number."""
    lowest: int = 10
    """A noisy count below this is shown as `<10`."""

    def __post_init__(self) -> None:
        if self.deviation < 1 or self.base < 1 or self.lowest < self.base:
            raise ValueError("the deviation and the base are at least 1, and the lowest figure is at least the base")
        if 2 * self.deviation < self.base or self.base % 2 == 0:
            raise ValueError("rounding would be biased: the base is odd, and the deviation at least half of it")

    def protect(self, children: AbstractSet[str], cell: str, keys: RoundingKeys) -> Protected:
        """What is shown for a cell that counts these children. `cell` is its label, unique within the board."""
        return self.shown(len(children) + self.draw(uniform(children, cell, keys)))

    def draw(self, uniform: int) -> int:
        """The noise, in children, for a uniform 64-bit number."""
        return bisect_right(_cumulative(self.deviation), uniform) - _REACH * self.deviation

    def shown(self, noisy: int) -> Protected:
        """A noisy count in the form in which it is published."""
        if noisy < self.lowest:
            return Protected(CellState.LOW)
        value = self.base * ((2 * noisy + self.base) // (2 * self.base))
        return Protected(CellState.FIGURE, max(value, self.lowest_figure))

    def noisy(self, value: int | None) -> tuple[int | None, int]:
        """The noisy counts that a figure stands for, both ends included. None is `<10`, which has no lower end."""
        if value is None:
            return None, self.lowest - 1
        return max(value - self.base // 2, self.lowest), value + self.base // 2

    def likelihood(self, value: int | None, count: int) -> float:
        """The chance that a cell with `count` children is published as `value`; None is `<10`."""
        return self.draws(value, count) / 2.0**_BITS

    def draws(self, value: int | None, count: int) -> int:
        """How many of the 2**64 uniform numbers turn `count` into `value`; 0 if the rule can never show it."""
        low, high = self.noisy(value)
        upto = self._below(high + 1 - count)
        return upto if low is None else upto - self._below(low - count)

    def margin(self, share: float = 0.9) -> int:
        """How many children a figure is away from the count at most, for at least `share` of draws, at any count."""
        number = 0
        while 2 * self._below(-number) / 2.0**_BITS > 1 - share:
            number += 1
        return number + self.base // 2

    def likely(self, value: int | None, share: float = 0.9) -> tuple[int, int]:
        """The range of counts that pages give for a figure. It holds the count for `share` of draws."""
        if value is None:
            most = self.lowest - 1
            while self.likelihood(None, most + 1) > (1 - share) / 2:
                most += 1
            return 0, most
        margin = self.margin(share)
        return max(0, value - margin), value + margin

    def bounds(self, value: int | None) -> tuple[int, int]:
        """The range that holds the count, except for about one draw in a million. It is reliable, but not a proof."""
        reach = 5 * self.deviation
        low, high = self.noisy(value)
        return (0 if low is None else max(0, low - reach)), high + reach

    @property
    def lowest_figure(self) -> int:
        """The smallest number that is published. Anything below it is `<10`."""
        return self.base * -(-self.lowest // self.base)

    def _below(self, noise: int) -> int:
        """How many of 2**64 uniform numbers give a draw below `noise`. Whole numbers keep small chances exact."""
        table = _cumulative(self.deviation)
        place = noise + _REACH * self.deviation - 1
        return 0 if place < 0 else table[-1] if place >= len(table) else table[place]


STANDARD = KeyedNoise()
"""The parameters that releases are made with."""
Rule = KR5 | KeyedNoise
"""The rule that made the figures of a release: `KR5` on ladders up to 3, `KeyedNoise` since then."""


def uniform(children: AbstractSet[str], cell: str, keys: RoundingKeys) -> int:
    """A uniform 64-bit number, determined by a cell, the set of its children and the keys."""
    total = sum(_blake(child.encode(), keys.record, b"ypsem-rk") for child in children) % (1 << _BITS)
    return _blake(total.to_bytes(_BITS // 8, "big") + cell.encode(), keys.rounding, b"ypsem-noise")


def noisy(count: int, name: str, keys: RoundingKeys, deviation: int) -> int:
    """A count beside the cells, plus noise. The draw is keyed by the count and by the name of what it counts."""
    return count + KeyedNoise(deviation).draw(uniform(frozenset({str(count)}), f"beside|{name}", keys))


def _blake(message: bytes, key: bytes, person: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(message, digest_size=_BITS // 8, key=key, person=person).digest(), "big")


@lru_cache(maxsize=8)
def _cumulative(deviation: int) -> tuple[int, ...]:
    """For each noise, from the least up: how many of 2**64 uniform numbers give this noise or less.

    Computed with `Decimal`, so that every machine gets the same table.
    """
    with localcontext() as context:
        context.prec = 60
        reach = _REACH * deviation
        twice = Decimal(2 * deviation * deviation)
        weights = [(-Decimal(number * number) / twice).exp() for number in range(-reach, reach + 1)]
        whole, so_far, table = sum(weights), Decimal(0), []
        for weight in weights:
            so_far += weight
            table.append(min(int((so_far / whole * (1 << _BITS)).to_integral_value()), 1 << _BITS))
        return tuple(table)
