"""What is expected of a sector in a topic, from how well sectors detect and how easily topics are seen.

The pair itself is left out. logit E = mu + sector + topic, by penalised likelihood: sectors that write signs only
inside concerns are lower in all topics, and some topics are seen by all. What remains is what one sector does in one
topic. The price: a sector that misses everything is as expected. It has a row of its own
(`analysis.training.detection`).
"""

from __future__ import annotations

from collections import Counter
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


def expected_of(pairs: Sequence[Shown]) -> dict[int, Expectation]:
    """What is expected of each of the pairs, from the others; those for which there are too few are left out."""
    topics = Counter(pair.topic for pair in pairs)
    if len(pairs) <= FEWEST:
        return {}
    design = _design(pairs)
    share = np.array([pair.share for pair in pairs])
    # A row for each fit, in which the pair that is expected weighs nothing.
    weight = np.array([pair.weight for pair in pairs]) * (1 - np.eye(len(pairs)))
    effects, covariance = _fitted(design, share, weight)
    return {
        place: Expectation.of_logit(float(row @ effects[place]), float(row @ covariance[place] @ row))
        for place, row in enumerate(design)
        if topics[pairs[place].topic] > 1
    }


def _fitted(design: Floats, share: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """The effects of each fit (a row of `weight`) and their covariance, by Newton's method."""
    pairs, size = design.shape
    penalty = np.full(size, DEVIATION**-2)
    penalty[0] = 1e-3
    products = (design[:, :, None] * design[:, None, :]).reshape(pairs, size * size)
    effects: Floats = np.zeros((pairs, size))
    mean = np.clip(weight @ share / weight.sum(axis=1), 0.05, 0.95)
    effects[:, 0] = np.log(mean / (1 - mean))
    curve: Floats = np.diag(penalty)
    for _ in range(_STEPS):
        fitted = 1 / (1 + np.exp(-np.clip(effects @ design.T, -8, 8)))
        slope = (weight * (share - fitted)) @ design - penalty * effects
        curve = ((weight * fitted * (1 - fitted)) @ products).reshape(pairs, size, size) + np.diag(penalty)
        effects = effects + np.linalg.solve(curve, slope[..., None])[..., 0]
    covariance: Floats = np.asarray(np.linalg.inv(curve), dtype=np.float64)
    return effects, covariance


def _design(pairs: Sequence[Shown]) -> Floats:
    """A row for each pair: one for all, one for its sector, one for its topic."""
    sectors, topics = (sorted({getattr(pair, name) for pair in pairs}) for name in ("sector", "topic"))
    design: Floats = np.zeros((len(pairs), 1 + len(sectors) + len(topics)))
    for row, pair in zip(design, pairs, strict=True):
        row[0] = row[1 + sectors.index(pair.sector)] = row[1 + len(sectors) + topics.index(pair.topic)] = 1.0
    return design
