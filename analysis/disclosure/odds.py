"""By how much a release moves somebody's odds between two worlds that differ by one fact.

Take somebody who knows everything except one fact, including the code and the parameters. They can compute how likely
the published figures are in a world with the fact and in one without it. The ratio of the two multiplies their odds.
Only cells whose number of children differs between the worlds matter. Somebody who knows less learns no more.

A cell that differs by d children costs d**2 / (2 * deviation**2), and the costs add up to rho (zero-concentrated
differential privacy: Bun, Steinke 2016; for discrete draws: Canonne, Kamath, Steinke 2020). `bound` is the limit that
follows from rho alone. `exact` computes the distribution of the ratio from what is really published (multiples of five
and `<10`) by convolving the distributions of the cells. It is lower, because rounding loses some information.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.noise import STANDARD, KeyedNoise

RARE = 0.01
"""The share of all draws of the keys in which the odds may change by more than the stated factor."""
CERTAIN = 1e-9
"""A certain proof with a smaller chance is ignored. It comes only from the limit of 64 bits, nine deviations out."""
_POINTS = 1 << 15
_Floats = NDArray[np.float64]


class Change(NamedTuple):
    """The number of children that a cell counts in each of two worlds."""

    before: int
    after: int


class Odds(NamedTuple):
    """How the cells that differ between two worlds move the odds of one world against the other."""

    cells: int
    """The number of cells whose count differs."""
    rho: float
    exceeded: float
    """The odds change by more than this factor, in either direction, in at most 1 of 100 draws of the keys."""
    median: float
    """The median factor over all draws, in favour of the true world."""
    success: float
    """How often the best guess is right if both worlds are equally likely."""
    certain: float
    """The chance of a published value that the other world can never show."""


def changes(before: Tally, after: Tally, keys: Iterable[CellKey]) -> dict[CellKey, Change]:
    """The cells whose number of children differs between two worlds.

    A cell with the same number of other children gets a new draw, which reveals nothing, so it is left out.
    """
    changed = {}
    for key in keys:
        if key in before.sets or key in after.sets:
            change = Change(len(before.children(key)), len(after.children(key)))
            if change.before != change.after:
                changed[key] = change
    return changed


def rho(changed: Iterable[Change], rule: KeyedNoise = STANDARD) -> float:
    """The total cost of the cells that differ."""
    return sum((c.after - c.before) ** 2 for c in changed) / (2 * rule.deviation**2)


def bound(cost: float, rare: float = RARE) -> float:
    """The factor that is exceeded with probability `rare` at most if rho is `cost`.

    The logarithm of the factor has mean rho and variance 2 rho.
    """
    return math.exp(min(cost + NormalDist().inv_cdf(1 - rare) * math.sqrt(2 * cost), 700.0))


def best_success(cost: float) -> float:
    """How often the best guess between two equally likely worlds is right, at most, if rho is `cost`."""
    return NormalDist().cdf(math.sqrt(cost / 2))


def exact(changed: Iterable[Change], rule: KeyedNoise = STANDARD, rare: float = RARE) -> Odds:
    """The odds from the exact distribution of what is published, for the worse of the two directions."""
    counted = Counter(changed)
    cost = rho(counted.elements(), rule)
    if not counted:
        return Odds(0, 0.0, 1.0, 1.0, 0.5, 0.0)
    ways = [_one_way(counted, rule, rare), _one_way(Counter(_turned(counted)), rule, rare)]
    worse = [max(way[place] for way in ways) for place in range(3)]
    # The best guess always names the likelier world, so its success is the mean over both worlds.
    success = sum(way[3] for way in ways) / 2
    return Odds(counted.total(), cost, math.exp(worse[0]), math.exp(worse[1]), success, worse[2])


def certain(changed: Iterable[Change], rule: KeyedNoise = STANDARD) -> float:
    """The chance that something is published which the other world can never show, in the worse direction."""
    counted = Counter(changed)
    ways = (counted, _turned(counted))
    return max((sum(n * _losses(c, rule)[2] for c, n in way.items()) for way in ways), default=0.0)


def log_ratio(published: Iterable[tuple[Change, int | None]], rule: KeyedNoise = STANDARD) -> float:
    """The logarithm of how much likelier the published values are in the world before than in the world after.

    A value of None is `<10`. The result is infinite, of either sign, if one of the worlds can never show a value.
    """
    total = 0.0
    for change, value in published:
        here, there = rule.draws(value, change.before), rule.draws(value, change.after)
        if not (here and there):
            return math.inf if here else -math.inf
        total += math.log(here) - math.log(there)
    return total


def _turned(counted: Counter[Change]) -> dict[Change, int]:
    return {Change(c.after, c.before): number for c, number in counted.items()}


def _one_way(counted: Counter[Change], rule: KeyedNoise, rare: float) -> tuple[float, float, float, float]:
    """For the world before: quantile and median of the logarithm, chance of a certain proof, chance to guess right."""
    losses = {change: _losses(change, rule) for change in counted}
    mean = sum(number * _moments(losses[c])[0] for c, number in counted.items())
    deviation = math.sqrt(sum(number * _moments(losses[c])[1] for c, number in counted.items()))
    reach = 9 * deviation + 3 * max(_moments(losses[c])[2] for c in counted)
    step = 2 * reach / _POINTS
    spectrum = np.ones(_POINTS // 2 + 1, dtype=np.complex128)
    certain = 0.0
    for change, number in counted.items():
        loss, chance, never = losses[change]
        certain += number * never
        # Each loss, relative to the cell's mean, is split between two points of the grid, which keeps the mean.
        at = (loss - _moments(losses[change])[0]) / step
        low = np.floor(at).astype(np.intp)
        grid = np.zeros(_POINTS)
        np.add.at(grid, low % _POINTS, chance * (1 - (at - low)))
        np.add.at(grid, (low + 1) % _POINTS, chance * (at - low))
        spectrum *= np.fft.rfft(grid) ** number
    chances = np.roll(np.clip(np.fft.irfft(spectrum, _POINTS), 0.0, None), _POINTS // 2)
    values = mean + step * (np.arange(_POINTS) - _POINTS // 2)
    chances /= chances.sum()
    above = np.cumsum(chances[::-1])[::-1]
    quantile = float(values[min(int(np.searchsorted(-above, -rare, side="left")), _POINTS - 1)])
    median = float(values[int(np.searchsorted(np.cumsum(chances), 0.5))])
    won = float(chances[values > step / 2].sum() + chances[np.abs(values) <= step / 2].sum() / 2)
    return max(quantile, 0.0), median, certain, won


_Losses = tuple[_Floats, _Floats, float]


@lru_cache(maxsize=4096)
def _losses(change: Change, rule: KeyedNoise) -> _Losses:
    """For one cell: each possible logarithm, its chance, and the chance of a value that the other world never shows."""
    loss, chance, never = [], [], 0.0
    for value in _shown(max(change), rule):
        here, there = rule.draws(value, change.before), rule.draws(value, change.after)
        if here and there:
            loss.append(math.log(here) - math.log(there))
            chance.append(here / 2.0**64)
        elif here:
            never += here / 2.0**64
    return np.array(loss), np.array(chance), never


def _moments(losses: _Losses) -> tuple[float, float, float]:
    """Mean and variance, and the greatest distance from the mean that has a chance worth including in the grid."""
    loss, chance, _ = losses
    mean = float(loss @ chance)
    worth = np.abs(loss - mean)[chance > 1e-12]
    return mean, float(((loss - mean) ** 2) @ chance), float(worth.max())


def _shown(most: int, rule: KeyedNoise) -> list[int | None]:
    """All values that may be published for `most` children or fewer."""
    return [None, *range(rule.lowest_figure, most + 13 * rule.deviation + rule.base, rule.base)]
