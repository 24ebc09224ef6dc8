"""M22, a toy: children about whom a concern names online exploitation. Copied into a tree of its own by a test."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.measures import m1
from analysis.measures.columns import share
from analysis.measures.count import CONCERN, Count
from analysis.measures.definition import LATE, UNLINKED, Definition
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence

ONLINE = Count(
    "m22_online", "Children with a concern that names online exploitation", CONCERN, ("m1_children",), own_records=True
)

DEFINITION = Definition(
    number=22,
    title="Online exploitation",
    question="About how many children does a concern name online exploitation?",
    numerator="children with a concern recorded in the period that names the online model",
    denominator="children with a concern recorded in the period (M1)",
    window="the period, by the day it was recorded",
    unit="children",
    splits="sector",
    source="paragraph 157",
    released="board and sector by financial year",
    reading="A toy.",
    unknowns=(UNLINKED, LATE),
)


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """A concern that names it, on the day it was recorded; its agency knows."""
    for concern in child.concerns:
        if "online" in concern.models:
            yield ONLINE.name, Occurrence(concern.recorded_on, frozenset({concern.agency}), concern.home)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All children, then each sector."""
    counts = occurred.during(window, m1.CHILDREN.name, ONLINE.name)
    lines = []
    for split, group, own in (
        (ALL, ALL, counts),
        *(("sector", name, counts.of_sector(name)) for name in occurred.setting.sectors),
    ):
        part, whole = own.children(ONLINE.name), own.children(m1.CHILDREN.name)
        lines.append(Figure(split, group, {"online": part, "children": whole}, ratio(part, whole)))
    return lines


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(ONLINE,),
    figures=figures,
    columns=(shown(ONLINE, headline=True), share("Share of children of concern", ONLINE.name, m1.CHILDREN.name)),
)
