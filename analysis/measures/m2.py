"""M2 Recognition lag: days from the first sign that any agency saw to the first concern or screening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from analysis.measures.columns import share
from analysis.measures.count import CONCERN, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, nearest_rank, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.look_back import LookBack
from analysis.measures.measure import Links, Measure, shown
from analysis.measures.occurred import Counts, Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import recognitions, signs

DEFINITION = Definition(
    number=2,
    title="How long until a child is recognised",
    question="How long after the first sign was the child recognised, who saw first, and who raised it?",
    numerator=(
        "days from the first sign observed or missing episode, of any agency and within the 12 months before, to the "
        "first CSE concern or screening of any agency. The same day counts as 0"
    ),
    denominator=(
        "children whose first CSE concern ever falls in the period and who have such a sign on or before the day they"
        " were recognised. Those recognised in the first 12 months of the board's records are left out"
    ),
    window="the period; signs are looked for 12 calendar months back",
    unit="children; days as whole numbers (nearest rank), shares of children over 30 and over 90 days",
    splits=(
        "sector that saw first; sector that raised it (ties count for each); and for children raised by two "
        "agencies or more, how many days each sector's own first concern came after the first of all"
    ),
    source="paragraphs 157, 169",
    released=(
        "board and sector by financial year: children counted, and those over 30 and over 90 days. Medians are not "
        "released: no released cell gives them"
    ),
    reading=(
        "A short lag may mean quick recognition or that nothing earlier was written down: read with M6. Not a "
        "measure of fault."
    ),
    unknowns=(
        UNLINKED,
        Unknown("not recorded", "Signs an agency saw and did not record make the lag look shorter than it was."),
        Unknown(
            "not recorded",
            "Signs more than 12 months before recognition, or before the board's records began, are not looked at: the "
            "first sign may have been earlier.",
        ),
        Unknown(
            "unlinked", "A sign under another kind of identifier than the concern is not found: the lag looks shorter."
        ),
        LATE,
    ),
)

LOOK_BACK = LookBack(months=12)
"""A year. With 28 months of retention, the release of a financial year cannot look back further from its first day. So
all periods are counted alike."""
LONG, LONGER = 30, 90
"""Lags over so many days are counted."""
_RAISED = frozenset({"cse_concern", "screening"})

CHILDREN = Count(
    "m2_children", "Children first raised as a CSE concern who had an earlier sign", _RAISED, others_take_away=True
)
OVER_30 = Count(
    "m2_over_30",
    "Children recognised more than 30 days after their first sign",
    _RAISED,
    part_of=("m2_children",),
    others_take_away=True,
)
OVER_90 = Count(
    "m2_over_90",
    "Children recognised more than 90 days after their first sign",
    _RAISED,
    part_of=("m2_over_30",),
    others_take_away=True,
)
BY_SEVERAL = Count("m2_raised_by_several", "Children raised by two agencies or more", CONCERN, others_take_away=True)
LATER = Count(
    "m2_raised_later",
    "Children raised more than 30 days after another agency had",
    CONCERN,
    part_of=("m2_raised_by_several",),
    others_take_away=True,
)


@dataclass(frozen=True, slots=True)
class Lag:
    """One child's recognition lag, and the agencies that saw the first sign and that recognised the child."""

    on: date
    """The day of the child's first concern, by which the lag falls in a window."""
    days: int
    saw_first: frozenset[str]
    """The agencies that recorded the first sign."""
    raised: frozenset[str]
    """The agencies that recognised the child on the first day."""


def lag_of(child: LinkedChild, rules: Rules) -> Lag | None:
    """The lag of a child.

    None if the child has no concern, or no sign on or before the day of recognition, or if the look-back begins before
    the records do.
    """
    if not child.concerns:
        return None
    recognised = min(record.occurred_on for record in recognitions(child))
    if not LOOK_BACK.within(rules.records_from, recognised):
        return None
    earliest = LOOK_BACK.begins(recognised)
    before = [sign for sign in signs(child) if earliest <= sign.occurred_on <= recognised]
    if not before:
        return None
    first = min(sign.occurred_on for sign in before)
    return Lag(
        min(concern.occurred_on for concern in child.concerns),
        (recognised - first).days,
        frozenset(sign.agency for sign in before if sign.occurred_on == first),
        frozenset(record.agency for record in recognitions(child) if record.occurred_on == recognised),
    )


