"""M17 Recording balance: which children come to notice, which do not, and what is not recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from analysis.measures import m1
from analysis.measures.columns import share
from analysis.measures.count import CONCERN, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import NO_ANSWER, DateSpan, Figure, answer, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence

FLAG = 0.2
FIELDS = ("sex", "ethnic_group", "disability", "age_band")

DEFINITION = Definition(
    number=17,
    title="Who is noticed: boys, and ethnic groups",
    question="Are boys among the children who are noticed, and is a child's ethnic group recorded?",
    numerator=(
        "children with a concern recorded in the period by sex, broad ethnic group, disability and age. Those with no"
        " answer, also for exploitation model and kind of place"
    ),
    denominator="children with a concern recorded in the period (M1), beside children missing in the period (M9)",
    window="the period",
    unit="children; shares of children",
    splits="field and value; concern cohort and missing cohort",
    source="IICSA H.4, H.6; no paragraph of the review asks for it",
    released=(
        "board and sector by financial year: boys with a concern, and children of concern whose ethnic group is "
        "recorded. Which ethnic group, age, disability, exploitation model and kind of place, of the whole board: see "
        "M19. For how many they are not recorded is counted inside alone. No crossing of two characteristics, ever"
    ),
    reading=(
        "Flagged where more than 20 % are unknown. A child has an answer when any of its events in the period gives "
        "one; answers that differ count as the first by day. Unknowns are published, never guessed. Boys come to "
        "notice through offending."
    ),
    unknowns=(
        Unknown("not recorded", "Unknown and not recorded are added here for the flag, and kept apart in the counts."),
        UNLINKED,
        Unknown(
            "not recorded",
            "Shares of the 10-17 population by sex and ethnicity are not in the register: the missing cohort stands "
            "in.",
        ),
        LATE,
    ),
)

BOYS = Count("m17_boys", "Boys with a concern recorded", CONCERN, part_of=("m1_children",), own_records=True)
ETHNICITY = Count(
    "m17_ethnicity",
    "Children with a concern whose ethnic group is recorded",
    CONCERN,
    part_of=("m1_children",),
    own_records=True,
)
OF_MISSING = "m17_of_missing"


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each concern that records a boy, and each that records an ethnic group, on the day it was recorded (as in M1).

    Only the agency that raised it knows. For exact figures only: every report of an episode, sorted by day and event
    id, on the day the episode started.
    """
    for concern in child.concerns:
        occurrence = Occurrence(concern.recorded_on, frozenset({concern.agency}), concern.home)
        if concern.sex == "M":
            yield BOYS.name, occurrence
        if concern.ethnic_group not in NO_ANSWER:
            yield ETHNICITY.name, occurrence
    reports = [(report, spell.started_on) for spell in child.spells for report in spell.reports]
    for report, started_on in sorted(reports, key=lambda pair: (pair[0].occurred_on, pair[0].event_id)):
        groups = (
            ("sex", report.sex),
            ("ethnic_group", report.ethnic_group),
            ("disability", report.disability),
            ("age_band", report.age_band),
        )
        yield OF_MISSING, Occurrence(started_on, frozenset({report.agency}), groups=groups)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """Each field by value in each cohort, with the share without an answer, then the counts that are released."""
    counts = occurred.during(window, m1.CHILDREN.name, *MEASURE.names)
    lines: list[Figure] = []
    for cohort, name in (("concern", m1.CHILDREN.name), ("missing", OF_MISSING)):
        for field in FIELDS:
            lines += _field(f"{cohort}: {field}", map(answer, counts.by_child(name, field)))
    lines += _field("concern: model", map(_model, counts.by_child(m1.CHILDREN.name, "model")))
    places = map(answer, counts.by_child(m1.CHILDREN.name, "location_type"))
    lines += _field("concern: location_type", ("recorded" if p not in NO_ANSWER else p for p in places))
    whole = counts.children(m1.CHILDREN.name)
    for count in MEASURE.counts:
        number = counts.children(count.name)
        lines.append(Figure("any concern says so", count.name, {"children": number, "of": whole}, ratio(number, whole)))
    return lines


def _model(given: Iterable[str]) -> str:
    """`recorded` if any concern gives an exploitation model, else `unknown` or `not_recorded`."""
    first = answer(given)
    return first if first in NO_ANSWER else "recorded"


def _field(split: str, answers: Iterable[str]) -> Iterator[Figure]:
    children = Counter(answers)
    whole = children.total()
    for value in sorted(children):
        yield Figure(split, value, {"children": children[value], "of": whole}, ratio(children[value], whole))
    none = sum(children[value] for value in NO_ANSWER)
    part = ratio(none, whole)
    flags = ("over_20_percent_unknown",) if part is not None and part > FLAG else ()
    yield Figure(split, "no answer", {"children": none, "of": whole}, part, codes=flags)


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(BOYS, ETHNICITY),
    inside=(OF_MISSING,),
    figures=figures,
    columns=(
        shown(m1.CHILDREN),
        shown(BOYS),
        share("Of children with a concern, boys", BOYS.name, m1.CHILDREN.name, headline=True),
        shown(ETHNICITY),
        share(
            "Of children with a concern, ethnic group recorded",
            ETHNICITY.name,
            m1.CHILDREN.name,
            headline=True,
            better="higher",
        ),
    ),
)
