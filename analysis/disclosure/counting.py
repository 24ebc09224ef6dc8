"""The counting model: distinct children by window, place, agency and indicator (docs/protection.md#counting).

Exact sets of children live here for a moment only; nothing in this module may be written anywhere (docs/protection.md).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from analysis.disclosure.cells import ANY, ELSEWHERE, NONE_RECORDED, CellKey, Level, Shape, sector
from models.contract.periods import bounds, containing, last_year_of


class Fact(NamedTuple):
    """One child counted by one measure: when, where from, known to which agency, with which indicator."""

    measure: str
    child: str
    window: str
    """The narrowest window known: a month or a quarter, or a financial year."""
    area: str
    """Home ward, or town, or anything else for elsewhere."""
    agency: str
    indicator: str = ""
    """Empty when none was recorded; one the ladder does not list counts as none."""
    sector: str = ""
    """The sector whose cells count it; empty for the cells of all agencies together."""
    known_to: tuple[str, ...] | None = None
    """Agencies that know of it; None where nobody asked, and who reported it is taken to know. No cell depends on it.
    """


_Context = tuple[str, str, Level, str, str, str]
"""Measure, window, level, area, `who`, indicator: a cell's key."""


@dataclass
class Tally:
    """The children of every cell of a board, by agency."""

    shape: Shape
    sets: dict[_Context, dict[str, set[str]]] = field(default_factory=dict, repr=False)
    knows: dict[_Context, dict[str, set[str]]] | None = field(default=None, repr=False)
    """Which agency knows which of these children; None where the facts do not say: then who reported one does."""

    def by_agency(self, key: CellKey) -> Mapping[str, AbstractSet[str]]:
        """What each agency of the cell knows of it; agencies of the board that know nothing of it included."""
        found = self.sets.get(key, {})
        return {agency: found.get(agency, set()) for agency in sorted(self.shape.agencies_of(key.who))}

    def children(self, key: CellKey) -> frozenset[str]:
        """The distinct children of a cell."""
        return frozenset().union(*self.by_agency(key).values())

    def known(self, key: CellKey, agencies: Iterable[str]) -> int:
        """How many children of a cell some agencies know between them."""
        found = (self.sets if self.knows is None else self.knows).get(key, {})
        sets = [found[agency] for agency in agencies if agency in found]
        return len(sets[0] if len(sets) == 1 else frozenset().union(*sets))

    @cached_property
    def measures(self) -> frozenset[str]:
        """Measures with at least one child."""
        return frozenset(context[0] for context in self.sets)


def tally(
    facts: Iterable[Fact],
    shape: Shape,
    most_indicators: int | None = None,
    windows: Collection[str] | None = None,
) -> Tally:
    """Count facts into every window, place and indicator they fall in, after giving each child one home area.

    With `most_indicators` a child counts in at most so many cells by indicator of a measure and window, whichever were
    recorded: so that one record cannot move forty figures. Which ones is drawn by the child and the indicator.
    `windows` are those that are counted, all that facts fall in where none are given. Raises `ValueError` for an agency
    that the shape does not have.
    """
    placed = attribute(facts, shape)
    crowded = _crowded(placed, shape, most_indicators) if most_indicators else {}
    listed, sets = frozenset(shape.indicators), defaultdict[_Context, defaultdict[str, set[str]]](_by_agency)
    knows = defaultdict[_Context, defaultdict[str, set[str]]](_by_agency)
    alike: defaultdict[tuple[str, str, str, str, str, str, tuple[str, ...] | None], set[str]] = defaultdict(set)
    wanted = cache(lambda narrow: [one for one in containing(narrow) if windows is None or one in windows])
    asked = False
    for measure, child, window, area, agency, indicator, of, known_to in placed:
        if agency not in shape.sector_of:
            raise ValueError("a fact names an agency that is not registered for the board")
        if wanted(window):
            kind = indicator if indicator in listed else NONE_RECORDED
            alike[measure, window, area, agency, kind, of, known_to].add(child)
            asked = asked or known_to is not None
    # Facts that differ in the child alone go where they belong together: a few lookups for many children.
    for (measure, narrow, area, agency, kind, of, known_to), children in alike.items():
        who = sector(of) if of else ANY
        for window in wanted(narrow):
            more = crowded.get((of, measure, window), {})
            kept = children if kind == NONE_RECORDED else {c for c in children if c not in more or kind in more[c]}
            for level, place in shape.chain(area):
                for context, counted in (
                    ((measure, window, level, place, who, ANY), children),
                    ((measure, window, level, place, who, kind), kept),
                ):
                    if counted:
                        sets[context][agency] |= counted
                        for knower in ((agency,) if known_to is None else known_to) if asked else ():
                            knows[context][knower] |= counted
    told = {context: dict(found) for context, found in knows.items()} if asked else None
    return Tally(shape, {context: dict(found) for context, found in sets.items()}, told)


def _by_agency() -> defaultdict[str, set[str]]:
    return defaultdict(set)


def for_sectors_too(facts: Iterable[Fact], shape: Shape) -> list[Fact]:
    """Facts that count for all agencies together, and the same once more for the sector of each one's agency."""
    return [one for fact in facts for one in (fact, fact._replace(sector=shape.sector_of.get(fact.agency, "")))]


_Crowd = tuple[str, str, str]
"""Sector, measure, window."""


def _crowded(facts: Iterable[Fact], shape: Shape, most: int) -> dict[_Crowd, dict[str, frozenset[str]]]:
    """Of each child with more listed indicators than `most`: those that it counts under."""
    every: defaultdict[_Crowd, defaultdict[str, set[str]]] = defaultdict(_by_agency)
    listed = frozenset(shape.indicators)
    for fact in facts:
        if fact.indicator in listed:
            for window in containing(fact.window):
                every[fact.sector, fact.measure, window][fact.child].add(fact.indicator)
    return {
        of: {
            child: frozenset(sorted(found, key=lambda one: _lot(child, one))[:most])
            for child, found in children.items()
            if len(found) > most
        }
        for of, children in every.items()
    }


def _lot(child: str, indicator: str) -> bytes:
    return hashlib.blake2b(f"{child}|{indicator}".encode(), digest_size=8, person=b"ypsem-lot").digest()


def attribute(facts: Iterable[Fact], shape: Shape, settled: Mapping[tuple[str, str], str] | None = None) -> list[Fact]:
    """Give each child one home area per financial year: that of its first fact with one, by window then order.

    A sector's cells go by that sector's own facts. `settled` holds (child, financial year) -> area as an earlier
    release counted it for all agencies together, which stays.
    """
    ordered = sorted(facts, key=lambda fact: bounds(fact.window)[0])
    homes = {("", *of): area for of, area in (settled or {}).items()}
    for fact in ordered:
        if shape.has_home(fact.area):
            homes.setdefault(_lives(fact), fact.area)
    areas = ((fact, homes.get(_lives(fact), ELSEWHERE)) for fact in ordered)
    return [fact if fact.area == area else fact._replace(area=area) for fact, area in areas]


def _lives(fact: Fact) -> tuple[str, str, str]:
    return fact.sector, fact.child, last_year_of(fact.window)
