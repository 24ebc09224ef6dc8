"""M4 Agency share against expectation: the concerns of each sector compared with its own past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from scipy.special import gammaincinv

from analysis.measures import m1
from analysis.measures.columns import Column
from analysis.measures.definition import NOT_RETURNED, UNLINKED, Definition, Unknown
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence
from models.contract.periods import bounds, quarters_between

QUARTERS = 8
FEWEST = 4
"""With fewer quarters of history than this, there is no expectation."""
CONCERNS = "m4_concerns"

DEFINITION = Definition(
    number=4,
    title="Concerns by sector, against what we expect",
    question="Does each sector raise the share of concerns that its own past would lead the board to expect?",
    numerator="concerns raised by the sector in the period, by the day they happened",
    denominator=(
        "expected concerns: all concerns of the period times the sector's usual share, or a share that the board "
        "sets. The usual share is the mean of its shares in its last 8 whole quarters before the period. At least 4 "
        "are needed, and quarters without any concern are left out"
    ),
    window="the period; the reference is the 8 quarters before it",
    unit=(
        "concerns; the ratio with an exact 95 % Poisson interval of the observed number (the expected one is taken "
        "as known)"
    ),
    splits="sector",
    source="paragraphs 154, 157, 159, 165, 175 (schools)",
    released="through M1 by sector, quarter and financial year: shares of released children, not of concerns",
    reading=(
        "1 is as the sector's own past would lead us to expect. Training needs weigh the other sectors too, so they "
        "give other numbers. A fall may be fewer children in contact, a return not sent (M5) or less recognised. "
        "Shares depend on each other: one sector's rise is the others' fall."
    ),
    unknowns=(
        NOT_RETURNED,
        UNLINKED,
        Unknown("late", "Concerns entered after the cut-off lower the observed number, not the expected share."),
    ),
)


class Expectation(NamedTuple):
    """Observed and expected concerns, and their ratio with the bounds of its 95 % interval."""

    observed: int
    expected: float
    ratio: float | None
    low: float | None
    high: float | None

    @property
    def flagged(self) -> bool:
        """Whether fewer than half of the expected concerns were observed, and chance alone does not explain it."""
        return self.ratio is not None and self.high is not None and self.ratio < 0.5 and self.high < 1


def expectation(observed: int, expected: float) -> Expectation:
    """The ratio with its exact (Garwood) 95 % Poisson interval; no ratio if `expected` is 0 or less."""
    if expected <= 0:
        return Expectation(observed, expected, None, None, None)
    low = gammaincinv(observed, 0.025) if observed else 0.0
    high = gammaincinv(observed + 1, 0.975)
    return Expectation(observed, expected, observed / expected, float(low) / expected, float(high) / expected)


def reference_share(history: Sequence[Mapping[str, int]], sector: str) -> float | None:
    """The mean share of a sector over the quarters with any concern; None if there are fewer than four of them."""
    shares = [quarter.get(sector, 0) / total for quarter in history if (total := sum(quarter.values()))]
    return sum(shares) / len(shares) if len(shares) >= FEWEST else None


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each concern, on the day it happened. Never released, because pages show M1 by sector instead."""
    for concern in child.concerns:
        yield CONCERNS, Occurrence(concern.occurred_on, frozenset({concern.agency}))


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """One line for each sector. `value` is the ratio; a sector without a reference share has only counts."""
    setting = occurred.setting
    now = _by_sector(occurred, window)
    total = sum(now.values())
    before = _quarters_before(window, occurred.first_day(CONCERNS) or window.start)
    history = [_by_sector(occurred, DateSpan(*bounds(quarter))) for quarter in before]
    lines = []
    for sector in setting.sectors:
        share = setting.reference_shares.get(sector, reference_share(history, sector))
        if share is None:
            lines.append(Figure("sector", sector, {"concerns": now[sector], "of": total}, codes=("no_reference",)))
            continue
        result = expectation(now[sector], total * share)
        counts = {"concerns": result.observed, "of": total, "expected_hundredths": round(100 * result.expected)}
        flags = ("below_half",) if result.flagged else ()
        lines.append(Figure("sector", sector, counts, result.ratio, result.low, result.high, flags))
    return lines


def _by_sector(occurred: Occurred, window: DateSpan) -> dict[str, int]:
    """The concerns of each sector, and of agencies that the register no longer lists."""
    counts = occurred.during(window, CONCERNS)
    of_sectors = {name: counts.of_sector(name).occurrences(CONCERNS) for name in occurred.setting.sectors}
    return of_sectors | {"no longer registered": counts.occurrences(CONCERNS) - sum(of_sectors.values())}


def _quarters_before(window: DateSpan, first: date) -> list[str]:
    """The last eight whole quarters before a window, without those that ended before `first`, the first record."""
    reach = window.start.replace(year=window.start.year - 3)
    return [q for q in quarters_between(reach, window.start)[-QUARTERS:] if bounds(q)[1] > first]


MEASURE = Measure(
    DEFINITION,
    occurrences,
    inside=(CONCERNS,),
    figures=figures,
    columns=(Column("children", "Children with a concern, any sector", m1.CHILDREN.name),),
)
