"""A count and a draw from a discrete Gaussian, rounded: the rule in use, with any deviation, base and lowest figure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from analysis.disclosure.noise import RoundingKeys, uniform

_REACH = 10


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Parameters; those of `KeyedNoise` are the ones in use."""

    deviation: float
    base: int = 5
    lowest: int = 10

    def chance(self, noise: int) -> float:
        """The probability of one draw."""
        return _weights(self.deviation).get(noise, 0.0)

    @property
    def reach(self) -> int:
        """The largest draw in this simulation."""
        return math.ceil(_REACH * self.deviation)

    def noisy(self, children: AbstractSet[str], cell: str, keys: RoundingKeys) -> int:
        """The noisy count, drawn by the cell and its children as the rule in use draws it."""
        place = bisect_right(_cumulative(self.deviation), uniform(children, cell, keys) / 2.0**64)
        return len(children) + place - self.reach

    def rounded(self, noisy: int) -> int:
        """To the nearest multiple of the base."""
        return self.base * ((2 * noisy + self.base) // (2 * self.base))

    def shown(self, noisy: int) -> int | None:
        """The figure; None below the lowest."""
        return None if noisy < self.lowest else max(self.rounded(noisy), self.base * -(-self.lowest // self.base))

    def bounds(self, value: int | None) -> tuple[int, int]:
        """Counts that all but about a millionth of draws lie within."""
        far = math.ceil(5 * self.deviation)
        if value is None:
            return 0, self.lowest - 1 + far
        return max(0, value - self.base // 2 - far), value + self.base // 2 + far

    def rho(self, squares: float) -> float:
        """The privacy loss of a fact that changes cells by d children each, given the sum of d * d."""
        return squares / (2 * self.deviation**2)


def odds(rho: float) -> float:
    """The largest factor by which one fact's odds change, except in one of a hundred draws of the keys."""
    return math.exp(rho + 2.326 * math.sqrt(2 * rho))


@dataclass(frozen=True, slots=True)
class Expected:
    """Mean errors of a cell with so many children, over all draws: before suppression, and of the figures shown."""

    bias: float
    error: float
    shown: float
    """Share of draws that are shown as a figure."""
    bias_after: float
    error_after: float


def expected(rule: Gaussian, count: int) -> Expected:
    """Means of the rule's errors at a count, in children."""
    bias = error = shown = bias_after = error_after = 0.0
    for noise in range(-rule.reach, rule.reach + 1):
        chance, off = rule.chance(noise), rule.rounded(count + noise) - count
        bias, error = bias + chance * off, error + chance * abs(off)
        if (value := rule.shown(count + noise)) is not None:
            shown += chance
            bias_after, error_after = bias_after + chance * (value - count), error_after + chance * abs(value - count)
    share = shown or 1.0
    return Expected(bias, error, shown, bias_after / share, error_after / share)


@lru_cache(maxsize=16)
def _weights(deviation: float) -> dict[int, float]:
    reach = math.ceil(_REACH * deviation)
    weights = {n: math.exp(-n * n / (2 * deviation * deviation)) for n in range(-reach, reach + 1)}
    whole = sum(weights.values())
    return {n: weight / whole for n, weight in weights.items()}


@lru_cache(maxsize=16)
def _cumulative(deviation: float) -> tuple[float, ...]:
    so_far, sums = 0.0, []
    for weight in _weights(deviation).values():
        so_far += weight
        sums.append(so_far)
    return (*sums[:-1], 1.0)
