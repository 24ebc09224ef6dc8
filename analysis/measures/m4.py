"""M4 Agency share against expectation (paragraphs 154, 157, 159, 165, 175): concerns beside its own past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scipy.stats import chi2

from analysis.measures.definition import LATE, NOT_RETURNED, UNLINKED, Definition, Unknown
from analysis.measures.figures import Figure, Window
from analysis.measures.picture import Picture
from analysis.measures.recognition import concerns
from models.contract.periods import bounds, quarter_of, quarters_between

QUARTERS = 8
FEWEST = 4
"""Quarters of history without which nothing is expected."""

DEFINITION = Definition(
    4,
    "Agency share against expectation",
    "Does each sector raise the share of concerns that its own past would lead the board to expect?",
    "concerns raised by the sector in the period, by the day they happened",
    "expected concerns: all concerns of the period times the sector's reference share, the mean of its shares "
    "in its last 8 whole quarters before the period (at least 4; quarters without any concern left out), or a "
    "share the board sets",
    "the period; the reference is the 8 quarters before it",
    "concerns; the ratio with an exact 95 % Poisson interval of the observed number (the expected one is "
    "taken as known)",
    "sector",
    "paragraphs 154, 157, 159, 165, 175 (schools)",
    "through M1 by sector, quarter and financial year: shares of released children, not of concerns",
    "Flagged when the ratio is under 0.5 and the interval's upper limit under 1. A fall may be fewer children "
    "in contact, a return not sent (M5) or less recognised. Shares depend on each other: one sector's rise is "
    "the others' fall.",
    (
        NOT_RETURNED,
        UNLINKED,
        Unknown("late", "Concerns entered after the cut-off lower the observed number, not the expected share."),
    ),
)


class Expectation(NamedTuple):
    """Observed against expected, with bounds of the ratio."""

    observed: int
    expected: float
    ratio: float | None
    low: float | None
    high: float | None

    @property
    def flagged(self) -> bool:
        """Under half of what was expected, and not by chance alone."""
        return self.ratio is not None and self.high is not None and self.ratio < 0.5 and self.high < 1


def expectation(observed: int, expected: float) -> Expectation:
    """The ratio with its exact (Garwood) 95 % Poisson interval; no ratio when nothing is expected."""
    if expected <= 0:
        return Expectation(observed, expected, None, None, None)
    low = chi2.ppf(0.025, 2 * observed) / 2 if observed else 0.0
    high = chi2.ppf(0.975, 2 * observed + 2) / 2
    return Expectation(observed, expected, observed / expected, float(low) / expected, float(high) / expected)


def reference_share(history: Sequence[Mapping[str, int]], sector: str) -> float | None:
    """The mean of a sector's shares over quarters with any concern; None when those are fewer than four."""
    shares = [quarter.get(sector, 0) / total for quarter in history if (total := sum(quarter.values()))]
    return sum(shares) / len(shares) if len(shares) >= FEWEST else None


def figures(picture: Picture, window: Window) -> list[Figure]:
    """Each sector; `value` is the ratio. A sector with no reference has counts alone."""
    setting = picture.setting
    raised = [(e.occurred_on, setting.sector(e.agency)) for c in picture.children.values() for e in concerns(c)]
    past: dict[str, Counter[str]] = {}
    for day, sector in raised:
        past.setdefault(quarter_of(day), Counter())[sector] += 1
    now = Counter(sector for day, sector in raised if window.holds(day))
    before = _quarters_before(window, min((day for day, _ in raised), default=window.start))
    history = [past.get(quarter, Counter()) for quarter in before]
    found = []
    for sector in setting.sectors:
        share = setting.reference_shares.get(sector, reference_share(history, sector))
        if share is None:
            found.append(
                Figure("sector", sector, {"concerns": now[sector], "of": now.total()}, codes=("no_reference",))
            )
            continue
        told = expectation(now[sector], now.total() * share)
        counts = {"concerns": told.observed, "of": now.total(), "expected_hundredths": round(100 * told.expected)}
        flags = ("below_half",) if told.flagged else ()
        found.append(Figure("sector", sector, counts, told.ratio, told.low, told.high, flags))
    return found


def _quarters_before(window: Window, first: object) -> list[str]:
    """The last eight whole quarters before a window, of those the records reach."""
    reach = window.start.replace(year=window.start.year - 3)
    whole = [q for q in quarters_between(reach, window.start) if bounds(q)[1] <= window.start]
    return [q for q in whole[-QUARTERS:] if bounds(q)[1] > first]  # type: ignore[operator]


__all__ = ["DEFINITION", "LATE", "Expectation", "expectation", "figures", "reference_share"]
