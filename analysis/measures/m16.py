"""M16 Threshold and response (paragraphs 156, 168, 169, 176): what followed a concern, and what was turned away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Event, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.recognition import HIGH, LED, concerns, level, roles_of
from analysis.measures.workdays import working_days_after

DAYS = 10
AGAIN = timedelta(days=90)
MET = LED

DEFINITION = Definition(
    16,
    "Threshold and response",
    "Does a concern at a high level lead to a plan, and is what was turned away referred again?",
    "concerns at significant or serious for whose child a plan or lead professional was recorded, by any "
    "agency, from the day of the concern up to 10 working days after; referrals with no further action; and "
    "of those, referred again within 90 days",
    "concerns at that level (those whose days are not over are pending); all referrals, which are all "
    "concerns of the period",
    "the period, by the day it happened",
    "concerns. Released in children",
    "sector that raised the concern; level",
    "paragraphs 156, 168, 169, 176",
    "board and sector by financial year: children at a high level, and children with a plan",
    "No further action: the concern's next step is 'none', or a response of kind no further action names the "
    "concern. Thresholds differ between agencies by design: the question is whether each is applied "
    "consistently.",
    (
        UNLINKED,
        Unknown(
            "not recorded",
            "Responses of agencies that send none (today most) look like none: read the share as a lower bound.",
        ),
        LATE,
    ),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """One concern with what followed: `met` is yes, no or pending; `turned_away` and `again` are facts."""

    concern: Event
    met: str
    turned_away: bool
    again: bool
    by: tuple[Event, ...] = ()
    """The responses that met it."""


def answers(child: Child, known_to: date | None = None) -> Iterator[Answered]:
    """Every concern of a child with what followed it."""
    responses = child.events.get("response", ())
    refused = {r.about for r in responses if r.data.get("kind") == "nfa"}
    for concern in concerns(child):
        last = working_days_after(concern.occurred_on, DAYS)
        done = tuple(r for r in responses if r.data.get("kind") in MET and concern.occurred_on <= r.occurred_on <= last)
        pending = known_to is not None and last >= known_to
        away = concern.event_id in refused or concern.data.get("next_step") == "none"
        later = any(concern.occurred_on < c.occurred_on <= concern.occurred_on + AGAIN for c in concerns(child))
        yield Answered(concern, "yes" if done else "pending" if pending else "no", away, away and later, done)


def figures(picture: Picture, window: Window) -> list[Figure]:
    """All concerns, then by sector and by level; `value` is the share at a high level with a plan in time."""
    setting = picture.setting
    found = [
        a
        for child in picture.children.values()
        for a in answers(child, setting.known_to)
        if window.holds(a.concern.occurred_on)
    ]
    out = [_figure(ALL, ALL, found)]
    for name in setting.sectors:
        out.append(_figure("sector", name, [a for a in found if setting.sector(a.concern.agency) == name]))
    for name in sorted({level(a.concern) for a in found}):
        out.append(_figure("level", name, [a for a in found if level(a.concern) == name]))
    return out


def _figure(split: str, group: str, found: list[Answered]) -> Figure:
    high = Counter(a.met for a in found if level(a.concern) in HIGH)
    counts = {
        "referrals": len(found),
        "no_further_action": sum(a.turned_away for a in found),
        "referred_again": sum(a.again for a in found),
        "high": high["yes"] + high["no"],
        "met": high["yes"],
        "pending": high["pending"],
    }
    return Figure(split, group, counts, ratio(counts["met"], counts["high"]))


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children with a concern at significant or serious, on its day; its agency knows, and who answered it."""
    for answer in answers(child):
        if level(answer.concern) in HIGH:
            yield _of(answer, frozenset({answer.concern.agency}))


def met(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Of those, with a plan or lead professional in time; whose it is knows."""
    for answer in answers(child):
        if level(answer.concern) in HIGH and answer.met == "yes":
            yield _of(answer, frozenset())


def _of(answer: Answered, knows: frozenset[str]) -> Occurrence:
    concern, by = answer.concern, frozenset(response.agency for response in answer.by)
    agencies = frozenset({concern.agency})
    return Occurrence(concern.occurred_on, agencies, concern.home, known_to=knows | by, roles=roles_of(answer.by))
