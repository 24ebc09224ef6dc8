"""M3 Missed opportunities (paragraphs 157, 169, 170): for audit, not fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from analysis.episodes import merge
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Occurrence, Rules
from analysis.measures.m10 import reaching
from analysis.measures.picture import Picture
from analysis.measures.recognition import first_high, indicators_of, is_high, recognitions
from analysis.measures.spells import report_of
from analysis.measures.workdays import working_days_after

DAYS = 10
ACTED = frozenset({"referral", "nrm", "strategy_discussion"})

DEFINITION = Definition(
    3,
    "Missed opportunities (for audit, not fault)",
    "Of children recognised at a high level, how many had been seen before by an agency that did nothing onward?",
    "of the denominator, those about whom some agency had recorded, at least 10 working days before, an "
    "indicator of the significant tier, or by its own reports the board's repeat-missing rule (3 episodes in "
    "90 days), and about whom that same agency had no concern, screening or referral (a response of kind "
    "referral, NRM or strategy discussion) from the day it saw it until 10 working days after it recorded it",
    "children whose first concern or screening at significant or serious, or as known to be harmed, falls in "
    "the period",
    "the period; contacts are looked for in the whole history",
    "children; by sector also children it had seen in that way",
    "sector that had seen the child",
    "paragraphs 157, 169, 170",
    "board and sector by financial year: denominator, seen before, missed",
    "A prompt to look at cases together. Which tier an indicator is in is the board's choice (catalogue). It "
    "says nothing of any worker.",
    (
        UNLINKED,
        Unknown("unlinked", "Contacts under an identifier the concern lacks are not found: the figure is too low."),
        Unknown(
            "not recorded", "Onward action that nobody entered looks like none: the figure is too high for that agency."
        ),
        Unknown(
            "not recorded",
            "Contacts before the records begin are missing: early periods show fewer children seen before, and a rise "
            "after them may be none.",
        ),
        LATE,
    ),
)


@dataclass(frozen=True, slots=True)
class Missed:
    """One child recognised at a high level: who had seen it well before, and who of them had not acted."""

    on: date
    recognised_by: frozenset[str]
    seen_by: frozenset[str]
    missed_by: frozenset[str]


def missed_of(child: Child, rules: Rules) -> Missed | None:
    """A child's case, or None without a recognition at a high level."""
    on = first_high(child)
    if on is None:
        return None
    by = frozenset(e.agency for e in recognitions(child) if e.occurred_on == on and is_high(e))
    contacts = [c for c in contacts_of(child, rules) if working_days_after(c[2], DAYS) <= on]
    acted = list(_actions(child))
    missed = frozenset(
        agency
        for agency, saw, recorded in contacts
        if not any(a == agency and saw <= day <= working_days_after(recorded, DAYS) for a, day in acted)
    )
    return Missed(on, by, frozenset(agency for agency, _, _ in contacts), missed)


def contacts_of(child: Child, rules: Rules) -> Iterator[tuple[str, date, date]]:
    """(agency, day seen, day recorded) of each contact that called for something."""
    for event in child.events.get("indicator_observed", ()):
        if rules.catalogue.significant.intersection(indicators_of(event)):
            yield event.agency, event.occurred_on, event.recorded_on
    reports = child.events.get("missing_episode", ())
    for agency in sorted({event.agency for event in reports}):
        recorded = {event.event_id: event.recorded_on for event in reports if event.agency == agency}
        own = merge(report_of(event) for event in reports if event.agency == agency)
        for episode in reaching(own, rules.repeat.episodes, rules.repeat.days):
            yield agency, episode.started_on, max(episode.started_on, min(recorded[i] for i in episode.event_ids))


def _actions(child: Child) -> Iterator[tuple[str, date]]:
    for event in recognitions(child):
        yield event.agency, event.occurred_on
    for event in child.events.get("response", ()):
        if event.data.get("kind") in ACTED:
            yield event.agency, event.occurred_on


def figures(picture: Picture, window: Window) -> list[Figure]:
    """All children, then the sectors that had seen them."""
    rules, sector = picture.setting.rules, picture.setting.sector
    cases = [m for child in picture.children.values() if (m := missed_of(child, rules)) and window.holds(m.on)]
    missed, seen = sum(bool(m.missed_by) for m in cases), sum(bool(m.seen_by) for m in cases)
    found = [Figure(ALL, ALL, {"children": len(cases), "seen": seen, "missed": missed}, ratio(missed, len(cases)))]
    for name in picture.setting.sectors:
        had_seen = sum(name in {sector(a) for a in m.seen_by} for m in cases)
        had_missed = sum(name in {sector(a) for a in m.missed_by} for m in cases)
        found.append(Figure("sector", name, {"seen": had_seen, "missed": had_missed}, ratio(had_missed, had_seen)))
    return found


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """The denominator, on the day of the recognition; whoever recognised or had seen the child knows."""
    if case := missed_of(child, rules):
        yield Occurrence(case.on, case.recognised_by | case.seen_by)


def seen(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Seen well before, by those agencies."""
    if (case := missed_of(child, rules)) and case.seen_by:
        yield Occurrence(case.on, case.seen_by)


def missed(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Seen well before with nothing onward, by those agencies."""
    if (case := missed_of(child, rules)) and case.missed_by:
        yield Occurrence(case.on, case.missed_by)
