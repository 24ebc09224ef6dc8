"""M3 Missed opportunities: children seen with serious signs earlier, without onward action. For audit, not fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from analysis.episodes import merge
from analysis.measures.columns import share
from analysis.measures.count import Count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.look_back import LookBack
from analysis.measures.m10 import reaching
from analysis.measures.measure import Links, Measure, shown
from analysis.measures.occurred import Named, Occurred
from analysis.measures.occurrence import Occurrence
from analysis.measures.recognition import first_high, indicators_of, is_high, recognitions
from analysis.measures.workdays import working_days_after

DAYS = 10
"""Working days: an agency has this long to act, and only contacts at least this long before recognition count."""
LOOK_BACK = LookBack(months=12)
"""As far back as M2 looks, for the same reason."""
ACTED = frozenset({"referral", "nrm", "strategy_discussion"})
_SIGNS = frozenset({"indicator_observed", "missing_episode"})

DEFINITION = Definition(
    number=3,
    title="Earlier contacts without action (for audit, not fault)",
    question=(
        "Of children recognised at a high level, how many had an earlier contact with an agency that did not act on it?"
    ),
    numerator=(
        "of the denominator, those whom some agency had seen with serious signs and for whom that same agency did "
        "nothing onward. Serious signs: a sign of the significant tier, or by its own reports the board's repeat-"
        "missing rule (3 episodes in 90 days), recorded at least 10 working days and at most 12 months before. "
        "Nothing onward: no concern, screening or referral (a referral, NRM or strategy discussion) from the day it "
        "saw the sign until 10 working days after it recorded it"
    ),
    denominator=(
        "children whose first concern or screening at significant or serious, or as known to be harmed, falls in the "
        "period. Those recognised in the first 12 months of the board's records are left out"
    ),
    window="the period; contacts are looked for 12 calendar months back",
    unit="children; by sector also children it had seen in that way",
    splits="sector that had seen the child",
    source="paragraphs 157, 169, 170",
    released=(
        "not since ladder 5: it was near 100 % wherever it was a figure, and so told nobody anything. Older releases "
        "hold it for the whole board and by sector"
    ),
    reading=(
        "A prompt to look at cases together. Which tier an indicator is in is the board's choice (catalogue). It "
        "says nothing of any worker."
    ),
    unknowns=(
        UNLINKED,
        Unknown("unlinked", "Contacts under an identifier the concern lacks are not found: the figure is too low."),
        Unknown(
            "not recorded",
            "Onward action that nobody entered looks like no action: the figure is too high for that agency.",
        ),
        Unknown(
            "not recorded",
            "Contacts more than 12 months before recognition are not looked at: a child seen earlier and never since "
            "counts as not seen.",
        ),
        LATE,
    ),
)

CHILDREN = Count(
    "m3_children",
    "Children recognised at a high level of risk, or as harmed",
    _SIGNS | {"cse_concern", "screening"},
    others_take_away=True,
)
SEEN = Count(
    "m3_seen",
    "Children recognised at a high level who had been seen before with serious signs",
    _SIGNS,
    part_of=("m3_children",),
    others_take_away=True,
)
MISSED = Count(
    "m3_missed",
    "Children seen before with serious signs, with no onward action recorded by who saw them",
    _SIGNS,
    part_of=("m3_seen",),
    others_take_away=True,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One child recognised at a high level: which agencies had seen it well before, and which of them had not acted."""

    on: date
    recognised_by: frozenset[str]
    seen_by: frozenset[str]
    missed_by: frozenset[str]


def case_of(child: LinkedChild, rules: Rules) -> Case | None:
    """The case of a child; None if the child was never recognised at a high level, or if the look-back begins before
    the records do."""
    on = first_high(child)
    if on is None or not LOOK_BACK.within(rules.records_from, on):
        return None
    by = frozenset(record.agency for record in recognitions(child) if record.occurred_on == on and is_high(record))
    since = LOOK_BACK.begins(on)
    contacts = [c for c in contacts_of(child, rules, since) if working_days_after(c[2], DAYS) <= on]
    acted = list(_actions(child))
    missed = frozenset(
        agency
        for agency, saw, recorded in contacts
        if not any(a == agency and saw <= day <= working_days_after(recorded, DAYS) for a, day in acted)
    )
    return Case(on, by, frozenset(agency for agency, _, _ in contacts), missed)


def contacts_of(child: LinkedChild, rules: Rules, since: date) -> Iterator[tuple[str, date, date]]:
    """(agency, day seen, day recorded) of each contact with a serious sign from the day `since` on.

    A serious sign is an indicator of the significant tier, or repeat missing by the agency's own reports.
    """
    for sign in child.signs:
        if sign.occurred_on >= since and rules.catalogue.significant.intersection(indicators_of(sign)):
            yield sign.agency, sign.occurred_on, sign.recorded_on
    for agency in sorted({report.agency for report in child.missing}):
        own = [report for report in child.missing if report.agency == agency and report.occurred_on >= since]
        recorded = {report.event_id: report.recorded_on for report in own}
        for episode in reaching(merge(own), rules.repeat.episodes, rules.repeat.days):
            yield agency, episode.started_on, max(episode.started_on, min(recorded[i] for i in episode.event_ids))


def _actions(child: LinkedChild) -> Iterator[tuple[str, date]]:
    for record in recognitions(child):
        yield record.agency, record.occurred_on
    for response in child.responses:
        if response.kind in ACTED:
            yield response.agency, response.occurred_on


def occurrences(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """The recognition at a high level, for the agencies that recognised the child or had seen it well before.

    Then "seen before" for the agencies that had seen the child, and "missed" for those of them that had not acted.
    """
    if case := case_of(child, rules):
        yield CHILDREN.name, Occurrence(case.on, case.recognised_by | case.seen_by)
        if case.seen_by:
            yield SEEN.name, Occurrence(case.on, case.seen_by)
        if case.missed_by:
            yield MISSED.name, Occurrence(case.on, case.missed_by)


def figures(occurred: Occurred, window: DateSpan) -> list[Figure]:
    """All children, then by the sectors that had seen them."""
    counts = occurred.during(window, CHILDREN.name, SEEN.name, MISSED.name)
    whole, seen, missed = (counts.children(count.name) for count in (CHILDREN, SEEN, MISSED))
    lines = [Figure(ALL, ALL, {"children": whole, "seen": seen, "missed": missed}, ratio(missed, whole))]
    for sector in occurred.setting.sectors:
        own = counts.of_sector(sector)
        seen, missed = own.children(SEEN.name), own.children(MISSED.name)
        lines.append(Figure("sector", sector, {"seen": seen, "missed": missed}, ratio(missed, seen)))
    return lines


MEASURE = Measure(
    DEFINITION,
    occurrences,
    counts=(CHILDREN, SEEN, MISSED),
    figures=figures,
    columns=(
        shown(CHILDREN, headline=True),
        shown(SEEN),
        shown(MISSED),
        share(
            "Of children seen before with serious signs, no onward action recorded",
            MISSED.name,
            SEEN.name,
            headline=True,
        ),
    ),
    links=Links(
        part=MISSED.name,
        whole=SEEN.name,
        exact_part="missed",
        exact_whole="children",
        kinds=("cse_concern", "indicator_observed", "missing_episode", "screening"),
    ),
    look_back=lambda rules: LOOK_BACK,
)
