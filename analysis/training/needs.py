"""Training needs: a sector and a topic, the evidence side by side, and the measure that should move (paragraph 157).

From released cells only. Those called likely come first, then by the probability that the sector is below four fifths
of what is expected of it; equal ones share a rank, the furthest below first. There is no composite score: each row
rests on one measure, and the sector's other figures stand beside it. `<10` is evidence of few and is used as such;
what is no figure is named.

Each row is charged to the sector that owes the act (`models.register.duties`), and raised only where it could have
seen. What kinds there are, and how often each is false, is measured: docs/conclusions-validation.md, docs/adr/0031.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Final, Literal

import numpy as np

from analysis.training.calibration import curves, kind_of
from analysis.training.detection import (
    FEWEST_PEERS,
    Detection,
    WeighedDetection,
    pooled,
    weighed_by_topic,
    whole_sectors,
)
from analysis.training.expectation import Shown
from analysis.training.posterior import GRID, MATERIAL, Expectation, Verdict, judged, shares, shares_of_whole, told
from analysis.training.released import ReleasedBoard, ReleasedFigure, left_out
from models.catalogue import Catalogue
from models.register import Duties

GENERAL = "general"
Standing = Literal["likely", "worth asking", ""]
LIKELY: Final = 0.9
WORTH_ASKING: Final = 0.7
"""Below this nothing is said. It never says that there is no need."""
TRUE_OF: Final = {"likely": "more than nine in ten", "worth asking": "about eight in ten"}
"""How many rows of each standing were true in simulated boards. A test holds docs/conclusions-validation.md to it."""
MOST_ASKED = 0.95
"""No more than this share is asked of anybody: nobody records everything."""
_STANDINGS: Final[tuple[Standing, ...]] = ("likely", "worth asking", "")
NOT_NEEDS: Final = (
    (
        "m6",
        "Coverage by itself: of how many children a sector recorded a sign depends as much on which children it meets "
        "and which signs are common as on what it overlooks. In simulated boards nearly every row that rested on it "
        "was false, however sure it looked",
    ),
    (
        "m3",
        "Missed opportunities: a sector that sees serious signs and passes them on to another agency counts as having "
        "missed them. Where the figure is shown at all, it is high for every sector, so it does not tell them apart",
    ),
    (
        "m7",
        "Screening by the sector that raised the concern: another sector owes the screening. It is charged to the "
        "sector that completes the tool, and compared with that sector's own year before",
    ),
)
"""Measures that once gave needs and no longer do, each with the reason."""
FEWEST_SECTORS = 3
"""With fewer sectors, a sector's part of all concerns has nothing to be compared with."""
LATE_MATERIAL = 0.75
"""Lateness counts from less than this share of what the others raise in time. A sector that sees fewer signs sees its
first one later, and is behind for that reason alone: in simulated boards police raised three quarters of what the
others did."""
LATE_SPREAD = 40.0
OWN_PAST_SPREAD = 100.0
"""Sizes of the beta distributions: how much sectors differ in lateness, and one sector from its own past, by chance."""


@dataclass(frozen=True, slots=True)
class Need:
    """One row of the training page. A prompt to talk with the sector, not a verdict on it."""

    rank: int
    sector: str
    topic: str
    """A category of the catalogue, or `general`."""
    about: str
    """The subject of the training, in words: `screening after a concern`."""
    moves: str
    """The measure that training should move: `m6`."""
    probability: float
    """The share of such needs that is true in simulated boards: that the sector is below four fifths of what is
    expected (`analysis.training.calibration`). Two decimals, so that near-equals tie."""
    modelled: float
    """The model's own probability of that, before it is calibrated."""
    ratio: float
    low: float
    high: float
    """What the sector does as a multiple of what is expected of it, and the 80 % interval of that; two decimals."""
    evidence: tuple[tuple[str, str], ...]
    """(measure name, released text), side by side."""
    left_out: tuple[str, ...]
    """Cells that are not figures and so not evidence, in words."""
    most: Standing = "likely"
    """The highest standing that a row of this kind can have."""
    aim: tuple[float, float] | None = None
    """Where the figure that should move stands, and from where on it would be no need: numbers of children for M4,
    shares from 0 to 1 for the others. None if it is no figure."""

    @property
    def standing(self) -> Standing:
        """What the page calls it; empty if it says nothing."""
        if self.probability >= LIKELY and self.most == "likely":
            return "likely"
        return "worth asking" if self.probability >= WORTH_ASKING else ""


