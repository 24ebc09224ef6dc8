"""Synthetic answers for M18 to M21: which cells of the picture a concern, an episode or a screening is counted in.

The weights are invented. They are about as uneven as the answers of the demo's agencies: a few common, most rare.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from analysis.measures import m19, m20, m21
from analysis.measures.breakdown import Breakdown
from analysis.measures.m6 import CATEGORIES

GIVEN = 0.8
"""Share of records that give an answer."""


def of_concern(draw: random.Random) -> Iterator[str]:
    """The counts of M18, M19 and M21 in which a concern about a child is counted."""
    if draw.random() < 0.25:
        yield m19.HARMED.name
    yield from _answers(draw, m19.MODEL, 1 + (draw.random() < 0.25))
    for breakdown in m19.BREAKDOWNS[1:]:
        yield from _answers(draw, breakdown)
    yield from _answers(draw, m21.NEXT)
    if draw.random() < 0.25:
        yield m21.TURNED_AWAY.name
        if draw.random() < 0.3:
            yield m21.RAISED_AGAIN.name
    for whole, breakdown, share in ((m21.SCREENED, m21.OUTCOME, 0.6), (m21.ANSWERED, m21.KIND, 0.5)):
        if draw.random() < share:
            yield whole.name
            yield from _answers(draw, breakdown)
    if draw.random() < 0.6:
        part = "recorded" if draw.random() < 0.5 else "missed"
        yield f"m18_{part}_any"
        yield from (f"m18_{part}_{category}" for category in draw.sample(CATEGORIES, draw.randint(1, 4)))


def of_missing(draw: random.Random) -> Iterator[str]:
    """The counts of M20 in which a missing child is counted."""
    for least in m20.OFTEN.values():
        if draw.random() > 0.4:
            break
        yield least
    for breakdown in m20.BREAKDOWNS:
        yield from _answers(draw, breakdown, draw.choice((1, 1, 2)))


def _answers(draw: random.Random, breakdown: Breakdown, number: int = 1) -> Iterator[str]:
    """So many answers of a breakdown, each half as likely as two before it; or none."""
    if draw.random() < GIVEN:
        weights = [0.7**place for place in range(len(breakdown.counts))]
        yield from dict.fromkeys(count.name for count in draw.choices(breakdown.counts, weights, k=number))
