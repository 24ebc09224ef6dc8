"""Getis-Ord G_i and G_i*: whether high values lie among high ones. A descriptive map layer, never an alarm.

esda has these, but brings geopandas, pandas and scikit-learn for what are two formulas, and its default row
transform gives z-values that change when a row is scaled, which they must not. So the formulas are here, with its
binary weights' published answers as tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.hotspots.compiled import compiled
from analysis.hotspots.randomness import below, seeded

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST_FOR_NORMAL = 30
"""With fewer areas z is not to be read as a normal deviate."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Each area's neighbours and their weights, itself left out; `own` is its own weight for G_i*."""

    start: Ints
    neighbour: Ints
    weight: Floats
    own: Floats

    def row(self, i: int) -> tuple[Ints, Floats]:
        """One area's neighbours and weights."""
        part = slice(int(self.start[i]), int(self.start[i + 1]))
        return self.neighbour[part], self.weight[part]


def weights_of(areas: int, pairs: dict[tuple[int, int], float]) -> Weights:
    """Weights from directed pairs; a pair of an area with itself sets its own weight, else 1."""
    own = np.ones(areas)
    rows: list[list[tuple[int, float]]] = [[] for _ in range(areas)]
    for (i, j), weight in pairs.items():
        if i == j:
            own[i] = weight
        else:
            rows[i].append((j, weight))
    flat = [item for row in rows for item in sorted(row)]
    start = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Weights(start, np.array([j for j, _ in flat], np.int64), np.array([w for _, w in flat], np.float64), own)


def local_g(values: Floats, weights: Weights, star: bool) -> Floats:
    """The z-value of each area: G_i* counts the area itself, G_i does not (Ord and Getis 1995, equations 5 and 6).

    NaN for an area without neighbours, with all areas as neighbours, or when all values are the same.
    """
    n = len(values)
    z = np.full(n, np.nan)
    total, squares = float(values.sum()), float((values**2).sum())
    for i in range(n):
        neighbours, weight = weights.row(i)
        if len(neighbours) == 0:
            continue
        around = float(weight @ values[neighbours])
        s0, s1 = float(weight.sum()), float(weight @ weight)
        if star:
            own, count = float(weights.own[i]), n
            around, s0, s1 = around + own * values[i], s0 + own, s1 + own**2
            mean, square = total / n, squares / n
        else:
            count = n - 1
            if count < 2:
                continue
            mean, square = (total - values[i]) / count, (squares - values[i] ** 2) / count
        variance = (square - mean**2) * (count * s1 - s0**2) / (count - 1)
        if variance > 1e-12 * max(square, 1e-300) * max(s1, 1e-300):
            z[i] = (around - mean * s0) / np.sqrt(variance)
    return z


@compiled
def _as_extreme(
    values: Floats, start: Ints, neighbour: Ints, weight: Floats, replicates: int, seed: int
) -> tuple[Ints, Ints]:
    """For each area, how many permutations of the other values give as large and as small a neighbourhood sum."""
    n = len(values)
    larger = np.zeros(n, np.int64)
    smaller = np.zeros(n, np.int64)
    others = np.empty(n - 1, np.int64)
    for i in range(n):
        first, last = start[i], start[i + 1]
        observed = 0.0
        for position in range(first, last):
            observed += weight[position] * values[neighbour[position]]
        at = 0
        for j in range(n):
            if j != i:
                others[at] = j
                at += 1
        state = seeded(seed, i)
        for _ in range(replicates):
            total = 0.0
            for position in range(last - first):
                drawn = position + below(state, n - 1 - position)
                others[position], others[drawn] = others[drawn], others[position]
                total += weight[first + position] * values[others[position]]
            if total >= observed - 1e-12 * abs(observed):
                larger[i] += 1
            if total <= observed + 1e-12 * abs(observed):
                smaller[i] += 1
    return larger, smaller


def permutation_p(values: Floats, weights: Weights, replicates: int = 999, seed: int = 1) -> Floats:
    """One-sided pseudo p-values on the side of the excess: the area's value held, the others shuffled.

    The same for G_i and G_i*, as the area's own value moves both alike. NaN without neighbours.
    """
    larger, smaller = _as_extreme(values, weights.start, weights.neighbour, weights.weight, replicates, seed)
    p = (np.minimum(larger, smaller) + 1) / (replicates + 1)
    return np.where(np.diff(weights.start) > 0, np.minimum(p, 1.0), np.nan)
