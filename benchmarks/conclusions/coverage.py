"""Needs by coverage (M6), as the page of training had them until ADR 0031: measured here, and used nowhere.

How many children a sector recorded a topic of, against what its children and its expected codes would give, by
empirical Bayes: gamma-Poisson, prior mean 1. The prior's spread is fitted to all sectors by maximum likelihood
(Clayton & Kaldor 1987, Biometrics 43:671) on a grid: noise, rounding and `<10` enter by their own likelihood. With a
handful of sectors the fit is rough: it only decides how far to shrink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import gamma, poisson

from analysis.training.posterior import LEVEL, MATERIAL, Verdict
from analysis.training.released import ReleasedBoard, ReleasedFigure, chances, middle
from models.catalogue import Catalogue

Floats = npt.NDArray[np.float64]
FEWEST_SECTORS = 3
_SPREADS = np.geomspace(0.3, 60.0, 32)
_RATIOS = np.linspace(0.002, 6.0, 1500)


@dataclass(frozen=True, slots=True)
class Coverage:
    """One pair of sector and topic."""

    sector: str
    topic: str
    verdict: Verdict


def coverage_needs(board: ReleasedBoard, catalogue: Catalogue) -> list[Coverage]:
    """Every pair that at least three sectors can be compared in."""
    exposed = [s for s in board.sectors() if board.cell("m6_any", s).value is not None]
    compared: list[tuple[str, str, ReleasedFigure, float]] = []
    for topic in catalogue.categories:
        cells = {s: board.cell(f"m6_{topic}", s) for s in exposed if catalogue.expected(s, topic)}
        usable = [s for s, cell in cells.items() if cell.is_evidence]
        if len(usable) < FEWEST_SECTORS:
            continue
        weights = {s: middle(board.cell("m6_any", s)) * len(catalogue.expected(s, topic)) for s in usable}
        total = sum(middle(cells[s]) for s in usable)
        compared += [(s, topic, cells[s], total * weights[s] / sum(weights.values())) for s in usable]
    shrunk = shrink_counts([(cell, expected) for _, _, cell, expected in compared])
    return [Coverage(sector, topic, told) for (sector, topic, _, _), told in zip(compared, shrunk, strict=True)]


def shrink_counts(counted: Sequence[tuple[ReleasedFigure, float]]) -> list[Verdict]:
    """Released counts with the numbers expected of them; all must be evidence with an expectation above 0."""
    likelihoods = [_count_likelihood(cell, expected) for cell, expected in counted]
    prior = _fit([gamma.pdf(_RATIOS, a, scale=1 / a) for a in _SPREADS], likelihoods)
    return [_shrunk(_RATIOS, prior * likelihood, 1.0) for likelihood in likelihoods]


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


def _columns(pairs: Sequence[tuple[int, float]]) -> tuple[Floats, Floats]:
    """Numbers and their chances, each as a column beside the grid."""
    numbers, likely = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return numbers[:, None], likely[:, None]


def _shrunk(grid: Floats, weight: Floats, expected: float) -> Verdict:
    whole = weight.sum()
    if whole <= 0:
        return Verdict(1.0, 0.0, float(grid[-1] / expected), 0.0)
    below = np.cumsum(weight) / whole
    low, high = (float(grid[int(np.searchsorted(below, q))]) for q in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    mean = float((grid * weight).sum() / whole)
    under = float(weight[grid < MATERIAL * expected].sum() / whole)
    return Verdict(mean / expected, low / expected, high / expected, under)
