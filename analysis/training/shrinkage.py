"""Empirical-Bayes shrinkage of released figures: what a sector's rate may be, given few and rounded numbers.

Counts against an expected number: gamma-Poisson, prior mean 1. Shares: beta-binomial. The prior's spread is fitted to
all sectors by maximum likelihood (Clayton & Kaldor 1987, Biometrics 43:671) on a grid: noise, rounding and `<10`
enter by their own likelihood. With a handful of sectors the fit is rough: it only decides how far to shrink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln
from scipy.stats import beta, gamma, poisson

from analysis.training.posterior import LEVEL, MATERIAL
from analysis.training.released import ReleasedFigure, chances

Floats = npt.NDArray[np.float64]
_SPREADS = np.geomspace(0.3, 60.0, 32)
_RATIOS = np.linspace(0.002, 6.0, 1500)
_SHARES = np.linspace(0.001, 0.999, 999)


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A sector's value after shrinkage: relative to what is expected (1 is as expected)."""

    ratio: float
    low: float
    high: float
    below: float
    """Probability that it is under four fifths of what is expected."""


def shrink_counts(counted: Sequence[tuple[ReleasedFigure, float]]) -> list[Shrunk]:
    """Released counts with the numbers expected of them; all must be evidence with an expectation above 0."""
    likelihoods = [_count_likelihood(cell, expected) for cell, expected in counted]
    prior = _fit([gamma.pdf(_RATIOS, a, scale=1 / a) for a in _SPREADS], likelihoods)
    return [_shrunk(_RATIOS, prior * likelihood, 1.0) for likelihood in likelihoods]


def shrink_shares(parts: Sequence[tuple[ReleasedFigure, ReleasedFigure]], good: bool) -> list[Shrunk]:
    """Released parts of wholes by sector; expectation is the fitted mean. With `good` false the share is of what
    should not be, and the ratio is that of the rest."""
    likelihoods = [_share_likelihood(part, whole, good) for part, whole in parts]
    candidates = [(mean, size) for mean in np.linspace(0.05, 0.95, 19) for size in np.geomspace(1.5, 80, 10)]
    priors = [beta.pdf(_SHARES, mean * size, (1 - mean) * size) for mean, size in candidates]
    prior = _fit(priors, likelihoods)
    mean = float((_SHARES * prior).sum() / prior.sum())
    return [_shrunk(_SHARES, prior * likelihood, mean) for likelihood in likelihoods]


def _fit(priors: Sequence[Floats], likelihoods: Sequence[Floats]) -> Floats:
    """The prior under which all that was released is most likely."""

    def support(prior: Floats) -> float:
        whole = prior.sum()
        return float(sum(np.log(max(1e-300, float((prior * found).sum() / whole))) for found in likelihoods))

    return max(priors, key=support)


def _count_likelihood(cell: ReleasedFigure, expected: float) -> Floats:
    number, chance = _columns(chances(cell))
    found: Floats = (chance * poisson.pmf(number, expected * _RATIOS)).sum(axis=0)
    return found


def _share_likelihood(part: ReleasedFigure, whole: ReleasedFigure, good: bool) -> Floats:
    """Chance of the released part and whole for each share, whatever the whole's true number may be."""
    size, likely = _columns(chances(whole))
    number, chance = _columns(chances(part))
    shares = _SHARES if good else 1 - _SHARES
    # Part by part: all pairs of numbers at once would be a large table. None of a part above its whole has a chance.
    found: Floats = sum(
        (c * likely * _binomial(n, size, shares)).sum(axis=0)
        for n, c in zip(number.ravel(), chance.ravel(), strict=True)
    )
    return found


def _binomial(number: float, size: Floats, shares: Floats) -> Floats:
    """The binomial law; scipy's own takes most of a page's time. 0 where the number is above the size."""
    ways = np.where(
        number <= size, gammaln(size + 1) - gammaln(number + 1) - gammaln(np.maximum(size - number, 0) + 1), -np.inf
    )
    found: Floats = np.exp(ways + number * np.log(shares) + (size - number) * np.log1p(-shares))
    return found


def _columns(pairs: Sequence[tuple[int, float]]) -> tuple[Floats, Floats]:
    """Numbers and their chances, each as a column beside the grid."""
    numbers, likely = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return numbers[:, None], likely[:, None]


def _shrunk(grid: Floats, weight: Floats, expected: float) -> Shrunk:
    whole = weight.sum()
    if whole <= 0:
        return Shrunk(1.0, 0.0, float(grid[-1] / expected), 0.0)
    below = np.cumsum(weight) / whole
    low, high = (float(grid[int(np.searchsorted(below, q))]) for q in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    mean = float((grid * weight).sum() / whole)
    under = float(weight[grid < MATERIAL * expected].sum() / whole)
    return Shrunk(mean / expected, low / expected, high / expected, under)
