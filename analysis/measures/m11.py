"""M11 Overlap of missing and CSE: children in both groups, and which agencies knew of which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from analysis.measures import m1, m9
from analysis.measures.columns import share
from analysis.measures.count import CONCERN, MISSING, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.look_back import LookBack
from analysis.measures.measure import Links, Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence

NEAR = timedelta(days=90)
LOOK_BACK = LookBack(days=90)

DEFINITION = Definition(
    number=11,
    title="Both missing and of concern",
    question="How many children who go missing are also of CSE concern within 90 days?",
    numerator="children with a missing episode and a CSE concern that happened at most 90 days before or after it",
    denominator=(
        "(a) children with an episode that started in the period (M9); (b) children with a concern recorded in the "
        "period (M1)"
    ),
    window=(
        "the period for the episode (a) or the concern (b); the other may lie up to 90 days outside of it. Episodes "
        "and concerns of the first 90 days of the board's records are left out"
    ),
    unit="children",
    splits="sectors that knew of the missing episodes only, of the concern only, of both; 'known to one agency only'",
    source="paragraphs 157, 169, 176",
    released="board by financial year: (a) and (b) children in both. Who knew of which is counted inside alone",
    reading=(
        "Needs a shared identifier. If some children were not matched, the true figure lies between the two bounds "
        "that stand beside it. Nothing is said of pairs of sectors with no kind of identifier in common."
    ),
    unknowns=(
        UNLINKED,
        Unknown(
            "unlinked",
            "Every missed link hides an overlap: the figure is a lower bound (the upper one stands beside it).",
        ),
        LATE,
    ),
)

OF_MISSING = Count(
    "m11_of_missing",
    "Children missing in the period who were also of CSE concern within 90 days",
    MISSING,
    part_of=("m9_children",),
)
OF_CONCERN = Count(
    "m11_of_concern",
    "Children of CSE concern in the period who were also missing within 90 days",
    CONCERN,
    part_of=("m1_children",),
)


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Overlaps, which only an agency that recorded both the episode and the concern knows.

    (a) An episode with concerns near it, on its first day, counted for the agencies that reported it. (b) A concern
    with episodes near it, on the day it was recorded (as in M1), counted for the agency that raised it.
    """
    for episode in child.episodes:
        raised = [c.agency for c in child.concerns if abs(c.occurred_on - episode.started_on) <= NEAR]
        if raised and LOOK_BACK.within(rules.records_from, episode.started_on):
            yield OF_MISSING.name, _both(episode.started_on, episode.agencies, episode.agencies, frozenset(raised))
    for concern in child.concerns:
        near = [e.agencies for e in child.episodes if abs(concern.occurred_on - e.started_on) <= NEAR]
        if near and LOOK_BACK.within(rules.records_from, concern.occurred_on):
            own = frozenset({concern.agency})
            yield OF_CONCERN.name, _both(concern.recorded_on, own, frozenset().union(*near), own)


def _both(on: date, whose: frozenset[str], missing: frozenset[str], concern: frozenset[str]) -> Occurrence:
    groups = (
        *(("missing", agency) for agency in sorted(missing)),
        *(("concern", agency) for agency in sorted(concern)),
    )
    return Occurrence(on, whose, known_to=missing & concern, groups=groups)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """(a) and (b) with their denominators, then which agencies and sectors knew of the children of (a)."""
    counts = occurred.during(window, m9.CHILDREN.name, m1.CHILDREN.name, *MEASURE.names)
    missing, concerned = counts.children(m9.CHILDREN.name), counts.children(m1.CHILDREN.name)
    a, b = counts.children(OF_MISSING.name), counts.children(OF_CONCERN.name)
    knew_of = [counts.by_child(OF_MISSING.name, what) for what in ("missing", "concern")]
    knew = [(set(of_missing), set(of_concern)) for of_missing, of_concern in zip(*knew_of, strict=True)]
    alone = sum(len(m | c) == 1 for m, c in knew)
    split = sum(not m & c for m, c in knew)
    lines = [
        Figure("of missing", ALL, {"children": missing, "both": a}, ratio(a, missing)),
        Figure("of concern", ALL, {"children": concerned, "both": b}, ratio(b, concerned)),
        Figure("known to one agency only", ALL, {"both": a, "one_agency": alone}, ratio(alone, a)),
        Figure("no agency knew both", ALL, {"both": a, "split": split}, ratio(split, a)),
    ]
    sector_of = occurred.setting.sector
    for name in occurred.setting.sectors:
        own = [(name in map(sector_of, m), name in map(sector_of, c)) for m, c in knew]
        knew_in_sector = {
            "missing_only": own.count((True, False)),
            "concern_only": own.count((False, True)),
            "both": own.count((True, True)),
        }
        lines.append(Figure("sector", name, knew_in_sector, ratio(knew_in_sector["both"], a)))
    return lines


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(OF_MISSING, OF_CONCERN),
    figures=figures,
    columns=(
        shown(OF_MISSING, headline=True),
        share("Of children who were missing, also of concern", OF_MISSING.name, m9.CHILDREN.name, headline=True),
        shown(OF_CONCERN),
        share("Of children of concern, also missing", OF_CONCERN.name, m1.CHILDREN.name),
    ),
    links=Links(
        part=OF_MISSING.name,
        whole=m9.CHILDREN.name,
        exact_part="both",
        exact_whole="children",
        kinds=("cse_concern", "missing_episode"),
    ),
    look_back=lambda rules: LOOK_BACK,
)
