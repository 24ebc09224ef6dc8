"""M20 The picture of missing: for how long, when, from where and how often children go missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analysis.measures import m9
from analysis.measures.breakdown import Breakdown, CodedAnswer, counts_of, figures_of, same
from analysis.measures.columns import share
from analysis.measures.count import MISSING, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Named, Occurred
from models.contract.periods import financial_year_of

DEFINITION = Definition(
    number=20,
    title="The picture of missing",
    question="For how long, on which days, at what time of day and from where do children go missing, and how often?",
    numerator=(
        "children with a merged episode that started in the period and has the answer: length, day of the week, part "
        "of the day, missing from, placement. Also children with a second, third or fifth episode of the same "
        "financial year"
    ),
    denominator="children with a missing episode that started in the period (M9)",
    window="the period, by the day the episode started (as in M9)",
    unit="children",
    splits="each answer by itself",
    source="paragraphs 159, 169, 176; statutory guidance on children who run away or go missing (DfE 2014)",
    released="board by financial year. No two answers are crossed, and 'unknown' and 'not recorded' are in no row",
    reading=(
        "A child counts under each answer that its episodes give, so the rows do not add up to all children: with "
        "many episodes a child is in many rows. Days are those of the earliest report, London time."
    ),
    unknowns=(
        UNLINKED,
        Unknown("unlinked", "Two reports of one episode under different identifiers are two children with one each."),
        Unknown("not recorded", "An episode that is still open has no length. Police records often lack a placement."),
        LATE,
    ),
)

OFTEN = {2: "m20_second", 3: "m20_third", 5: "m20_fifth"}
"""Number of episodes in a financial year -> the name of its count."""


def _often(number: int, words: str, whole: str) -> Count:
    """Another agency's report may join two of an agency's episodes to one, so that the child has fewer."""
    words = f"Children with {words} or more missing episodes in the financial year"
    return Count(OFTEN[number], words, MISSING, (whole,), others_take_away=True)


SECOND, THIRD, FIFTH = _often(2, "two", "m9_children"), _often(3, "three", OFTEN[2]), _often(5, "five", OFTEN[3])
# Reports of one episode are merged: another agency's can change its first day, length and every other answer.
_OF_MISSING = ("m9_children", "children with a missing episode", MISSING)

LENGTH = Breakdown(
    "m20_length",
    "By length of the episode",
    *_OF_MISSING,
    same(
        ("lt_6h", "6_24h", "1_3d", "3_7d", "gt_7d"),
        {
            "lt_6h": "under 6 hours",
            "6_24h": "6 to 24 hours",
            "1_3d": "1 to 3 days",
            "3_7d": "3 to 7 days",
            "gt_7d": "over 7 days",
        },
    ),
    others_take_away=True,
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = Breakdown(
    "m20_day",
    "By day of the week",
    *_OF_MISSING,
    same(DAYS, {day: f"on a {day.capitalize()}" for day in DAYS}),
    others_take_away=True,
)
HOURS = Breakdown(
    "m20_hours",
    "By part of the day",
    *_OF_MISSING,
    same(
        ("00-06", "06-12", "12-18", "18-24"),
        {"00-06": "midnight to 6", "06-12": "6 to noon", "12-18": "noon to 6", "18-24": "6 to midnight"},
    ),
    others_take_away=True,
)
WHERE = Breakdown(
    "m20_from",
    "By where the child was missing from",
    *_OF_MISSING,
    same(
        ("care", "home", "other"),
        {"care": "from care", "home": "from home", "other": "from elsewhere (school, hospital, work, other)"},
    ),
    others_take_away=True,
)
PLACEMENT = Breakdown(
    "m20_placed",
    "By placement",
    *_OF_MISSING,
    (
        CodedAnswer("in_area", "placed in the area", ("in_area",)),
        CodedAnswer("ours_elsewhere", "ours, placed elsewhere", ("out_of_area_ours",)),
        CodedAnswer("others_here", "others', placed here", ("out_of_area_theirs",)),
    ),
    "Children who are looked after. M12 has the return interviews of both groups placed out of area together.",
    others_take_away=True,
)
BREAKDOWNS = (LENGTH, DAY, HOURS, WHERE, PLACEMENT)


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each merged episode under each answer, on the day it started. The agencies that reported it know (as in M9).

    An episode that is at least the second, third or fifth to start in its financial year counts as that.
    """
    of_year: Counter[str] = Counter()
    for spell in child.spells:
        occurrence = m9.started(child, spell)
        year = financial_year_of(spell.started_on)
        of_year[year] += 1
        for least, name in OFTEN.items():
            if of_year[year] >= least:
                yield name, occurrence
        yield from LENGTH.told(occurrence, (spell.length,))
        yield from DAY.told(occurrence, (DAYS[spell.started_on.weekday()],))
        yield from HOURS.told(occurrence, (spell.hour_band,))
        yield from WHERE.told(occurrence, (spell.from_where,))
        yield from PLACEMENT.told(occurrence, (spell.placement_area,))


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """How often, out of all missing children, then each breakdown."""
    counts = occurred.during(window, m9.CHILDREN.name, *MEASURE.names)
    whole, often = counts.children(m9.CHILDREN.name), {n: counts.children(name) for n, name in OFTEN.items()}
    numbers = {"missing": whole, "second": often[2], "third": often[3], "fifth": often[5]}
    first = Figure(ALL, ALL, numbers, ratio(often[2], whole))
    return [first, *figures_of(BREAKDOWNS, counts)]


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(SECOND, THIRD, FIFTH, *counts_of(BREAKDOWNS)),
    figures=figures,
    columns=(
        shown(m9.CHILDREN),
        shown(SECOND, headline=True),
        share("Of children who were missing, missing twice or more", SECOND.name, m9.CHILDREN.name, headline=True),
        shown(THIRD),
        shown(FIFTH),
    ),
    breakdowns=BREAKDOWNS,
)
