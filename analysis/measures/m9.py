"""M9 Missing incidence (paragraphs 159, 176).

Children with at least one episode, missing or away, started in the period; reports of one episode by several
agencies are merged first. All schemes and statuses count: missing and away splits are not comparable between
agencies. Unit: children.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

from analysis.measures.children import BoardView
from analysis.measures.counted import Counted, count
from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, ratio
from analysis.measures.history import Child, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.spells import Spell, spells_of

DEFINITION = Definition(
    9,
    "Missing incidence",
    "How many children go missing, how often, for how long and from where?",
    "merged episodes that started in the period, and the children they are of; mean episodes for each of them",
    "looked-after children when the period starts, for episodes from care (the board gives the number); "
    "residents aged 10-17, for episodes from home",
    "the period, by the day the episode started (merged across agencies: the earliest start)",
    "episodes and children",
    "status on each source's own scheme, never merged; length; part of the day; missing from",
    "paragraphs 159, 176",
    "children: board and town by quarter and financial year, ward by financial year; board by sector in both, town "
    "by sector by financial year. Episodes are not released: "
    "the protection rule counts children",
    "Missing and away are not comparable between agencies: since 2017 many report everything as missing.",
    (
        UNLINKED,
        Unknown(
            "unlinked", "Two reports of one episode under different identifiers count as two children and two episodes."
        ),
        Unknown(
            "not recorded", "The number of looked-after children is in no event: without it there is no rate for care."
        ),
        LATE,
    ),
)


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Each episode, on the day it started; everyone who reported it knows, and who interviewed afterwards."""
    if not child.events.get("return_interview"):
        for episode in child.episodes:
            yield Occurrence(episode.started_on, episode.agencies)
        return
    for spell in spells_of(child):
        yield spell.known(spell.started_on, outcome=False)


def children_missing(board: BoardView, start: date, end: date) -> Counted:
    """Children with an episode started in [start, end); an agency knows of those it reported one for."""
    return count(
        (link, {agency for e in found for agency in e.agencies})
        for link, child in board.children.items()
        if (found := [e for e in child.episodes if start <= e.started_on < end])
    )


def figures(picture: Picture, window: Window) -> list[Figure]:
    """All episodes and children, those from care and from home with their rates, then the splits in episodes."""
    by_child = [
        [s for s in spells_of(child) if window.holds(s.started_on)]
        for child in picture.children.values()
        if any(window.holds(e.started_on) for e in child.episodes)
    ]
    spells = [spell for found in by_child for spell in found]
    whole = {"episodes": len(spells), "children": len(by_child)}
    out = [Figure(ALL, ALL, whole, ratio(len(spells), len(by_child)))]
    setting = picture.setting
    for where, base in (("care", setting.looked_after), ("home", setting.population_10_17)):
        children = sum(any(s.from_where == where for s in found) for found in by_child)
        counts = {"episodes": sum(s.from_where == where for s in spells), "children": children, "base": base or 0}
        missing = () if base else ("denominator_not_recorded",)
        out.append(Figure("rate per 10,000", where, counts, ratio(children, base or 0, 10_000), codes=missing))
    splits: tuple[tuple[str, Callable[[Spell], frozenset[str]]], ...] = (
        ("status", lambda s: s.statuses),
        ("length", lambda s: frozenset({s.length})),
        ("hour_band", lambda s: frozenset({s.hour_band})),
        ("missing_from", lambda s: frozenset({s.from_where})),
    )
    for split, key in splits:
        told = Counter(group for spell in spells for group in key(spell))
        out += [Figure(split, g, {"episodes": told[g]}, ratio(told[g], len(spells))) for g in sorted(told)]
    return out
