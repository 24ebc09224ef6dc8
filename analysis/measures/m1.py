"""M1 CSE concern rate: children about whom any agency raised a concern, by the day it was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analysis.ledger.records import ConcernRecord
from analysis.measures.columns import rate
from analysis.measures.count import CONCERN, Count
from analysis.measures.definition import LATE, NOT_RETURNED, UNLINKED, Definition
from analysis.measures.figures import ALL, NO_ANSWER, DateSpan, Figure, answer, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Groups, Occurrence
from analysis.measures.setting import UNKNOWN_SECTOR

LEVELS = ("serious", "significant", "at_risk", "no_current_cse_risk")

DEFINITION = Definition(
    number=1,
    title="New concerns about sexual exploitation",
    question="How many children is anyone concerned about, and who raised it?",
    numerator=(
        "children with at least one CSE concern recorded in the period by any agency. The day of recording is that of"
        " its own system, or the day of the concern where that is not recorded"
    ),
    denominator="residents aged 10-17 (register, ONS mid-year estimates), per 10,000",
    window="the period, by the day it was recorded",
    unit="children",
    splits=(
        "sector; level (a child's highest in the period); exploitation model (a child counts in each); age band; sex"
    ),
    source="paragraphs 157, 169",
    released=(
        "board and town by quarter and financial year, ward by financial year; board by sector in both, town by "
        "sector and board by indicator by financial year. A child counts under six indicators at most. The rate is "
        "computed from the released numerator only. For levels, exploitation models and ages see M19"
    ),
    reading=(
        "More concerns after training are first of all a success: read with M2 and M3. Levels: 'at risk' is recorded"
        " unevenly, so do not compare boards by it; significant and serious can be compared."
    ),
    unknowns=(NOT_RETURNED, UNLINKED, LATE),
)

CHILDREN = Count(
    "m1_children",
    "Children with a new concern about child sexual exploitation (CSE) recorded",
    CONCERN,
    own_records=True,
)


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each concern, on the day it was recorded, with its indicators. Only the agency that raised it knows."""
    for concern in child.concerns:
        yield (
            CHILDREN.name,
            Occurrence(
                concern.recorded_on,
                frozenset({concern.agency}),
                concern.home,
                concern.indicators,
                groups=_groups(concern),
            ),
        )


def _groups(concern: ConcernRecord) -> Groups:
    """The groups that M1 and M17 split by."""
    return (
        ("level", concern.level),
        ("age_band", concern.age_band),
        ("sex", concern.sex),
        ("ethnic_group", concern.ethnic_group),
        ("disability", concern.disability),
        ("location_type", concern.location_type),
        *(("model", model) for model in concern.models),
    )


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All children, then each split. `value` is the rate per 10,000 for all children, and their share in each split."""
    counts = occurred.during(window, CHILDREN.name)
    whole, population = counts.children(CHILDREN.name), occurred.setting.population_10_17
    lines = [Figure(ALL, ALL, {"children": whole, "population_10_17": population}, ratio(whole, population, 10_000))]
    for sector in sorted({*occurred.setting.sectors, UNKNOWN_SECTOR}):
        if number := counts.of_sector(sector).children(CHILDREN.name):
            lines.append(Figure("sector", sector, {"children": number}, ratio(number, whole)))
    groups: dict[str, list[set[str]]] = {
        "level": [{_highest(given)} for given in counts.by_child(CHILDREN.name, "level")],
        "model": [set(given) - NO_ANSWER for given in counts.by_child(CHILDREN.name, "model")],
        "age_band": [{answer(given)} for given in counts.by_child(CHILDREN.name, "age_band")],
        "sex": [{answer(given)} for given in counts.by_child(CHILDREN.name, "sex")],
    }
    for split, of_children in groups.items():
        for group in sorted(set().union(*of_children)):
            number = sum(group in given for given in of_children)
            lines.append(Figure(split, group, {"children": number}, ratio(number, whole)))
    return lines


def _highest(levels: Iterable[str]) -> str:
    given = set(levels)
    return next((name for name in LEVELS if name in given), "unknown" if "unknown" in given else "not_recorded")


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(CHILDREN,),
    figures=figures,
    columns=(shown(CHILDREN, headline=True), rate(CHILDREN.name)),
)
