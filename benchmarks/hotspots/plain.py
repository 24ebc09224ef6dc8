"""The scans in plain numpy, for comparison: the same answer by sums and broadcasting, without a compiler."""

from __future__ import annotations

import numpy as np

from analysis.hotspots.problem import Problem
from analysis.hotspots.zones import Floats


class Plain:
    """One problem in circles, prepared once: for each centre its areas in order, and what its circles expect."""

    def __init__(self, problem: Problem) -> None:
        zones, first = problem.zones, problem.first
        self.problem = problem
        self.orders = [zones.area[zones.start[i] : zones.start[i + 1]] for i in range(len(zones.start) - 1)]
        self.whole = [zones.whole[zones.start[i] : zones.start[i + 1]] for i in range(len(zones.start) - 1)]
        measure = problem.scaled()[:, first:]
        self.expected = [_until_end(measure[order].cumsum(axis=0)) for order in self.orders]

    def best(self, cases: Floats) -> float:
        """The greatest ratio of any window that reaches the end (one interval: of any circle)."""
        total, greatest = self.problem.total, 0.0
        recent = cases[:, self.problem.first :]
        for order, whole, m in zip(self.orders, self.whole, self.expected, strict=True):
            if len(order) == 0:
                continue
            c = _until_end(recent[order].cumsum(axis=0))
            high = (c > m) & (c >= self.problem.min_cases) & whole[:, None]
            if high.any():
                c, m = c[high], m[high]
                rest = total - c
                with np.errstate(divide="ignore", invalid="ignore"):
                    ratio = c * np.log(c / m) + np.where(rest > 0, rest * np.log(rest / (total - m)), 0.0)
                greatest = max(greatest, float(ratio.max()))
        return greatest

    def null(self, replicates: int, seed: int) -> Floats:
        """The greatest ratios of data sets drawn under the null hypothesis."""
        draw = np.random.default_rng(seed)
        shape = self.problem.cases.shape
        maxima = np.empty(replicates)
        if self.problem.model == "space-time-permutation":
            counts = self.problem.cases.astype(int)
            area, day = (np.repeat(index, counts[counts > 0]) for index in np.nonzero(counts))
            for i in range(replicates):
                cases = np.zeros(shape)
                np.add.at(cases, (area, draw.permutation(day)), 1)
                maxima[i] = self.best(cases)
            return maxima
        share = self.problem.scaled().ravel() / self.problem.total
        for i in range(replicates):
            maxima[i] = self.best(draw.multinomial(int(self.problem.total), share).reshape(shape).astype(float))
        return maxima


def _until_end(table: Floats) -> Floats:
    summed: Floats = table[:, ::-1].cumsum(axis=1)[:, ::-1]
    return summed
