"""What two released cells say about a share, and how probable it is that the share is below what is expected.

The chance of what was published is exact for every pair of numbers behind it (`analysis.training.released.chances`),
and so is the binomial distribution of the one in both. All else is quadrature on a grid, without sampling: the same
figures give the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from analysis.disclosure.noise import Rule
from analysis.training.released import ReleasedFigure, Said, chances
from models.releases import CellState

Floats = npt.NDArray[np.float64]
MATERIAL = 0.8
"""Below expectation means below four fifths of it: smaller gaps are not worth a session."""
LEVEL = 0.8
"""The level of the intervals shown."""
GRID: Floats = (np.arange(200) + 0.5) / 200
"""Shares."""
_LOG_GRID, _LOG_REST = np.log(GRID), np.log1p(-GRID)
ODD = 0.1
"""The share that is assumed to be anywhere below what is expected, before anything is known."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_REACH = 3.2
"""The number of standard errors of the expectation that are covered."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a share: values and their weights."""

    values: Floats
    weights: Floats

    @classmethod
    def of_logit(cls, middle: float, variance: float) -> Expectation:
        """A normal law of its logit."""
        kept = np.abs(_NODES) <= _REACH
        values = 1 / (1 + np.exp(-(middle + variance**0.5 * _NODES[kept])))
        return cls(np.clip(values, 0.02, 0.98), _WEIGHTS[kept] / _WEIGHTS[kept].sum())


@dataclass(frozen=True, slots=True)
class Verdict:
    """A share relative to what is expected of it (1 is as expected)."""

    ratio: float
    low: float
    high: float
    below: float
    """Probability that it is under what counts as below."""


def shares(part: ReleasedFigure, rest: ReleasedFigure) -> Floats:
    """The likelihood of each share of `GRID`, of the children of two cells that are in the first; greatest 1.

    Nothing is known of how many they are together but what the cells say.
    """
    return _shares(part.said, rest.said)


@lru_cache(maxsize=4096)
def _shares(part: Said, rest: Said) -> Floats:
    parts, part_chance = _columns(*part)
    rests, rest_chance = _columns(*rest)
    return _on_grid(parts, rests, part_chance[:, None] * rest_chance[None, :])


def _on_grid(parts: Floats, rests: Floats, chance: Floats) -> Floats:
    """The likelihood of each share, from the chance of each pair of numbers in and out of the first cell."""
    part_chance, rest_chance = chance.sum(axis=1), chance.sum(axis=0)
    ways = gammaln(parts[:, None] + rests[None, :] + 1) - gammaln(parts[:, None] + 1) - gammaln(rests[None, :] + 1)
    middle = np.clip((parts @ part_chance + 0.5) / (parts @ part_chance + rests @ rest_chance + 1), 0.02, 0.98)
    # Relative to the likeliest share, so that large numbers stay within what a float holds.
    table = np.exp(ways + parts[:, None] * np.log(middle) + rests[None, :] * np.log1p(-middle))
    table *= chance
    up = np.exp(np.minimum(np.outer(np.log(GRID / middle), parts), 600.0))
    down = np.exp(np.minimum(np.outer(np.log((1 - GRID) / (1 - middle)), rests), 600.0))
    found: Floats = ((up @ table) * down).sum(axis=1)
    found /= found.max()
    found.setflags(write=False)
    return found


def shares_of_whole(part: ReleasedFigure, whole: ReleasedFigure) -> Floats:
    """The same where the second cell counts the children of the first too."""
    return _shares_of_whole(part.said, whole.said)


@lru_cache(maxsize=1024)
def _shares_of_whole(part: Said, whole: Said) -> Floats:
    parts, part_chance = _columns(*part)
    wholes, whole_chance = _columns(*whole)
    rests = np.arange(max(0.0, wholes[0] - parts[-1]), wholes[-1] - parts[0] + 1)
    # The chance of each pair of numbers in the part and beside it: that of the part, times that of their sum.
    at = (parts[:, None] + rests[None, :] - wholes[0]).astype(np.intp)
    inside = (at >= 0) & (at < wholes.size)
    chance = part_chance[:, None] * np.where(inside, whole_chance[np.clip(at, 0, wholes.size - 1)], 0.0)
    if chance.sum() <= 0:  # a part that is shown far above its whole
        return np.where(GRID > 0.9, 1.0, 0.0)
    return _on_grid(parts, rests, chance / chance.sum())


