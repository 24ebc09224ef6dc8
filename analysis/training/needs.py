"""Training needs: a sector and a topic, the evidence side by side, and the measure that should move (paragraph 157).

From released cells only. Ranked by the probability that the sector is below four fifths of what is
expected of it; equal probabilities share a rank, the furthest below first. There is no composite score: each row rests
on one measure, and the sector's other figures stand beside it. `<10` is evidence of few and is used as such; what is
no figure is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.training.released import ReleasedBoard, ReleasedFigure, left_out, middle
from analysis.training.shrinkage import Shrunk, shrink_counts, shrink_shares
from models.catalogue import Catalogue

GENERAL = "general"
SHARES: tuple[tuple[str, str, str, str, bool], ...] = (
    ("m2", "recognising in time", "m2_raised_later", "m2_raised_by_several", False),
    ("m3", "acting on what was seen", "m3_missed", "m3_seen", False),
    ("m7", "screening after a concern", "m7_screened", "m7_children", True),
)
"""Measure, what training is about, part, whole, whether the part is what should be."""
FEWEST_SECTORS = 3
"""With fewer to compare with, nothing is expected."""


@dataclass(frozen=True, slots=True)
class Need:
    """One row of the training page. A prompt to talk with the sector, not a verdict on it."""

    rank: int
    sector: str
    topic: str
    """A category of the catalogue, or `general`."""
    about: str
    """What the training is about, in words: `screening after a concern`."""
    moves: str
    """The measure that training should move: `m6`."""
    probability: float
    """That the sector is below four fifths of what is expected; two decimals, so that near-equals tie."""
    ratio: float
    low: float
    high: float
    """What the sector does as a multiple of what is expected of it, shrunk (`analysis.training.shrinkage`), and the
    80 % interval of that: `low` to `high`."""
    evidence: tuple[tuple[str, str], ...]
    """(measure name, released text), side by side."""
    left_out: tuple[str, ...]
    """Cells that are no figure and so no evidence, in words."""


def needs(board: ReleasedBoard, catalogue: Catalogue, before: ReleasedBoard | None = None) -> list[Need]:
    """All needs of a financial year, most probable first.

    `before` is the year before; without it nothing is said of M4, which compares a sector with its own past.
    """
    rows = [*coverage_needs(board, catalogue), *share_needs(board), *(raising_needs(board, before) if before else ())]
    rows.sort(key=lambda need: (-need.probability, need.ratio, need.sector, need.topic, need.moves))
    ranked: list[Need] = []
    for place, need in enumerate(rows, start=1):
        tied = ranked and ranked[-1].probability == need.probability
        ranked.append(_ranked(need, ranked[-1].rank if tied else place))
    return ranked


def coverage_needs(board: ReleasedBoard, catalogue: Catalogue) -> list[Need]:
    """M6: children about whom a sector recorded a topic, against what its contacts and expected codes would give."""
    found: list[Need] = []
    exposed = [s for s in board.sectors() if board.cell("m6_any", s).value is not None]
    pooled: list[tuple[str, str, ReleasedFigure, float]] = []
    dropped: dict[str, list[ReleasedFigure]] = {}
    for topic in catalogue.categories:
        asked = [s for s in exposed if catalogue.expected(s, topic)]
        cells = {s: board.cell(f"m6_{topic}", s) for s in asked}
        dropped[topic] = [cell for cell in cells.values() if not cell.is_evidence]
        usable = [s for s in asked if cells[s].is_evidence]
        if len(usable) < FEWEST_SECTORS:
            continue
        weights = {s: middle(board.cell("m6_any", s)) * len(catalogue.expected(s, topic)) for s in usable}
        total = sum(middle(cells[s]) for s in usable)
        pooled += [(s, topic, cells[s], total * weights[s] / sum(weights.values())) for s in usable]
    shrunk = shrink_counts([(cell, expected) for _, _, cell, expected in pooled])
    for (sector, topic, cell, _), value in zip(pooled, shrunk, strict=True):
        about = f"seeing and recording signs: {topic}"
        found.append(_need(sector, topic, about, "m6", value, _evidence(board, sector, cell), dropped[topic]))
    return found


def share_needs(board: ReleasedBoard) -> list[Need]:
    """M2, M3 and M7 by sector: later than others, missed, not screened."""
    found = []
    for moves, about, part, whole, good in SHARES:
        pairs = {s: (board.cell(part, s), board.cell(whole, s)) for s in board.sectors()}
        usable = {s: p for s, p in pairs.items() if p[0].is_evidence and p[1].value is not None}
        if len(usable) < FEWEST_SECTORS:
            continue
        dropped = [cell for s, p in pairs.items() for cell in p if s not in usable and not cell.is_evidence]
        for (sector, (one, _)), value in zip(usable.items(), shrink_shares(list(usable.values()), good), strict=True):
            found.append(_need(sector, GENERAL, about, moves, value, _evidence(board, sector, one), dropped))
    return found


def raising_needs(board: ReleasedBoard, before: ReleasedBoard) -> list[Need]:
    """M4: children with a concern by sector, against the sector's share of the year before."""
    cells = {s: (board.cell("m1_children", s), before.cell("m1_children", s)) for s in board.sectors()}
    usable = {s: pair for s, pair in cells.items() if pair[0].is_evidence and pair[1].value is not None}
    if len(usable) < FEWEST_SECTORS:
        return []
    now, past = (sum(middle(pair[i]) for pair in usable.values()) for i in (0, 1))
    shrunk = shrink_counts([(new, now * middle(old) / past) for new, old in usable.values()])
    dropped = [cell for s, pair in cells.items() for cell in pair if s not in usable and not cell.is_evidence]
    about = "raising concerns"
    return [
        _need(sector, GENERAL, about, "m4", value, _evidence(board, sector, new), dropped)
        for (sector, (new, _)), value in zip(usable.items(), shrunk, strict=True)
    ]


def _evidence(board: ReleasedBoard, sector: str, own: ReleasedFigure) -> tuple[tuple[str, str], ...]:
    names = ["m6_any", "m1_children", *(name for _, _, part, whole, _ in SHARES for name in (part, whole))]
    beside = [board.cell(name, sector) for name in names if name != own.measure]
    return tuple((cell.measure, cell.text) for cell in (own, *beside) if cell.is_evidence)


def _need(
    sector: str,
    topic: str,
    about: str,
    moves: str,
    value: Shrunk,
    evidence: tuple[tuple[str, str], ...],
    dropped: Sequence[ReleasedFigure],
) -> Need:
    probability = round(value.below, 2)
    return Need(
        0, sector, topic, about, moves, probability, value.ratio, value.low, value.high, evidence, left_out(dropped)
    )


def _ranked(need: Need, rank: int) -> Need:
    return Need(rank, *(getattr(need, name) for name in Need.__slots__[1:]))