def needs(
    board: ReleasedBoard,
    catalogue: Catalogue,
    before: ReleasedBoard | None = None,
    duties: Duties | None = None,
    weighed: Sequence[WeighedDetection] | None = None,
) -> list[Need]:
    """All needs that could be weighed in a financial year, the most probable first.

    `before` is the year before. Without it there are no needs that compare a sector with its own past, and none of
    lateness, which needs a year of records to look back on. `duties` says who owes what; without it nobody does.
    `weighed` has the pairs of sector and topic (`weighed_by_topic`), where these are at hand.
    """
    owed = duties or Duties()
    rows = sign_needs(board, weighed_by_topic(board, catalogue) if weighed is None else weighed, owed)
    if before is not None:
        rows += [
            *lateness_needs(board, catalogue),
            *raising_needs(board, before),
            *screening_needs(board, before, owed),
        ]
    rows.sort(key=lambda need: (*_by_rank(need), need.ratio, need.sector, need.topic, need.moves))
    ranked: list[Need] = []
    for place, need in enumerate(rows, start=1):
        tied = ranked and _by_rank(ranked[-1]) == _by_rank(need)
        ranked.append(replace(need, rank=ranked[-1].rank if tied else place))
    return ranked


def _by_rank(need: Need) -> tuple[int, float]:
    """The sort key of a rank: likely needs first, then the probability as the page shows it."""
    return _STANDINGS.index(need.standing), -need.probability


def listed(found: Iterable[Need]) -> list[Need]:
    """The needs that are likely or worth asking about, by rank."""
    return [need for need in found if need.standing]


def sign_needs(board: ReleasedBoard, weighed: Iterable[WeighedDetection], duties: Duties) -> list[Need]:
    """Signs that a sector does not see or record, by detection share (M18). None if the release has no M18."""
    found = [
        _of_detection(board, one.detection, f"seeing and recording signs: {one.detection.topic}") for one in weighed
    ]
    whole = whole_sectors(board, duties.who("observe"))
    return found + [_of_detection(board, one, "seeing and recording signs of any kind") for one in whole]


def lateness_needs(board: ReleasedBoard, catalogue: Catalogue) -> list[Need]:
    """M2: of the children about whom a sector and another raised a concern, how many it raised in time.

    A sector that is expected to see more kinds of sign sees its first one sooner. So its odds of being in time are
    expected to be those of the others, times its number of kinds over theirs.
    """
    pairs = {
        s: (board.cell("m2_raised_later", s), board.cell("m2_raised_by_several", s))
        for s in board.sectors()
        if catalogue.expected(s)
    }
    usable = {s: pair for s, pair in pairs.items() if pair[0].is_evidence and pair[1].value is not None}
    dropped = [cell for s, pair in pairs.items() for cell in pair if s not in usable and not cell.is_evidence]
    found = []
    for sector, (later, whole) in usable.items():
        peers = [
            _in_time(*pair, log(len(catalogue.expected(sector)) / len(catalogue.expected(other))))
            for other, pair in usable.items()
            if other != sector
        ]
        if len(peers) >= FEWEST_PEERS:
            # The share raised in time: the grid is even, so that it is the share raised later from its other end.
            likelihood = shares_of_whole(later, whole)[::-1]
            verdict = judged(likelihood, pooled(peers), LATE_SPREAD, material=LATE_MATERIAL)
            evidence = _evidence(board, sector, later, whole)
            row = _need(sector, GENERAL, "recognising in time", "m2", verdict, evidence, dropped)
            late = _share(later.value, whole.value)
            found.append(replace(row, aim=_aim(row, None if late is None else 1 - late, LATE_MATERIAL)))
    return found


def raising_needs(board: ReleasedBoard, before: ReleasedBoard) -> list[Need]:
    """M4: a sector's part of all children with a concern, compared with its part in the year before.

    So it does not see a gap that was there before.
    """
    cells = {s: (board.cell("m1_children", s), before.cell("m1_children", s)) for s in board.sectors()}
    usable = {s: pair for s, pair in cells.items() if pair[0].is_evidence and pair[1].value is not None}
    if len(usable) < FEWEST_SECTORS:
        return []
    dropped = [cell for s, pair in cells.items() for cell in pair if s not in usable and not cell.is_evidence]
    found = []
    for sector, (now, past) in usable.items():
        others = [pair for other, pair in usable.items() if other != sector]
        (nows, now_variance), (pasts, past_variance) = (_sum(pair[i] for pair in others) for i in (0, 1))
        variance = now_variance / nows**2 + past_variance / pasts**2 + 1 / nows + 1 / pasts
        expected = Expectation.of_logit(log(nows / pasts), variance)
        verdict = judged(shares(now, past), expected, OWN_PAST_SPREAD, odds=True)
        evidence = _evidence(board, sector, now)
        row = _need(sector, GENERAL, "raising concerns", "m4", verdict, evidence, dropped)
        aim = None if now.value is None or row.ratio <= 0 else (float(now.value), MATERIAL * now.value / row.ratio)
        found.append(replace(row, aim=aim))
    return found


