"""The counting model: distinct children by window, place, agency and indicator (disclosure.md 2.1).

Exact sets of children live here for a moment only; nothing in this module may be written anywhere (decision 14).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

from analysis.disclosure.cells import ANY, ELSEWHERE, NONE_RECORDED, CellKey, Level, Shape
from analysis.disclosure.windows import bounds, containing, financial_year_of


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


_Context = tuple[str, str, Level, str, str]
"""Measure, window, level, area, indicator: a cell without its `who`."""


@dataclass
class Tally:
    """The children of every cell of a board, by agency."""

    shape: Shape
    sets: dict[_Context, dict[str, set[str]]] = field(default_factory=dict, repr=False)

    def by_agency(self, key: CellKey) -> Mapping[str, AbstractSet[str]]:
        """What each agency of the cell knows of it; agencies of the board that know nothing of it included."""
        found = self.sets.get(_context(key), {})
        return {agency: found.get(agency, set()) for agency in sorted(self.shape.agencies_of(key.who))}

    def children(self, key: CellKey) -> frozenset[str]:
        """The distinct children of a cell."""
        return frozenset().union(*self.by_agency(key).values())

    def known(self, key: CellKey, agencies: Iterable[str]) -> int:
        """How many children of a cell some agencies know between them."""
        found, counted = self.sets.get(_context(key), {}), self.shape.agencies_of(key.who)
        sets = [found[agency] for agency in agencies if agency in found and agency in counted]
        return len(sets[0] if len(sets) == 1 else frozenset().union(*sets))

    @cached_property
    def measures(self) -> frozenset[str]:
        """Measures with at least one child."""
        return frozenset(context[0] for context in self.sets)


def tally(facts: Iterable[Fact], shape: Shape) -> Tally:
    """Count facts into every window, place and indicator they fall in, after giving each child one home area.

    Raises `ValueError` for an agency that the shape does not have.
    """
    sets: defaultdict[_Context, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    chain = cache(shape.chain)
    for fact in attribute(facts, shape):
        if fact.agency not in shape.sector_of:
            raise ValueError("a fact names an agency that is not registered for the board")
        for window in containing(fact.window):
            for level, area in chain(fact.area):
                for indicator in (ANY, fact.indicator if fact.indicator in shape.indicators else NONE_RECORDED):
                    sets[fact.measure, window, level, area, indicator][fact.agency].add(fact.child)
    return Tally(shape, {context: dict(found) for context, found in sets.items()})


def attribute(facts: Iterable[Fact], shape: Shape, settled: Mapping[tuple[str, str], str] | None = None) -> list[Fact]:
    """Give each child one home area per financial year: that of its first fact with one, by window then order.

    `settled` holds (child, financial year) -> area as an earlier release counted it, which stays (decision 8).
    """
    ordered = sorted(facts, key=lambda fact: bounds(fact.window)[0])
    homes = dict(settled or {})
    for fact in ordered:
        if shape.has_home(fact.area):
            homes.setdefault((fact.child, financial_year_of(fact.window)), fact.area)
    return [fact._replace(area=homes.get((fact.child, financial_year_of(fact.window)), ELSEWHERE)) for fact in ordered]


def _context(key: CellKey) -> _Context:
    return key.measure, key.window, key.level, key.area, key.indicator
