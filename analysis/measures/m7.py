"""M7 Screening completion (paragraphs 169, 170): was a screening tool used after a concern?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Event, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.recognition import HIGH, concerns, level, screenings
from analysis.measures.workdays import months_after, working_days_after
from models.register import Role

DAYS = 10
RECENT = timedelta(days=90)

DEFINITION = Definition(
    7,
    "Screening completion",
    "Is a concern followed by a screening tool, and is a child at a high level screened again?",
    "concerns followed by a screening of the child, by any agency, from their day up to 10 working days after",
    "concerns of the period, by the day they happened, whose child was not screened in the 90 days before; those whose "
    "10 working days are not over are pending and left out",
    "the period",
    "concerns; outcomes and rescreening in screenings. Released in children",
    "sector that raised the concern; outcome level of the period's screenings (outcomes in the tool's own "
    "words are kept beside)",
    "paragraphs 169, 170",
    "board and sector by quarter and financial year: children with a concern to be screened, and children "
    "screened in time",
    "A tool is an aid to judgement: 'no current risk' does not mean that a child is not exploited. "
    "Rescreened: a screening at significant or serious followed by another within 3 calendar months, of "
    "those whose 3 months are over.",
    (
        UNLINKED,
        Unknown("unlinked", "A screening under an identifier the concern lacks is not found: the figure is too low."),
        Unknown("not recorded", "Screenings on paper are not here."),
        LATE,
    ),
)


@dataclass(frozen=True, slots=True)
class Screened:
    """One concern that called for a screening: `answer` is yes, no or pending."""

    concern: Event
    answer: str
    by: frozenset[str]


def due_concerns(child: Child, known_to: date | None = None) -> Iterator[Screened]:
    """Every concern not screened in the 90 days before; pending when its days are not over by `known_to`."""
    done = screenings(child)
    for concern in concerns(child):
        day = concern.occurred_on
        if any(day - RECENT <= s.occurred_on < day for s in done):
            continue
        last = working_days_after(day, DAYS)
        by = frozenset(s.agency for s in done if day <= s.occurred_on <= last)
        pending = known_to is not None and last >= known_to
        yield Screened(concern, "yes" if by else "pending" if pending else "no", by)


def figures(picture: Picture, window: Window) -> list[Figure]:
    """All concerns, each sector, then outcomes and rescreening."""
    known_to, sector = picture.setting.known_to, picture.setting.sector
    due = [
        (sector(s.concern.agency), s.answer)
        for child in picture.children.values()
        for s in due_concerns(child, known_to)
        if window.holds(s.concern.occurred_on)
    ]
    total = sum(window.holds(c.occurred_on) for child in picture.children.values() for c in concerns(child))
    found = [_figure(ALL, ALL, Counter(answer for _, answer in due), {"concerns": total})]
    for name in picture.setting.sectors:
        found.append(_figure("sector", name, Counter(answer for by, answer in due if by == name), {}))
    outcomes = Counter(
        level(s) for child in picture.children.values() for s in screenings(child) if window.holds(s.occurred_on)
    )
    found += [Figure("outcome", name, {"screenings": number}) for name, number in sorted(outcomes.items())]
    again = Counter(a for child in picture.children.values() for a in _again(child, window, known_to))
    counts = {"high": again["yes"] + again["no"], "rescreened": again["yes"], "pending": again["pending"]}
    return [*found, Figure("rescreened", ALL, counts, ratio(counts["rescreened"], counts["high"]))]


def _figure(split: str, group: str, answers: Counter[str], more: dict[str, int]) -> Figure:
    counts = {"due": answers["yes"] + answers["no"], "screened": answers["yes"], "pending": answers["pending"]}
    return Figure(split, group, more | counts, ratio(counts["screened"], counts["due"]))


def _again(child: Child, window: Window, known_to: date) -> Iterator[str]:
    done = screenings(child)
    for first in done:
        if level(first) in HIGH and window.holds(first.occurred_on):
            last = months_after(first.occurred_on, 3)
            if any(first.occurred_on < s.occurred_on <= last for s in done):
                yield "yes"
            else:
                yield "pending" if last >= known_to else "no"


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children with a concern that called for a screening, on its day; its agency knows, and who screened."""
    for due in due_concerns(child):
        yield _of(due, due.by | {due.concern.agency})


def screened(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Those screened in time, counted by the agency that raised the concern; who screened knows."""
    for due in due_concerns(child):
        if due.answer == "yes":
            yield _of(due, due.by)


def _of(due: Screened, known_to: frozenset[str]) -> Occurrence:
    agencies = frozenset({due.concern.agency})
    roles: frozenset[Role] = frozenset({"screenings"} if due.by else ())
    return Occurrence(due.concern.occurred_on, agencies, due.concern.home, known_to=known_to, roles=roles)