def first_raised(child: LinkedChild) -> dict[str, date]:
    """Agency -> the day of its own first concern about the child."""
    first: dict[str, date] = {}
    for concern in child.concerns:
        first.setdefault(concern.agency, concern.occurred_on)
    return first


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """The child's lag, on the day of the first concern. The agencies that recognised the child know of it.

    If two agencies or more raised a concern, the first concern of each also counts, with the days it came after the
    first of all. Only that agency knows of it. Days between concerns compare like with like.
    """
    if lag := lag_of(child, rules):
        saw = tuple(("saw_first", agency) for agency in sorted(lag.saw_first))
        occurrence = Occurrence(lag.on, lag.raised, groups=saw, days=lag.days)
        yield CHILDREN.name, occurrence
        if lag.days > LONG:
            yield OVER_30.name, occurrence
        if lag.days > LONGER:
            yield OVER_90.name, occurrence
    first = first_raised(child)
    if len(first) > 1:
        start = min(first.values())
        for agency, day in sorted(first.items()):
            if not LOOK_BACK.within(rules.records_from, day):
                continue
            behind = Occurrence(day, frozenset({agency}), days=(day - start).days)
            yield BY_SEVERAL.name, behind
            if behind.days > LONG:
                yield LATER.name, behind


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All children, how far each sector was behind the first, then by the sectors that saw first and that raised it."""
    counts = occurred.during(window, CHILDREN.name, OVER_30.name, OVER_90.name, BY_SEVERAL.name, LATER.name)
    sectors = occurred.setting.sectors
    lines = [_line(ALL, ALL, counts)]
    lines += [_behind(sector, counts.of_sector(sector)) for sector in sectors]
    lines += [_line("saw_first", sector, counts.of_sector(sector, "saw_first")) for sector in sectors]
    lines += [_line("raised", sector, counts.of_sector(sector)) for sector in sectors]
    return lines


def _line(split: str, group: str, counts: Counts) -> Figure:
    whole, over = counts.children(CHILDREN.name), counts.children(OVER_30.name)
    numbers = {"children": whole, "over_30": over, "over_90": counts.children(OVER_90.name)}
    return Figure(split, group, numbers | _days(counts.days(CHILDREN.name)), ratio(over, whole))


def _behind(sector: str, counts: Counts) -> Figure:
    """How far a sector was behind the first. A child raised by two agencies of the sector counts twice."""
    whole, over = counts.occurrences(BY_SEVERAL.name), counts.occurrences(LATER.name)
    numbers = {"children": whole, "over_30": over} | _days(counts.days(BY_SEVERAL.name))
    return Figure("behind the first to raise it", sector, numbers, ratio(over, whole))


def _days(days: list[int]) -> dict[str, int]:
    return {"median_days": nearest_rank(days, 0.5) or 0, "p75_days": nearest_rank(days, 0.75) or 0}


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(CHILDREN, OVER_30, OVER_90, BY_SEVERAL, LATER),
    figures=figures,
    columns=(
        shown(CHILDREN, headline=True),
        shown(OVER_30),
        shown(OVER_90),
        share(
            "Of children with an earlier sign, recognised more than 30 days after it",
            OVER_30.name,
            CHILDREN.name,
            headline=True,
            better="lower",
        ),
        shown(BY_SEVERAL),
        shown(LATER),
        share(
            "Of children raised by two agencies or more, raised over 30 days after another agency",
            LATER.name,
            BY_SEVERAL.name,
            better="lower",
        ),
    ),
    links=Links(
        part=OVER_30.name,
        whole=CHILDREN.name,
        exact_part="over_30",
        exact_whole="children",
        kinds=("cse_concern", "indicator_observed", "missing_episode"),
    ),
    look_back=lambda rules: LOOK_BACK,
)
