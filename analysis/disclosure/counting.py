"""The counting model: distinct children by window, place, agency and indicator (docs/protection.md#counting).

The sets of children here are exact. They are held in memory only and may never be written anywhere.
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
    """One child counted in one measure: in a window, with a home area, by an agency and with an indicator."""

    measure: str
    child: str
    window: str
    """The narrowest known window: a month, a quarter or a financial year."""
    area: str
    """The home: a ward or a town. Anything else counts as elsewhere."""
    agency: str
    indicator: str = ""
    """Empty if none was recorded. An indicator that the shape does not list counts as none recorded."""
    sector: str = ""
    """The sector whose cells count the fact; empty for the cells of all agencies together."""
    known_to: tuple[str, ...] | None = None
    """The agencies that know of the fact. None if it was not worked out: then only `agency` is taken to know. No cell
    depends on it."""


_Context = tuple[str, str, Level, str, str, str]
"""The key of a cell: measure, window, level, area, `who`, indicator."""


@dataclass
class Tally:
    """The children of every cell of a board, by agency."""

    shape: Shape
    sets: dict[_Context, dict[str, set[str]]] = field(default_factory=dict, repr=False)
    knows: dict[_Context, dict[str, set[str]]] | None = field(default=None, repr=False)
    """For each cell, agency -> the children whom it knows. None if the facts do not say: then an agency knows the
    children whom it reported."""

    def by_agency(self, key: CellKey) -> Mapping[str, AbstractSet[str]]:
        """Agency -> the children of the cell whom it reported, for all agencies of the cell (some with none)."""
        reported = self.sets.get(key, {})
        return {agency: reported.get(agency, set()) for agency in sorted(self.shape.agencies_of(key.who))}

    def children(self, key: CellKey) -> frozenset[str]:
        """The distinct children of a cell."""
        return frozenset().union(*self.by_agency(key).values())

    def known(self, key: CellKey, agencies: Iterable[str]) -> int:
        """The number of children of a cell whom some agencies know between them."""
        by_agency = (self.sets if self.knows is None else self.knows).get(key, {})
        sets = [by_agency[agency] for agency in agencies if agency in by_agency]
        return len(sets[0] if len(sets) == 1 else frozenset().union(*sets))

    @cached_property
    def measures(self) -> frozenset[str]:
        """The measures that count at least one child."""
        return frozenset(context[0] for context in self.sets)


def tally(
    facts: Iterable[Fact],
    shape: Shape,
    most_indicators: int | None = None,
    windows: Collection[str] | None = None,
) -> Tally:
    """Give each child one home area, then count facts in every window, place and indicator that they fall in.

    `most_indicators` limits in how many cells by indicator a child counts, for a measure and window. Otherwise one
    record could move forty figures. A hash of the child and the indicator decides which indicators count. `windows`
    limits the windows that are counted; by default all windows with facts are. Raises `ValueError` if a fact names an
    agency that the shape does not have.
    """
    placed = attribute(facts, shape)
    crowded = _crowded(placed, shape, most_indicators) if most_indicators else {}
    listed, sets = frozenset(shape.indicators), defaultdict[_Context, defaultdict[str, set[str]]](_by_agency)
    knows = defaultdict[_Context, defaultdict[str, set[str]]](_by_agency)
    alike: defaultdict[tuple[str, str, str, str, str, str, tuple[str, ...] | None], set[str]] = defaultdict(set)
    wanted = cache(lambda narrow: [window for window in containing(narrow) if windows is None or window in windows])
    knowers_given = False
    for measure, child, window, area, agency, indicator, of_sector, known_to in placed:
        if agency not in shape.sector_of:
            raise ValueError("a fact names an agency that is not registered for the board")
        if wanted(window):
            kind = indicator if indicator in listed else NONE_RECORDED
            alike[measure, window, area, agency, kind, of_sector, known_to].add(child)
            knowers_given = knowers_given or known_to is not None
    # Facts that differ only in the child belong to the same cells, so one lookup serves many children.
    for (measure, narrow, area, agency, kind, of_sector, known_to), children in alike.items():
        who = sector(of_sector) if of_sector else ANY
        for window in wanted(narrow):
            more = crowded.get((of_sector, measure, window), {})
            kept = children if kind == NONE_RECORDED else {c for c in children if c not in more or kind in more[c]}
            for level, place in shape.chain(area):
                for context, counted in (
                    ((measure, window, level, place, who, ANY), children),
                    ((measure, window, level, place, who, kind), kept),
                ):
                    if counted:
                        sets[context][agency] |= counted
                        for knower in ((agency,) if known_to is None else known_to) if knowers_given else ():
                            knows[context][knower] |= counted
    known = {context: dict(by_agency) for context, by_agency in knows.items()} if knowers_given else None
    return Tally(shape, {context: dict(by_agency) for context, by_agency in sets.items()}, known)


def _by_agency() -> defaultdict[str, set[str]]:
    return defaultdict(set)


def for_sectors_too(facts: Iterable[Fact], shape: Shape) -> list[Fact]:
    """Each fact twice: for the cells of all agencies together, and for the cells of its agency's sector."""
    return [copy for fact in facts for copy in (fact, fact._replace(sector=shape.sector_of.get(fact.agency, "")))]


_Crowd = tuple[str, str, str]
"""(sector, measure, window) in which a child may have too many indicators."""


def _crowded(facts: Iterable[Fact], shape: Shape, most: int) -> dict[_Crowd, dict[str, frozenset[str]]]:
    """For each child with more listed indicators than `most`: the indicators under which it counts."""
    every: defaultdict[_Crowd, defaultdict[str, set[str]]] = defaultdict(_by_agency)
    listed = frozenset(shape.indicators)
    for fact in facts:
        if fact.indicator in listed:
            for window in containing(fact.window):
                every[fact.sector, fact.measure, window][fact.child].add(fact.indicator)
    return {
        crowd: {
            child: frozenset(sorted(indicators, key=lambda indicator: lot(child, indicator))[:most])
            for child, indicators in children.items()
            if len(indicators) > most
        }
        for crowd, children in every.items()
    }


def lot(whose: str, code: str) -> bytes:
    """Orders the codes of a child, or of a group that was heard, where only the first few count."""
    return hashlib.blake2b(f"{whose}|{code}".encode(), digest_size=8, person=b"ypsem-lot").digest()


def attribute(facts: Iterable[Fact], shape: Shape, settled: Mapping[tuple[str, str], str] | None = None) -> list[Fact]:
    """Give each child one home area per financial year: that of its first fact with a home, by window, then order.

    For a sector's cells only that sector's own facts decide. `settled` holds (child, financial year) -> area as an
    earlier release counted the child for all agencies together; it stays.
    """
    ordered = sorted(facts, key=lambda fact: bounds(fact.window)[0])
    homes = {("", *child_and_year): area for child_and_year, area in (settled or {}).items()}
    for fact in ordered:
        if shape.has_home(fact.area):
            homes.setdefault(_home_key(fact), fact.area)
    areas = ((fact, homes.get(_home_key(fact), ELSEWHERE)) for fact in ordered)
    return [fact if fact.area == area else fact._replace(area=area) for fact, area in areas]


def _home_key(fact: Fact) -> tuple[str, str, str]:
    return fact.sector, fact.child, last_year_of(fact.window)
