"""M11 Overlap of missing and CSE (paragraphs 157, 169, 176): the same child in both, and who knew of which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.recognition import concerns

NEAR = timedelta(days=90)

DEFINITION = Definition(
    11,
    "Children both missing and of CSE concern",
    "How many children who go missing are also of CSE concern within 90 days, and did any one agency know both?",
    "children with a missing episode and a CSE concern that happened at most 90 days before or after it",
    "(a) children with an episode that started in the period (M9); (b) children with a concern recorded in "
    "the period (M1)",
    "the period for the episode (a) or the concern (b); the other may lie up to 90 days outside of it",
    "children",
    "sectors that knew of the missing episodes only, of the concern only, of both; 'known to one agency only'",
    "paragraphs 157, 169, 176",
    "board and sector by financial year: (a) and (b) children in both",
    "Needs a shared identifier: the link rate of each pair of sectors and the bounds under missed links stand "
    "beside it, and nothing is said of pairs with no kind of identifier in common.",
    (
        UNLINKED,
        Unknown(
            "unlinked",
            "Every missed link hides an overlap: the figure is a lower bound (the upper one stands beside it).",
        ),
        LATE,
    ),
)


@dataclass(frozen=True, slots=True)
class Both:
    """One event in the period with all that lies near it: who knew of missing, who of concern."""

    on: date
    whose: frozenset[str]
    missing: frozenset[str]
    concern: frozenset[str]


def from_missing(child: Child) -> Iterator[Both]:
    """(a): each episode with concerns near it, on its first day."""
    for episode in child.episodes:
        near = frozenset(c.agency for c in concerns(child) if abs(c.occurred_on - episode.started_on) <= NEAR)
        if near:
            yield Both(episode.started_on, episode.agencies, episode.agencies, near)


def from_concern(child: Child) -> Iterator[Both]:
    """(b): each concern with episodes near it, on the day it was recorded (as M1 counts it)."""
    for concern in concerns(child):
        near = [e.agencies for e in child.episodes if abs(concern.occurred_on - e.started_on) <= NEAR]
        if near:
            own = frozenset({concern.agency})
            yield Both(concern.recorded_on, own, frozenset().union(*near), own)


def figures(picture: Picture, window: Window) -> list[Figure]:
    """(a) and (b) over their denominators, then who knew of what among the children of (a)."""
    children = picture.children.values()
    missing = [c for c in children if any(window.holds(e.started_on) for e in c.episodes)]
    concerned = [c for c in children if any(window.holds(e.recorded_on) for e in concerns(c))]
    a = [both for c in missing if (both := _merged(c, window))]
    b = [c for c in concerned if any(window.holds(both.on) for both in from_concern(c))]
    one = sum(len(m | c) == 1 for m, c in a)
    split = sum(not (m & c) for m, c in a)
    found = [
        Figure("of missing", ALL, {"children": len(missing), "both": len(a)}, ratio(len(a), len(missing))),
        Figure("of concern", ALL, {"children": len(concerned), "both": len(b)}, ratio(len(b), len(concerned))),
        Figure("known to one agency only", ALL, {"both": len(a), "one_agency": one}, ratio(one, len(a))),
        Figure("no agency knew both", ALL, {"both": len(a), "split": split}, ratio(split, len(a))),
    ]
    sector = picture.setting.sector
    for name in picture.setting.sectors:
        knew = [(name in {sector(x) for x in m}, name in {sector(x) for x in c}) for m, c in a]
        counts = {
            "missing_only": knew.count((True, False)),
            "concern_only": knew.count((False, True)),
            "both": knew.count((True, True)),
        }
        found.append(Figure("sector", name, counts, ratio(counts["both"], len(a))))
    return found


def _merged(child: Child, window: Window) -> tuple[frozenset[str], frozenset[str]] | None:
    found = [both for both in from_missing(child) if window.holds(both.on)]
    if not found:
        return None
    return frozenset().union(*(f.missing for f in found)), frozenset().union(*(f.concern for f in found))


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """(a), a part of M9: counted by who reported the episode; who recorded both knows."""
    for both in from_missing(child):
        yield Occurrence(both.on, both.whose, known_to=both.missing & both.concern)


def of_concern(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """(b), a part of M1: counted by who raised the concern; who recorded both knows."""
    for both in from_concern(child):
        yield Occurrence(both.on, both.whose, known_to=both.missing & both.concern)
