"""What is expected of a sector in a topic, from how well sectors detect and how easily topics are seen.

The pair itself is left out. logit E = mu + sector + topic, by penalised likelihood: sectors that write signs only
inside concerns are lower in all topics, and some topics are seen by all. What remains is what one sector does in one
topic. The price: a sector that misses everything is as expected. It has a row of its own
(`analysis.training.detection`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.training.posterior import Expectation, Floats

DEVIATION = 0.5
"""The deviation of sector and topic effects, on the scale of the logit."""
FEWEST = 3
"""The fewest other pairs that give an expectation; one of them must be of the topic."""
_STEPS = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """One pair as a point: its share, and the weight of that in children."""

    sector: str
    topic: str
    share: float
    weight: float


def expected_of(pairs: Sequence[Shown], number: int) -> Expectation | None:
    """What is expected of one of the pairs, from the others; None if there are too few."""
    own = pairs[number]
    others = [pair for place, pair in enumerate(pairs) if place != number]
    if len(others) < FEWEST or not any(pair.topic == own.topic for pair in others):
        return None
    sectors = sorted({pair.sector for pair in pairs})
    topics = sorted({pair.topic for pair in pairs})
    design = np.array([_row(pair, sectors, topics) for pair in others])
    share = np.array([pair.share for pair in others])
    weight = np.array([pair.weight for pair in others])
    penalty = np.full(design.shape[1], DEVIATION**-2)
    penalty[0] = 1e-3
    found, spread = _fitted(design, share, weight, penalty)
    row = _row(own, sectors, topics)
    return Expectation.of_logit(float(row @ found), float(row @ spread @ row))


def _fitted(design: Floats, share: Floats, weight: Floats, penalty: Floats) -> tuple[Floats, Floats]:
    """The effects and their covariance, by Newton's method."""
    effects: Floats = np.zeros(design.shape[1])
    curve: Floats = np.diag(penalty)
    mean = float(np.clip(share @ weight / weight.sum(), 0.05, 0.95))
    effects[0] = np.log(mean / (1 - mean))
    for _ in range(_STEPS):
        fitted = 1 / (1 + np.exp(-np.clip(design @ effects, -8, 8)))
        slope = design.T @ (weight * (share - fitted)) - penalty * effects
        curve = (design.T * (weight * fitted * (1 - fitted))) @ design + np.diag(penalty)
        effects = effects + np.linalg.solve(curve, slope)
    covariance: Floats = np.asarray(np.linalg.inv(curve), dtype=np.float64)
    return effects, covariance


def _row(pair: Shown, sectors: Sequence[str], topics: Sequence[str]) -> Floats:
    row = np.zeros(1 + len(sectors) + len(topics))
    row[0] = row[1 + sectors.index(pair.sector)] = row[1 + len(sectors) + topics.index(pair.topic)] = 1.0
    return row
