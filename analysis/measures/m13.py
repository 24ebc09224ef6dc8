"""M13 Places where more children come to notice (paragraph 157): each ward and kind of place against its own past."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from scipy.special import pdtr

from analysis.measures.definition import LATE, NOT_RETURNED, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure
from analysis.measures.history import LinkedChild
from analysis.measures.m5 import schedule
from analysis.measures.measure import Measure
from analysis.measures.picture import Picture
from analysis.measures.recognition import coded
from analysis.measures.workdays import months_after

LEAST_CHILDREN = 10
LEAST_AGENCIES = 2
UNUSUAL = 0.975
"""The probability of fewer children, under the expected number, from which they are flagged."""
_NOWHERE = frozenset({"", "not_recorded", "unknown", "out_of_area"})

DEFINITION = Definition(
    number=13,
    title="Signals: where more children than usual were recorded",
    question="Where are more children coming to notice than before?",
    numerator=(
        "children with a concern or indicator that happened, or who were found after going missing, in the ward and"
        " kind of place"
    ),
    denominator=(
        "the mean of the same cell's children in the four quarters before, or for a financial year in the year "
        "before. It exceeds when above the 97.5 % point of a Poisson distribution with that mean"
    ),
    window="the period, by the day it happened, or the day found",
    unit="children",
    splits="ward by kind of place; never a named place",
    source="paragraph 157",
    released=(
        "not as figures. For kinds of place, of the whole board, see M19. Signals say that a ward, joined wards, a "
        "town or the whole board stands out, for concerns, indicators or missing episodes, and how rare that is"
    ),
    reading=(
        "Flagged with at least 10 children, 2 agencies and an excess. Maps recording, not harm: a place trained or "
        "patrolled rises. Reporting effort stands beside it. A prompt for welfare-led work, never for enforcement "
        "tasking."
    ),
    unknowns=(
        NOT_RETURNED,
        UNLINKED,
        Unknown("not recorded", "Events without a ward or kind of place are in no cell."),
        LATE,
    ),
)


def places(child: LinkedChild) -> Iterator[tuple[tuple[str, str], date, str]]:
    """((ward, kind of place), day, agency) of everything that happened to a child in a known place of the area."""
    for record in coded(child):
        if record.occurred_at not in _NOWHERE:
            yield (record.occurred_at, str(record.location_type)), record.occurred_on, record.agency
    for report in child.missing:
        if report.found_at not in _NOWHERE and report.ended_on is not None:
            yield (report.found_at, str(report.found_location_type)), report.ended_on, report.agency


def figures(picture: Picture, window: DateSpan) -> list[Figure]:
    """Reporting effort first, then each cell with at least ten children. `value` is observed over expected children."""
    spans = _before(window)
    now: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    who: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    first: dict[tuple[str, str], date] = {}
    past: defaultdict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for link, child in picture.children.items():
        for cell, day, agency in places(child):
            if window.holds(day):
                now[cell].add(link)
                who[cell].add(agency)
                first[cell] = min(day, first.get(cell, day))
            for number, span in enumerate(spans):
                if span.holds(day):
                    past[cell].add((number, link))
    lines = [effort(picture, window)]
    for cell in sorted(now):
        if len(now[cell]) >= LEAST_CHILDREN:
            expected = len(past[cell]) / len(spans)
            flagged = len(who[cell]) >= LEAST_AGENCIES and pdtr(len(now[cell]) - 1, expected) >= UNUSUAL
            counts = {
                "children": len(now[cell]),
                "agencies": len(who[cell]),
                "expected_hundredths": round(100 * expected),
            }
            codes = (*(("exceeds",) if flagged else ()), f"first seen {first[cell].isoformat()}")
            over = len(now[cell]) / expected if expected else None
            lines.append(Figure("ward x place", " ".join(cell), counts, over, codes=codes))
    return lines


def effort(picture: Picture, window: DateSpan) -> Figure:
    """How much effort agencies put into reporting: returns received out of those due, and staff trained."""
    dues = list(schedule(picture, window))
    trained = sum(s.attended or 0 for s in picture.sessions if window.holds(s.held_on))
    counts = {"returns_due": len(dues), "returns_received": sum(d.received for d in dues)}
    return Figure("effort", ALL, counts | {"staff_trained": trained})


def _before(window: DateSpan) -> list[DateSpan]:
    """The spans to compare with: the four quarters before a quarter, or the year before a year."""
    months = 12 if (window.end - window.start).days > 100 else 3
    steps = 1 if months == 12 else 4
    starts = [months_after(window.start, -months * n) for n in range(steps, -1, -1)]
    return [DateSpan(a, b) for a, b in itertools.pairwise(starts)]


MEASURE = Measure(DEFINITION, of_records=figures)
"""M13 counts children by place. No cell of a release does that: only signals are published (analysis/signals)."""
