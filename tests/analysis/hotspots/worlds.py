"""Small invented worlds for the scans, and the plainest scan that can be written: every window, no cleverness."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from analysis.hotspots.problem import Model, Problem, permutation_measure
from analysis.hotspots.zones import Floats, Zones, cartesian_distances, circles


def places(areas: int, seed: int = 3) -> Floats:
    """Distances between places scattered in a square."""
    draw = np.random.default_rng(seed)
    return cartesian_distances(draw.uniform(0, 10, areas), draw.uniform(0, 10, areas))


def problem(
    model: Model,
    areas: int = 12,
    days: int = 10,
    cases: int = 60,
    seed: int = 5,
    prospective: bool = False,
    longest: int = 5,
) -> Problem:
    """A scan of cases that fall on people by chance alone."""
    draw = np.random.default_rng(seed)
    columns = 1 if model in ("poisson", "bernoulli") else days
    people = draw.integers(5, 40, (areas, 1)) * np.ones((1, columns))
    share = people.sum(axis=1)
    number = draw.poisson(cases) if model == "expectation-poisson" else cases
    if model == "bernoulli":
        counts = draw.multivariate_hypergeometric(people[:, 0].astype(int), number).astype(float)[:, None]
    else:
        counts = draw.multinomial(number, people.ravel() / people.sum()).reshape(people.shape).astype(float)
    if model == "space-time-permutation":
        people = permutation_measure(counts)
    elif model == "expectation-poisson":
        people = people * (cases / people.sum())
    zones = circles(places(areas), share, 0.5)
    return Problem(model, counts, people, zones, 1 if columns == 1 else longest, prospective, min_cases=2)


def plain_ratio(problem: Problem, c: float, m: float) -> float:
    """The likelihood ratio straight from the books."""
    total, measure = problem.total, float(problem.scaled().sum())

    def x_log(a: float, b: float) -> float:
        return a * math.log(a / b) if a > 0 else 0.0

    if problem.model == "bernoulli":
        if c / m <= (total - c) / (measure - m):
            return 0.0
        inside = x_log(c, m) + x_log(m - c, m)
        outside = x_log(total - c, measure - m) + x_log(measure - m - total + c, measure - m)
        return inside + outside - x_log(total, measure) - x_log(measure - total, measure)
    if c <= m:
        return 0.0
    if problem.model == "expectation-poisson":
        return x_log(c, m) + m - c
    return x_log(c, m) + x_log(total - c, total - m)


def windows(problem: Problem) -> Iterator[tuple[float, float]]:
    """Cases and measure of every window."""
    zones: Zones = problem.zones
    measure, days = problem.scaled(), problem.cases.shape[1]
    for node in np.flatnonzero(zones.whole):
        areas = zones.members(int(node))
        for last in [days - 1] if problem.prospective else range(days):
            for first in range(max(0, last - problem.longest + 1), last + 1):
                yield problem.cases[areas, first : last + 1].sum(), measure[areas, first : last + 1].sum()


def plain_best(problem: Problem) -> float:
    """The greatest ratio, by trying everything."""
    return max(plain_ratio(problem, c, m) if c >= problem.min_cases else 0.0 for c, m in windows(problem))


def plain_least(problem: Problem) -> Floats:
    """The smallest measure of any window for each number of cases."""
    least = np.full(int(problem.total) + 1, np.inf)
    for c, m in windows(problem):
        least[int(c)] = min(least[int(c)], m)
    return least
