"""M8 Return interview timeliness: offered, completed, completed within 72 hours, and unknown."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.measures.columns import share
from analysis.measures.count import MISSING, Count
from analysis.measures.definition import UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Counts, Named, Occurred
from analysis.measures.occurrence import Groups, Occurrence
from analysis.measures.spells import Spell, interviews_alone
from analysis.measures.spells import completed as completed_by
from analysis.measures.spells import offered as offered_by

DEFINITION = Definition(
    number=8,
    title="Return interviews",
    question="After each return, was an interview offered, held, and held within 72 hours?",
    numerator=(
        "(a) episodes with an interview offered; (b) completed; (c) completed within 72 hours of return, as the "
        "agency classed it"
    ),
    denominator=(
        "(a) merged episodes that ended in the period; (b) offered; (c) completed, and also (c2) ended. All four "
        "counts are always given"
    ),
    window="the period, by the day the episode ended (merged across agencies: the latest end)",
    unit="episodes. Released in children with at least one such episode",
    splits="missing from care, home, other; placement in or out of area; provider; sector that interviewed",
    source="paragraphs 169, 176; DfE 2014 statutory guidance",
    released=(
        "board by quarter and financial year, sector that reported the episode by financial year: children returned, "
        "offered, completed, in 72 hours"
    ),
    reading=(
        "Unknown is its own class: an episode with no interview record is unknown, not 'no'. Every return calls for"
        " an offer, whatever its length; a child may decline."
    ),
    unknowns=(
        UNLINKED,
        Unknown(
            "not recorded",
            "Many extracts have no time: within 72 hours is then unknown, and the share of (c) is a lower bound.",
        ),
        Unknown("unlinked", "An interview that names neither the episode nor its day of return is attached to none."),
        Unknown("late", "Interview dates arrive weeks later: (b) and (c) rise after the cut-off."),
    ),
)

RETURNED = Count("m8_returned", "Children who returned from a missing episode", MISSING, duty="interviews")
OFFERED = Count(
    "m8_offered", "Children offered a return interview", MISSING, part_of=("m8_returned",), duty="interviews"
)
COMPLETED = Count(
    "m8_completed",
    "Children with a return interview completed",
    MISSING,
    part_of=("m8_offered",),
    duty="interviews",
)
WITHIN_72H = Count(
    "m8_within_72h",
    "Children with a return interview completed within 72 hours of return",
    MISSING,
    part_of=("m8_completed",),
    duty="interviews",
)
OFFERED_UNKNOWN, COMPLETED_UNKNOWN = "m8_offered_unknown", "m8_completed_unknown"
WITHIN_72H_UNKNOWN = "m8_within_72h_unknown"
OFFERED_BY, COMPLETED_BY = "m8_offered_by", "m8_completed_by"
"""The same children, by the agency that recorded the interview. For a ladder that charges work to whoever does it."""


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each episode that ended, on the day it ended. The agencies that reported it know, and those that interviewed.

    Then each step that its interview reached, which only the agencies that interviewed know. For exact figures only:
    the first step of which it is unknown whether it was reached.
    """
    for spell in child.spells:
        if spell.ended_on is None:
            continue
        groups = _groups(spell)
        yield RETURNED.name, spell.known(spell.ended_on, outcome=False, groups=groups)
        occurrence = spell.known(spell.ended_on, outcome=True, groups=groups)
        for answer, count, unknown in (
            (spell.offered, OFFERED, OFFERED_UNKNOWN),
            (spell.completed, COMPLETED, COMPLETED_UNKNOWN),
            (spell.within_72h, WITHIN_72H, WITHIN_72H_UNKNOWN),
        ):
            if answer == "unknown":
                yield unknown, occurrence
            if answer != "yes":
                break
            yield count.name, occurrence
            if name := {OFFERED.name: OFFERED_BY, COMPLETED.name: COMPLETED_BY}.get(count.name):
                yield name, occurrence._replace(agencies=spell.interviewers)


def _groups(spell: Spell) -> Groups:
    return (
        ("missing_from", spell.from_where),
        ("placement_area", spell.placement_area),
        ("provider", spell.provider),
    )


def known_alone(child: LinkedChild) -> Iterator[Named]:
    """What an interviewing agency knows without a report of the episode, on the day of return that its record gives.

    This is for attacks only. Figures count nothing without a reported episode.
    """
    for interview in interviews_alone(child.episodes, child.missing, child.interviews):
        if interview.returned_on is None:
            continue
        occurrence = Occurrence(interview.returned_on, frozenset({interview.agency}), interview.home)
        answers = (offered_by(interview), completed_by(interview), str(interview.within_72h))
        yield RETURNED.name, occurrence
        for count, steps in ((OFFERED, 1), (COMPLETED, 2), (WITHIN_72H, 3)):
            if set(answers[:steps]) == {"yes"}:
                yield count.name, occurrence


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All episodes that ended in the window, then by where from, by placement and by provider. `value` is (c2)."""
    counts = occurred.during(window, *MEASURE.names)
    lines = [_line(ALL, ALL, counts)]
    for split in ("missing_from", "placement_area", "provider"):
        for group in counts.groups(RETURNED.name, split):
            lines.append(_line(split, group, counts.where(split, group)))
    for sector in occurred.setting.sectors:
        own = counts.of_sector(sector)
        interviewed = {"offered": own.occurrences(OFFERED_BY), "completed": own.occurrences(COMPLETED_BY)}
        lines.append(Figure("interviewed by", sector, interviewed))
    return lines


def _line(split: str, group: str, counts: Counts) -> Figure:
    """One line with the counts for (a) to (c2). Unknown answers are counted separately."""
    numbers = {
        "ended": counts.occurrences(RETURNED.name),
        "offered": counts.occurrences(OFFERED.name),
        "offered_unknown": counts.occurrences(OFFERED_UNKNOWN),
        "completed": counts.occurrences(COMPLETED.name),
        "completed_unknown": counts.occurrences(COMPLETED_UNKNOWN),
        "within_72h": counts.occurrences(WITHIN_72H.name),
        "within_72h_unknown": counts.occurrences(WITHIN_72H_UNKNOWN),
    }
    return Figure(split, group, numbers, ratio(numbers["within_72h"], numbers["ended"]))


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(RETURNED, OFFERED, COMPLETED, WITHIN_72H),
    inside=(OFFERED_BY, COMPLETED_BY, OFFERED_UNKNOWN, COMPLETED_UNKNOWN, WITHIN_72H_UNKNOWN),
    figures=figures,
    columns=(
        shown(RETURNED, headline=True),
        shown(OFFERED),
        shown(COMPLETED),
        shown(WITHIN_72H),
        share(
            "Of children who returned from missing, offered an interview",
            OFFERED.name,
            RETURNED.name,
            headline=True,
            better="higher",
        ),
        share(
            "Of children offered an interview, interview completed",
            COMPLETED.name,
            OFFERED.name,
            headline=True,
            better="higher",
        ),
        share(
            "Of children with an interview completed, within 72 hours of return",
            WITHIN_72H.name,
            COMPLETED.name,
            better="higher",
        ),
    ),
    known_alone=known_alone,
)