def screening_needs(board: ReleasedBoard, before: ReleasedBoard, duties: Duties) -> list[Need]:
    """M7: children screened after any sector's concern, compared with the year before; charged to who owes it.

    If several sectors owe it, or the register does not say who, there is no need. It is never called likely, because
    in simulated boards a fall was sometimes found where there was none.
    """
    owed = duties.who("screenings")
    now, past = ((of.cell("m7_screened"), of.cell("m7_children")) for of in (board, before))
    if len(owed) != 1 or not all(part.is_evidence and whole.value is not None for part, whole in (now, past)):
        return []
    earlier = shares_of_whole(*past)
    known = Expectation(np.clip(GRID, 0.02, 0.98), earlier / earlier.sum())
    verdict = judged(shares_of_whole(*now), known, OWN_PAST_SPREAD)
    (sector,) = owed
    evidence = tuple((cell.measure, cell.text) for cell in now)
    row = _need(sector, GENERAL, "screening after a concern of any sector", "m7", verdict, evidence, ())
    return [replace(row, most="worth asking", aim=_aim(row, _share(now[0].value, now[1].value)))]


def _of_detection(board: ReleasedBoard, one: Detection, about: str) -> Need:
    topic = GENERAL if one.topic == "any" else one.topic
    evidence = _evidence(board, one.sector, one.recorded, one.missed)
    row = _need(one.sector, topic, about, "m18", one.verdict, evidence, ())
    recorded, missed = one.recorded.value, one.missed.value
    known = None if recorded is None or missed is None else recorded + missed
    return replace(row, aim=_aim(row, _share(recorded, known)))


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else min(1.0, part / whole)


def _aim(need: Need, now: float | None, material: float = MATERIAL) -> tuple[float, float] | None:
    """A share, and what part of the expected one is enough. What is expected follows from the share and its ratio."""
    return None if now is None or need.ratio <= 0 else (now, min(MOST_ASKED, material * now / need.ratio))


def _in_time(later: ReleasedFigure, whole: ReleasedFigure, shift: float) -> Shown:
    """A peer's share raised in time, its odds moved by `shift` on the scale of the logit."""
    (part, part_variance), (size, _) = told(later), told(whole)
    share = min(0.97, max(0.03, 1 - part / max(size, 1.0)))
    variance = share * (1 - share) * (1 / max(size, 1.0) + 1 / (LATE_SPREAD + 1)) + part_variance / max(size, 1.0) ** 2
    moved = 1 / (1 + (1 - share) / share * exp(-shift))
    # An error of the logit is moved unchanged, so the weight that gives it is that of the share before.
    weight = (share * (1 - share)) ** 2 / variance / (moved * (1 - moved))
    return Shown(later.sector, GENERAL, moved, weight)


def _sum(cells: Iterable[ReleasedFigure]) -> tuple[float, float]:
    """Mean and variance of the sum of some cells, by the noise that protects them."""
    found = [told(cell) for cell in cells]
    return max(1.0, sum(mean for mean, _ in found)), sum(variance for _, variance in found)


def _evidence(board: ReleasedBoard, sector: str, *own: ReleasedFigure) -> tuple[tuple[str, str], ...]:
    names = ("m6_any", "m1_children", "m2_raised_later", "m2_raised_by_several")
    used = {cell.measure for cell in own}
    beside = [board.cell(name, sector) for name in names if name not in used]
    return tuple((cell.measure, cell.text) for cell in (*own, *beside) if cell.is_evidence)


def _need(
    sector: str,
    topic: str,
    about: str,
    moves: str,
    value: Verdict,
    evidence: tuple[tuple[str, str], ...],
    dropped: Sequence[ReleasedFigure],
) -> Need:
    stated = curves()[kind_of(moves, topic)].stated(value.below)
    probability, ratio, low, high = (round(number, 2) for number in (stated, value.ratio, value.low, value.high))
    return Need(0, sector, topic, about, moves, probability, value.below, ratio, low, high, evidence, left_out(dropped))
