"""Empirical-Bayes shrinkage of released figures: what a sector's rate may be, given few and rounded numbers.

Counts against an expected number: gamma-Poisson, prior mean 1. Shares: beta-binomial. The prior's spread is fitted to
all sectors by maximum likelihood (Clayton & Kaldor 1987, Biometrics 43:671) on a grid: rounding and "fewer
than 10" enter by their own likelihood. With a handful of sectors the fit is rough: it only decides how far to shrink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, binom, gamma, poisson

from analysis.training.released import Shown, chances

Floats = npt.NDArray[np.float64]
MATERIAL = 0.8
"""Below expectation means below four fifths of it: smaller gaps are not worth a session."""
LEVEL = 0.8
"""Of the intervals shown."""
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


def shrink_counts(counted: Sequence[tuple[Shown, float]]) -> list[Shrunk]:
    """Released counts with the numbers expected of them; all must be evidence with an expectation above 0."""
    likelihoods = [_count_likelihood(cell, expected) for cell, expected in counted]
    prior = _fit([gamma.pdf(_RATIOS, a, scale=1 / a) for a in _SPREADS], likelihoods)
    return [_shrunk(_RATIOS, prior * likelihood, 1.0) for likelihood in likelihoods]


def shrink_shares(parts: Sequence[tuple[Shown, Shown]], good: bool) -> list[Shrunk]:
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


def _count_likelihood(cell: Shown, expected: float) -> Floats:
    found = np.zeros_like(_RATIOS)
    for number, chance in chances(cell):
        found += chance * poisson.pmf(number, expected * _RATIOS)
    return found


def _share_likelihood(part: Shown, whole: Shown, good: bool) -> Floats:
    """Chance of the released part and whole for each share, whatever the whole's true number may be."""
    found = np.zeros_like(_SHARES)
    for size, likely in chances(whole):
        for number, chance in chances(part):
            if number <= size:
                found += likely * chance * binom.pmf(number, size, _SHARES if good else 1 - _SHARES)
    return found


def _shrunk(grid: Floats, weight: Floats, expected: float) -> Shrunk:
    whole = weight.sum()
    if whole <= 0:
        return Shrunk(1.0, 0.0, float(grid[-1] / expected), 0.0)
    below = np.cumsum(weight) / whole
    low, high = (float(grid[int(np.searchsorted(below, q))]) for q in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    mean = float((grid * weight).sum() / whole)
    under = float(weight[grid < MATERIAL * expected].sum() / whole)
    return Shrunk(mean / expected, low / expected, high / expected, under)
