"""Needs by detection share (M18): a topic that a sector misses more than its other topics and other sectors suggest.

Each rests on two cells for a sector and topic: of the children of whom another sector recorded a sign while this one
was in contact, those whom it recorded too, and those whom it missed. Sectors that keep observations also have a row
over all topics.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from analysis.training.expectation import Shown, expected_of
from analysis.training.noticed import RATIOS, share_of, smallest_gap
from analysis.training.posterior import Below, Expectation, Floats, Verdict, judged, shares, supports, told
from analysis.training.released import ReleasedBoard, ReleasedFigure
from models.catalogue import Catalogue
from models.releases import CellState

SPREADS = (6.0, 15.0, 40.0, 120.0)
"""Sizes of the beta distribution about an expectation: how much sectors differ in a topic by chance."""
USUAL_SPREAD = 20.0
WHOLE_SPREAD = 40.0
ODD_PAIRS = 0.05
"""The share of pairs of sector and topic that are assumed to have a gap: a board has dozens of pairs, and few gaps."""
FEWEST_PEERS = 2
_EIGHT_IN_TEN = 1.2816
"""The point of the normal distribution that leaves out 1 in 10 on either side."""


@dataclass(frozen=True, slots=True)
class Detection:
    """The verdict on one pair of sector and topic (or `any`)."""

    sector: str
    topic: str
    recorded: ReleasedFigure
    missed: ReleasedFigure
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class WeighedDetection:
    """A verdict, and what it rests on besides the cells."""

    detection: Detection
    expected: Expectation
    spread: float

    def noticed(self, likely: float, ratios: Sequence[float] = RATIOS) -> float | None:
        """The ratio to what is expected from which down such a pair would be called likely 4 times in 5, by
        probability `likely`; None if none of `ratios` would be (`analysis.training.noticed`)."""

        below = Below.of(self.expected, self.spread, odd=ODD_PAIRS)

        def judge(recorded: ReleasedFigure, missed: ReleasedFigure) -> float:
            return below(shares(recorded, missed))

        known = round(sum(told(cell)[0] for cell in (self.detection.recorded, self.detection.missed)))
        return smallest_gap(known, share_of(self.expected), judge, likely, ratios)


def usual_range(one: WeighedDetection) -> tuple[float, float]:
    """The range in which 8 in 10 sectors like this one would record: what is expected of it, and how much sectors
    differ by chance. Shares from 0 to 1."""
    weights, logits = one.expected.weights, np.log(one.expected.values / (1 - one.expected.values))
    middle = float(weights @ logits)
    share = 1 / (1 + exp(-middle))
    # On the scale of the logit, the spread of a beta distribution of that size.
    variance = float(weights @ (logits - middle) ** 2) + 1 / ((one.spread + 1) * share * (1 - share))
    reach = _EIGHT_IN_TEN * variance**0.5
    return 1 / (1 + exp(-(middle - reach))), 1 / (1 + exp(-(middle + reach)))


def has_detection(board: ReleasedBoard) -> bool:
    """Whether a release has cells of M18 at all."""
    return any(board.has("m18_recorded_any", sector) for sector in board.sectors())


def weighed_by_topic(board: ReleasedBoard, catalogue: Catalogue) -> list[WeighedDetection]:
    """Every pair of sector and topic that can be judged, with its expectation. A pair whose two cells are both `<10`
    cannot."""
    cells = [
        pair
        for sector in board.sectors()
        for topic in catalogue.categories
        if catalogue.expected(sector, topic) and (pair := _cells(board, sector, topic)) is not None
    ]
    points = [_point(*pair) for pair in cells]
    expected = expected_of(points)
    likelihoods = {place: shares(*cells[place]) for place in expected}
    spread = _spread(likelihoods, expected)
    return [
        WeighedDetection(
            Detection(
                points[n].sector, points[n].topic, *cells[n], judged(likelihoods[n], expected[n], spread, odd=ODD_PAIRS)
            ),
            expected[n],
            spread,
        )
        for n in expected
    ]


def whole_sectors(board: ReleasedBoard, observing: Collection[str]) -> list[Detection]:
    """Each sector that keeps observations, over all topics, compared with the others that do."""
    return [weighed.detection for weighed in weighed_sectors(board, observing)]


def weighed_sectors(board: ReleasedBoard, observing: Collection[str]) -> list[WeighedDetection]:
    """The same, each with its expectation."""
    cells = {s: pair for s in board.sectors() if s in observing and (pair := _cells(board, s, "any")) is not None}
    points = {sector: _point(*pair) for sector, pair in cells.items()}
    found = []
    for sector, pair in cells.items():
        peers = [point for other, point in points.items() if other != sector]
        if len(peers) >= FEWEST_PEERS:
            expected = pooled(peers)
            verdict = judged(shares(*pair), expected, WHOLE_SPREAD, odd=ODD_PAIRS)
            found.append(WeighedDetection(Detection(sector, "any", *pair, verdict), expected, WHOLE_SPREAD))
    return found


def _cells(board: ReleasedBoard, sector: str, topic: str) -> tuple[ReleasedFigure, ReleasedFigure] | None:
    """The recorded and the missed, if both are evidence and at least one is a figure."""
    pair = board.cell(f"m18_recorded_{topic}", sector), board.cell(f"m18_missed_{topic}", sector)
    if not all(cell.is_evidence for cell in pair) or all(cell.state is not CellState.FIGURE for cell in pair):
        return None
    return pair


def _point(recorded: ReleasedFigure, missed: ReleasedFigure) -> Shown:
    """The share as a number, with a weight for how exact the number of children and the noise leave it."""
    (one, one_variance), (other, other_variance) = told(recorded), told(missed)
    size = max(one + other, 1.0)
    share = min(0.97, max(0.03, one / size))
    by_chance = share * (1 - share) * (1 / size + 1 / (USUAL_SPREAD + 1))
    by_noise = ((1 - share) ** 2 * one_variance + share**2 * other_variance) / size**2
    topic = recorded.measure.removeprefix("m18_recorded_")
    return Shown(recorded.sector, topic, share, share * (1 - share) / (by_chance + by_noise))


def pooled(peers: Sequence[Shown]) -> Expectation:
    """The expectation from several peers, which differ at least as much as their own errors say."""
    weight = sum(peer.weight for peer in peers)
    share = sum(peer.share * peer.weight for peer in peers) / weight
    logits = [log(peer.share / (1 - peer.share)) for peer in peers]
    middle = log(share / (1 - share))
    between = sum((logit - middle) ** 2 for logit in logits) / max(1, len(peers) - 1)
    return Expectation.of_logit(middle, max(between / len(peers), 1 / (weight * share * (1 - share))))


def _spread(likelihoods: Mapping[int, Floats], expected: Mapping[int, Expectation]) -> float:
    """The size that makes the cells most likely, shrunk towards the usual one."""

    if not expected:
        return USUAL_SPREAD
    rows, laws = np.array([likelihoods[n] for n in expected]), list(expected.values())

    def likely(size: float) -> float:
        own = np.log(np.maximum(1e-300, supports(rows, laws, size))).sum()
        return float(own) - log(size / USUAL_SPREAD) ** 2 / 2

    return max(SPREADS, key=likely)
