"""M16 Threshold and response: what followed a concern, and which concerns were turned away."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.ledger.records import ResponseRecord
from analysis.measures.columns import share
from analysis.measures.count import CONCERN, Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.measure import Measure, shown
from analysis.measures.occurred import Counts, Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import HIGH, LED, raised_again, roles_of, turned_away
from analysis.measures.workdays import working_days_after

DAYS = 10
"""Working days in which a plan or lead professional counts."""

DEFINITION = Definition(
    number=16,
    title="Plans after a serious concern",
    question="Does a concern at a high level lead to a plan, and is what was turned away referred again?",
    numerator=(
        "concerns at significant or serious for whose child any agency recorded a plan or lead practitioner, from the"
        " day of the concern up to 10 working days after. Referrals with no further action, and of those, referred "
        "again within 90 days"
    ),
    denominator=(
        "concerns at that level (those whose days are not over are pending); all referrals, which are all concerns "
        "of the period"
    ),
    window="the period, by the day it happened",
    unit="concerns. Released in children",
    splits="sector that raised the concern; sector whose plan it is; level",
    source="paragraphs 156, 168, 169, 176",
    released=(
        "board by financial year: children at a high level, and children with a plan. For concerns turned away and "
        "raised again see M21"
    ),
    reading=(
        "No further action: the concern's next step is 'none', or a response of kind no further action names the "
        "concern. Thresholds differ between agencies by design: the question is whether each is applied "
        "consistently."
    ),
    unknowns=(
        UNLINKED,
        Unknown(
            "not recorded",
            "An agency that sends no responses (today most) looks as if it made none: the share is a lower bound.",
        ),
        LATE,
    ),
)

AT_HIGH_LEVEL = Count("m16_high", "Children with a concern at significant or serious level", CONCERN)
MET = Count(
    "m16_met",
    "Children at that level with a plan or lead practitioner within 10 working days",
    CONCERN,
    part_of=("m16_high",),
    duty="lead",
)
REFERRALS, TURNED_AWAY, REFERRED_AGAIN = "m16_referrals", "m16_turned_away", "m16_referred_again"
PENDING = "m16_pending"
MET_BY = "m16_met_by"
"""Like `m16_met`, by the agency whose plan it is. For a ladder that charges the work to whoever does it."""


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """Each concern at significant or serious, on its day. The agency that raised it knows, and those that answered it.

    A concern with a plan or lead professional in time also counts as that, which the agencies that answered know. For
    exact figures only: all concerns, concerns turned away, and pending concerns.
    """
    for concern in child.concerns:
        day, own = concern.occurred_on, frozenset({concern.agency})
        occurrence = Occurrence(day, own, concern.home, groups=(("level", concern.level),))
        yield REFERRALS, occurrence
        if turned_away(concern, child.responses) is not None:
            yield TURNED_AWAY, occurrence
            if raised_again(concern, child):
                yield REFERRED_AGAIN, occurrence
        if concern.level not in HIGH:
            continue
        last = working_days_after(day, DAYS)
        done = [r for r in child.responses if r.kind in LED and day <= r.occurred_on <= last]
        yield AT_HIGH_LEVEL.name, _answered(occurrence, done, own)
        if done:
            met = _answered(occurrence, done, frozenset())
            yield MET.name, met
            yield MET_BY, met._replace(agencies=frozenset(response.agency for response in done))
        elif rules.known_to is not None and last >= rules.known_to:
            yield PENDING, occurrence


def _answered(occurrence: Occurrence, done: list[ResponseRecord], knows: frozenset[str]) -> Occurrence:
    return occurrence._replace(known_to=knows | {response.agency for response in done}, roles=roles_of(done))


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All concerns, then by sector and by level. `value` is the share of high-level concerns with a plan in time."""
    counts = occurred.during(window, *MEASURE.names)
    lines = [_line(ALL, ALL, counts)]
    lines += [_line("sector", sector, counts.of_sector(sector)) for sector in occurred.setting.sectors]
    for level in counts.groups(REFERRALS, "level"):
        lines.append(_line("level", level, counts.where("level", level)))
    for sector in occurred.setting.sectors:
        lines.append(Figure("planned by", sector, {"met": counts.of_sector(sector).occurrences(MET_BY)}))
    return lines


def _line(split: str, group: str, counts: Counts) -> Figure:
    pending, met = counts.occurrences(PENDING), counts.occurrences(MET.name)
    high = counts.occurrences(AT_HIGH_LEVEL.name) - pending
    numbers = {
        "referrals": counts.occurrences(REFERRALS),
        "no_further_action": counts.occurrences(TURNED_AWAY),
        "referred_again": counts.occurrences(REFERRED_AGAIN),
        "high": high,
        "met": met,
        "pending": pending,
    }
    return Figure(split, group, numbers, ratio(met, high))


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(AT_HIGH_LEVEL, MET),
    inside=(MET_BY, REFERRALS, TURNED_AWAY, REFERRED_AGAIN, PENDING),
    figures=figures,
    columns=(
        shown(AT_HIGH_LEVEL, headline=True),
        shown(MET),
        share(
            "Of children with a concern at a high level, a plan or lead practitioner within 10 working days",
            MET.name,
            AT_HIGH_LEVEL.name,
            headline=True,
            better="higher",
        ),
    ),
)
