"""`python -m analysis.hotspots.warm`: compiles every kernel once, so that the first scan of a fresh checkout is quick.

`make` runs it when it sets up the environment. What it makes is kept where `compiled.cache_place` says.
"""

from __future__ import annotations

import numpy as np

from analysis.hotspots.connected import connected
from analysis.hotspots.problem import MODELS, Problem, permutation_measure
from analysis.hotspots.rises import log_factors
from analysis.hotspots.scan import provisional, scan
from analysis.hotspots.significance import Null
from analysis.hotspots.zones import cartesian_distances, circles


def warm() -> None:
    """Scan a few cases under every model, looking back and forward, in circles and connected zones."""
    distances = cartesian_distances(np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.0, 1.0]))
    neighbours = [frozenset({1}), frozenset({0, 2}), frozenset({1})]
    every = circles(distances, np.ones(3), 0.7), connected(distances, neighbours, 2, np.ones(3), 0.7)
    dated = np.array([[0.0, 1, 0, 2], [1, 0, 1, 0], [0, 1, 0, 0]])
    for zones in every:
        for model in MODELS:
            cases = dated if model.startswith(("space-time", "expectation")) else dated.sum(axis=1, keepdims=True)
            measure = permutation_measure(cases) if model == "space-time-permutation" else cases + 1
            for prospective in (False, True) if cases.shape[1] > 1 else (False,):
                problem = Problem(model, cases, measure, zones, min(2, cases.shape[1]), prospective, 1)
                scan(problem, 3, 1)
                if prospective:
                    provisional(problem, Null(np.array([0.4, 0.6])))
    log_factors(*(np.ones(1) for _ in range(5)))
    fractions = Problem("poisson", np.array([[0.5], [2.5], [1.0]]), np.ones((3, 1)), every[0], min_cases=0.5)
    scan(fractions, 0, 1)


if __name__ == "__main__":
    warm()
