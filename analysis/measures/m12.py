"""M12 Out-of-area placements: return interviews and concerns by placement, and the gap in interviews."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.measures import m8
from analysis.measures.columns import share
from analysis.measures.count import MISSING, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Counts, Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.spells import first_answer

IN = "in_area"
OUT = ("out_of_area_ours", "out_of_area_theirs")
NONE = ("not_looked_after", "unknown")

DEFINITION = Definition(
    number=12,
    title="Interviews for children placed out of area",
    question="Do children who are placed outside of their home area get a return interview after going missing?",
    numerator=(
        "merged episodes that ended in the period with a completed return interview, by placement class. CSE concerns"
        " by class are counted too"
    ),
    denominator=(
        "merged episodes that ended in the period, by class: placed in area, ours placed elsewhere, others' placed here"
    ),
    window="the period, by the day the episode ended, or the concern happened",
    unit=(
        "episodes and concerns; the gap in percentage points, in-area completion less that of the class. Released "
        "in children"
    ),
    splits="placement class; unknown and not looked after apart",
    source="paragraphs 169, 176",
    released=(
        "board by financial year: children with an ended episode, and with a completed interview, placed out of area, "
        "both directions together. For missing children of each direction see M20. The interviews of each direction, "
        "the gap and concerns by class are counted inside alone; M8 has all children to compare with"
    ),
    reading=(
        "Only 14 local authorities could report out-of-area interviews in 2019 (The Children's Society): a wide gap"
        " is often a gap in records. No event says whether the placing authority was informed: that is given as not "
        "recorded."
    ),
    unknowns=(
        UNLINKED,
        Unknown("not recorded", "Placement is blank in many police records: those episodes are in no class."),
        Unknown(
            "not recorded", "Notice to the placing authority is not recorded by any source: its share is never shown."
        ),
        LATE,
    ),
)

RETURNED = Count(
    "m12_returned",
    "Children placed out of area who returned from a missing episode",
    MISSING,
    part_of=("m8_returned",),
)
COMPLETED = Count(
    "m12_completed",
    "Children placed out of area with a return interview completed",
    MISSING,
    part_of=("m12_returned", "m8_completed"),
    duty="interviews",
)
IN_AREA, IN_AREA_COMPLETED, NO_CLASS = "m12_in_area", "m12_in_area_completed", "m12_no_class"
CONCERNS = "m12_concerns"


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each ended episode of a child placed out of area (ours elsewhere or others' here), on the day it ended.

    The agencies that reported the episode know of it, and those that interviewed. A completed interview is known to
    those that interviewed. For exact figures only: the same for children placed in area, and concerns by placement.
    """
    for spell in child.spells:
        if spell.ended_on is None:
            continue
        groups = (("placement", spell.placement_area),)
        occurrence = spell.known(spell.ended_on, outcome=False, groups=groups)
        done = spell.known(spell.ended_on, outcome=True, groups=groups)
        completed = spell.offered == spell.completed == "yes"
        if spell.placement_area in OUT:
            yield RETURNED.name, occurrence
            if completed:
                yield COMPLETED.name, done
        elif spell.placement_area == IN:
            yield IN_AREA, occurrence
            if completed:
                yield IN_AREA_COMPLETED, done
        else:
            yield NO_CLASS, occurrence
    for concern in child.concerns:
        groups = (("placement", first_answer([concern.placement_area])),)
        yield CONCERNS, Occurrence(concern.occurred_on, frozenset({concern.agency}), groups=groups)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """Completed interviews in each class, then the gap of each out-of-area class, then concerns by class."""
    counts = occurred.during(window, *MEASURE.names)
    lines = [_line(IN, counts, IN_AREA, IN_AREA_COMPLETED)]
    lines += [_line(name, counts.where("placement", name), RETURNED.name, COMPLETED.name) for name in OUT]
    home = lines[0].value
    for away in lines[1:]:
        gap = None if home is None or away.value is None else 100 * (home - away.value)
        lines = [*lines, Figure("gap in points", away.group, {"ended": away.counts["ended"]}, gap)]
    without = counts.occurrences(NO_CLASS)
    whole = without + counts.occurrences(IN_AREA) + counts.occurrences(RETURNED.name)
    rest = {name: counts.where("placement", name).occurrences(NO_CLASS) for name in NONE}
    lines.append(Figure("no class", "all", rest | {"of": whole}, ratio(without, whole)))
    for name in (IN, *OUT, *NONE):
        number = counts.where("placement", name).occurrences(CONCERNS)
        lines.append(Figure("concerns", name, {"concerns": number}))
    return [*lines, Figure("placing authority told", "all", {}, codes=("not_recorded",))]


def _line(name: str, counts: Counts, whole: str, part: str) -> Figure:
    counts_of_class = {"ended": counts.occurrences(whole), "completed": counts.occurrences(part)}
    return Figure("placement", name, counts_of_class, ratio(counts_of_class["completed"], counts_of_class["ended"]))


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(RETURNED, COMPLETED),
    inside=(IN_AREA, IN_AREA_COMPLETED, NO_CLASS, CONCERNS),
    figures=figures,
    columns=(
        shown(RETURNED, headline=True),
        shown(COMPLETED),
        share(
            "Of children placed out of area who returned, interview completed",
            COMPLETED.name,
            RETURNED.name,
            headline=True,
            better="higher",
        ),
        share(
            "Of all children who returned, interview completed", m8.COMPLETED.name, m8.RETURNED.name, better="higher"
        ),
    ),
)
