"""M9 Missing incidence. Reports of one episode by several agencies are merged first; every status scheme counts."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.measures.columns import rate
from analysis.measures.count import MISSING, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Groups, Occurrence
from analysis.measures.spells import Spell

SPLITS = ("status", "length", "hour_band", "missing_from")

DEFINITION = Definition(
    number=9,
    title="Children missing",
    question="How many children go missing?",
    numerator=("merged episodes that started in the period, and the children who had them; mean episodes per child"),
    denominator=(
        "looked-after children when the period starts, for episodes from care (the board gives the number); "
        "residents aged 10-17, for episodes from home"
    ),
    window="the period, by the day the episode started (merged across agencies: the earliest start)",
    unit="episodes and children",
    splits="status on each source's own scheme, never merged; length; part of the day; missing from",
    source="paragraphs 159, 176",
    released=(
        "children: board and town by quarter and financial year, ward by financial year; board by sector in both, "
        "town by sector by financial year. For how long, when, from where and how often see M20, and M10 for repeat "
        "missing. Status is counted inside alone"
    ),
    reading="Missing and away are not comparable between agencies: since 2017 many report everything as missing.",
    unknowns=(
        UNLINKED,
        Unknown(
            "unlinked", "Two reports of one episode under different identifiers count as two children and two episodes."
        ),
        Unknown(
            "not recorded", "The number of looked-after children is in no event: without it there is no rate for care."
        ),
        LATE,
    ),
)

CHILDREN = Count("m9_children", "Children with a missing episode that started in the period", MISSING, own_records=True)


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each episode, on the day it started. The agencies that reported it know, and those that interviewed later."""
    for spell in child.spells:
        yield CHILDREN.name, started(child, spell, _groups(spell))


def started(child: LinkedChild, spell: Spell, groups: Groups = ()) -> Occurrence:
    """That an episode started, on its first day."""
    if child.interviews:
        return spell.known(spell.started_on, outcome=False, groups=groups)
    return Occurrence(spell.started_on, spell.agencies, groups=groups)


def _groups(spell: Spell) -> Groups:
    """The groups that M9 splits by. A status keeps its scheme, because schemes are never merged."""
    return (
        ("length", spell.length),
        ("hour_band", spell.hour_band),
        ("missing_from", spell.from_where),
        *(("status", f"{report.scheme}:{report.status}") for report in spell.reports),
    )


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All episodes and children, then the rates for those from care and from home, then each split in episodes."""
    counts, setting = occurred.during(window, CHILDREN.name), occurred.setting
    whole = {"episodes": counts.occurrences(CHILDREN.name), "children": counts.children(CHILDREN.name)}
    lines = [Figure(ALL, ALL, whole, ratio(whole["episodes"], whole["children"]))]
    for where, base in (("care", setting.looked_after), ("home", setting.population_10_17)):
        own = counts.where("missing_from", where)
        children = own.children(CHILDREN.name)
        numbers = {"episodes": own.occurrences(CHILDREN.name), "children": children, "base": base or 0}
        missing = () if base else ("denominator_not_recorded",)
        lines.append(Figure("rate per 10,000", where, numbers, ratio(children, base or 0, 10_000), codes=missing))
    for split in SPLITS:
        for group in counts.groups(CHILDREN.name, split):
            number = counts.where(split, group).occurrences(CHILDREN.name)
            lines.append(Figure(split, group, {"episodes": number}, ratio(number, whole["episodes"])))
    return lines


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(CHILDREN,),
    figures=figures,
    columns=(shown(CHILDREN, headline=True), rate(CHILDREN.name)),
)
