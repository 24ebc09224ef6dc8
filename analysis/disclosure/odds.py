"""What a release does to somebody's odds between two worlds that differ by one fact.

Whoever knows everything but one fact, the code and the parameters included, can work out how likely what was published
is in a world with the fact and in one without. The ratio of the two is what his odds are multiplied by. Only cells
whose number of children differs between the worlds have a part in it; knowing less about others never teaches more.

A cell that differs by d children costs d**2 / (2 * deviation**2), and costs add up to rho (zero-concentrated
differential privacy: Bun, Steinke 2016; for discrete draws: Canonne, Kamath, Steinke 2020). `bound` is what rho alone
permits. `exact` works the distribution of the ratio out of what is really published, multiples of five and `<10`, by
convolving the cells': it is lower, as rounding loses some of what the noisy count said.
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
"""Of all draws of the keys: the share in which the odds may change by more than is said."""
CERTAIN = 1e-9
"""A rarer certain proof is none: a draw is made of 64 bits, so that it ends somewhere, nine deviations out."""
_POINTS = 1 << 15
_Floats = NDArray[np.float64]


class Change(NamedTuple):
    """How many children a cell counts in each of two worlds."""

    before: int
    after: int


class Odds(NamedTuple):
    """What the cells that differ between two worlds do to the odds of one against the other."""

    cells: int
    """Cells whose number of children differs."""
    rho: float
    exceeded: float
    """Factor by which the odds change, one way or the other; exceeded in at most 1 of 100 draws of the keys."""
    median: float
    """The factor in the middle of all draws, towards what is true."""
    success: float
    """How often the best guesser is right when both worlds are equally likely."""
    certain: float
    """Chance of something published that the other world can never show."""


def changes(one: Tally, other: Tally, keys: Iterable[CellKey]) -> dict[CellKey, Change]:
    """The cells whose number of children differs. One with as many other children is drawn anew, which says nothing."""
    found = {}
    for key in keys:
        if key in one.sets or key in other.sets:
            change = Change(len(one.children(key)), len(other.children(key)))
            if change.before != change.after:
                found[key] = change
    return found


def rho(found: Iterable[Change], rule: KeyedNoise = STANDARD) -> float:
    """What the cells cost together."""
    return sum((c.after - c.before) ** 2 for c in found) / (2 * rule.deviation**2)


def bound(cost: float, rare: float = RARE) -> float:
    """The factor that rho permits to be exceeded with this probability: the logarithm has mean rho, variance 2 rho."""
    return math.exp(min(cost + NormalDist().inv_cdf(1 - rare) * math.sqrt(2 * cost), 700.0))


def best_success(cost: float) -> float:
    """How often rho lets the best guesser be right between two equally likely worlds."""
    return NormalDist().cdf(math.sqrt(cost / 2))


def exact(found: Iterable[Change], rule: KeyedNoise = STANDARD, rare: float = RARE) -> Odds:
    """The same from the distribution of what is published, for the worse of the two directions."""
    counted = Counter(found)
    cost = rho(counted.elements(), rule)
    if not counted:
        return Odds(0, 0.0, 1.0, 1.0, 0.5, 0.0)
    ways = [_one_way(counted, rule, rare), _one_way(Counter(_turned(counted)), rule, rare)]
    worse = [max(way[place] for way in ways) for place in range(3)]
    # The least of both: what is likelier there counts as won, in each world; the halves make one guesser.
    success = sum(way[3] for way in ways) / 2
    return Odds(counted.total(), cost, math.exp(worse[0]), math.exp(worse[1]), success, worse[2])


def certain(found: Iterable[Change], rule: KeyedNoise = STANDARD) -> float:
    """The chance, in the likelier world for it, that something is published which the other can never show."""
    counted = Counter(found)
    ways = (counted, _turned(counted))
    return max((sum(n * _losses(c, rule)[2] for c, n in way.items()) for way in ways), default=0.0)


def log_ratio(found: Iterable[tuple[Change, int | None]], rule: KeyedNoise = STANDARD) -> float:
    """Logarithm of how much likelier what was published is in the world before; None is `<10`.

    Infinite, either way, where one of the worlds can never show it.
    """
    total = 0.0
    for change, value in found:
        here, there = rule.draws(value, change.before), rule.draws(value, change.after)
        if not (here and there):
            return math.inf if here else -math.inf
        total += math.log(here) - math.log(there)
    return total


def _turned(counted: Counter[Change]) -> dict[Change, int]:
    return {Change(c.after, c.before): number for c, number in counted.items()}


def _one_way(counted: Counter[Change], rule: KeyedNoise, rare: float) -> tuple[float, float, float, float]:
    """Quantile and median of the logarithm in the world before; chance of a certain proof; chance to guess right."""
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
        # Each loss between two points of the grid, so that the mean is kept, about the cell's own mean.
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
    """Of one cell: each logarithm there is and its chance, and the chance of what the other world never shows."""
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
    """Mean, variance and the greatest distance from the mean that is worth its place on the grid."""
    loss, chance, _ = losses
    mean = float(loss @ chance)
    worth = np.abs(loss - mean)[chance > 1e-12]
    return mean, float(((loss - mean) ** 2) @ chance), float(worth.max())


def _shown(most: int, rule: KeyedNoise) -> list[int | None]:
    """Everything that may be published of so many children or fewer."""
    return [None, *range(rule.lowest_figure, most + 13 * rule.deviation + rule.base, rule.base)]