def judged(
    likelihood: Floats,
    expected: Expectation,
    spread: float,
    *,
    odds: bool = False,
    material: float = MATERIAL,
    odd: float = ODD,
) -> Verdict:
    """The posterior of a share about its expectation: the larger `spread`, the beta distribution's size, the closer.

    With `odds` the odds of the share are compared: those of one number to another that it is not a part of. Less than
    `material` of what is expected counts as below. `odd` is the share that is assumed to be anywhere below.
    """
    weight = _joint(likelihood, expected, spread, odd)
    # The expectation is that of the others: what the sector itself shows does not move it.
    weight *= expected.weights[:, None] / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    values, grid = expected.values[:, None], GRID[None, :]
    ratios = grid / (1 - grid) * (1 - values) / values if odds else grid / values
    return _verdict(ratios, weight, material)


@dataclass(frozen=True, slots=True)
class Below:
    """The probability alone that `judged` gives, for one expectation and many likelihoods."""

    all: Floats
    """What each share weighs, for each value of the expectation."""
    low: Floats
    """The same of the shares that count as below."""
    weights: Floats

    @classmethod
    def of(cls, expected: Expectation, spread: float, *, material: float = MATERIAL, odd: float = ODD) -> Self:
        """With the arguments of `judged`."""
        every = _laws(expected.values, spread, odd)
        return cls(every, every * (GRID / expected.values[:, None] < material), expected.weights)

    def __call__(self, likelihood: Floats) -> float:
        """The probability that a share of this likelihood is below."""
        return float(self.weights @ ((self.low @ likelihood) / np.maximum(self.all @ likelihood, 1e-300)))


def supports(likelihoods: Floats, expected: Sequence[Expectation], spread: float) -> Floats:
    """How likely each pair of cells is (rows of `likelihoods`) under its own expectation's distribution."""
    values, weights = (np.array([getattr(one, name) for one in expected]) for name in ("values", "weights"))
    found: Floats = (weights * (_laws(values, spread, ODD) @ likelihoods[:, :, None])[..., 0]).sum(axis=1)
    return found


def _verdict(ratios: Floats, weight: Floats, material: float) -> Verdict:
    """From ratios and what each weighs."""
    order = np.argsort(ratios, axis=None)
    flat, of = ratios.ravel()[order], weight.ravel()[order] / weight.sum()
    below = np.cumsum(of)
    low, high = (float(flat[min(int(np.searchsorted(below, q)), flat.size - 1)]) for q in (0.1, 0.9))
    return Verdict(float(flat @ of), low, high, float(of[flat < material].sum()))


def _joint(likelihood: Floats, expected: Expectation, spread: float, odd_share: float) -> Floats:
    """Weight of each expectation (rows) and share (columns)."""
    found: Floats = expected.weights[:, None] * _laws(expected.values, spread, odd_share) * likelihood[None, :]
    return found


def _laws(expected: Floats, spread: float, odd_share: float) -> Floats:
    """What each share of the grid (last axis) weighs before anything is known, for each value that is expected."""
    values = expected[..., None]
    logs = (values * spread - 1) * _LOG_GRID + ((1 - values) * spread - 1) * _LOG_REST
    usual = np.exp(logs - logs.max(axis=-1, keepdims=True))
    usual /= usual.sum(axis=-1, keepdims=True)
    odd = (values > GRID).astype(np.float64)
    odd /= odd.sum(axis=-1, keepdims=True)
    found: Floats = (1 - odd_share) * usual + odd_share * odd
    return found


def told(cell: ReleasedFigure) -> tuple[float, float]:
    """Mean and variance of the number behind a cell, if nothing else is known."""
    number, chance = _columns(*cell.said)
    mean = float(number @ chance)
    return mean, float((number - mean) ** 2 @ chance)


@lru_cache(maxsize=2048)
def _columns(state: CellState, value: int | None, rule: Rule) -> tuple[Floats, Floats]:
    pairs: Sequence[tuple[int, float]] = chances(ReleasedFigure("", "", state, value, rule))
    numbers, likely = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return numbers, likely / likely.sum()
