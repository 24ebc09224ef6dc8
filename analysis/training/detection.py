"""Needs by detection share (M18): a topic that a sector misses more than its other topics and other sectors suggest.

From two cells for a sector and topic: children of whom another recorded a sign while the sector was in contact, and
whom it recorded too or missed. And a row for a whole sector, among those that keep observations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import log

from analysis.training.expectation import Shown, expected_of
from analysis.training.posterior import Expectation, Floats, Verdict, judged, shares, support, told
from analysis.training.released import ReleasedBoard, ReleasedFigure
from models.catalogue import Catalogue
from models.releases import CellState

SPREADS = (6.0, 15.0, 40.0, 120.0)
"""Sizes of the beta law about an expectation: how much sectors differ in a topic for no reason."""
USUAL_SPREAD = 20.0
WHOLE_SPREAD = 40.0
ODD_PAIRS = 0.05
"""Of a sector and a topic, how many are taken to be odd: a board has dozens of pairs, and few gaps."""
FEWEST_PEERS = 2


@dataclass(frozen=True, slots=True)
class Detection:
    """One pair of sector and topic (or `any`) as judged."""

    sector: str
    topic: str
    recorded: ReleasedFigure
    missed: ReleasedFigure
    verdict: Verdict


def has_detection(board: ReleasedBoard) -> bool:
    """Whether a release has cells of M18 at all."""
    return any(board.has("m18_recorded_any", sector) for sector in board.sectors())


def by_topic(board: ReleasedBoard, catalogue: Catalogue) -> list[Detection]:
    """Every pair of sector and topic that can be judged. With few children, both cells `<10`, none can."""
    cells = [
        pair
        for sector in board.sectors()
        for topic in catalogue.categories
        if catalogue.expected(sector, topic) and (pair := _cells(board, sector, topic)) is not None
    ]
    points = [_point(*pair) for pair in cells]
    expected = {place: found for place in range(len(points)) if (found := expected_of(points, place)) is not None}
    likelihoods = {place: shares(*cells[place]) for place in expected}
    spread = _spread(likelihoods, expected)
    return [
        Detection(
            points[n].sector, points[n].topic, *cells[n], judged(likelihoods[n], expected[n], spread, odd=ODD_PAIRS)
        )
        for n in expected
    ]


def whole_sectors(board: ReleasedBoard, observing: Collection[str]) -> list[Detection]:
    """Each sector that keeps observations, over all topics, against the others that do."""
    cells = {s: pair for s in board.sectors() if s in observing and (pair := _cells(board, s, "any")) is not None}
    points = {sector: _point(*pair) for sector, pair in cells.items()}
    found = []
    for sector, pair in cells.items():
        peers = [point for other, point in points.items() if other != sector]
        if len(peers) >= FEWEST_PEERS:
            found.append(
                Detection(sector, "any", *pair, judged(shares(*pair), pooled(peers), WHOLE_SPREAD, odd=ODD_PAIRS))
            )
    return found


def _cells(board: ReleasedBoard, sector: str, topic: str) -> tuple[ReleasedFigure, ReleasedFigure] | None:
    """Recorded and missed, where both are evidence and at least one is a figure."""
    pair = board.cell(f"m18_recorded_{topic}", sector), board.cell(f"m18_missed_{topic}", sector)
    if not all(cell.is_evidence for cell in pair) or all(cell.state is not CellState.FIGURE for cell in pair):
        return None
    return pair


def _point(recorded: ReleasedFigure, missed: ReleasedFigure) -> Shown:
    """The share as a number, weighed by what the children and the noise leave of it."""
    (one, one_variance), (other, other_variance) = told(recorded), told(missed)
    size = max(one + other, 1.0)
    share = min(0.97, max(0.03, one / size))
    by_chance = share * (1 - share) * (1 / size + 1 / (USUAL_SPREAD + 1))
    by_noise = ((1 - share) ** 2 * one_variance + share**2 * other_variance) / size**2
    topic = recorded.measure.removeprefix("m18_recorded_")
    return Shown(recorded.sector, topic, share, share * (1 - share) / (by_chance + by_noise))


def pooled(peers: Sequence[Shown]) -> Expectation:
    """What peers show together; they differ at least as much as their own errors say."""
    weight = sum(peer.weight for peer in peers)
    share = sum(peer.share * peer.weight for peer in peers) / weight
    logits = [log(peer.share / (1 - peer.share)) for peer in peers]
    middle = log(share / (1 - share))
    between = sum((logit - middle) ** 2 for logit in logits) / max(1, len(peers) - 1)
    return Expectation.of_logit(middle, max(between / len(peers), 1 / (weight * share * (1 - share))))


def _spread(likelihoods: Mapping[int, Floats], expected: Mapping[int, Expectation]) -> float:
    """The size under which the cells are likeliest, drawn towards the usual one."""

    def likely(size: float) -> float:
        own = sum(log(max(1e-300, support(likelihoods[n], expected[n], size))) for n in expected)
        return own - log(size / USUAL_SPREAD) ** 2 / 2

    return max(SPREADS, key=likely)
