"""What an agency knows by itself: its own exact counts, for an attack on a release as that agency.

These counts are exact, so they are made and used inside the agency's boundary only. If the agency's own records decide
a cell of its sector, it knows the count. Of any other cell it knows some children: those in its records, and those that
its role shows it. Other agencies' records may change how these are counted (two of its children may be one child, or a
home may be elsewhere), so there its counts are likely but not certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from analysis.disclosure.cells import ANY, CellKey, Level, Shape, latent, sector
from analysis.disclosure.counting import Fact, Tally, for_sectors_too, tally
from analysis.disclosure.facts import each, facts_of, placed
from analysis.disclosure.insiders import Insiders
from analysis.disclosure.ladder import Ladder
from analysis.measures.children import BoardView
from analysis.measures.history import Rules
from analysis.measures.registry import COUNTS, MEASURES
from models.contract.fields import Closed

UNSURE = frozenset(name for name, count in COUNTS.items() if count.others_take_away)
"""Counts from which others' records can remove children (seen earlier, screened before). Here an agency cannot tell
from its own records which of its children are counted."""


class KnownCount(Closed):
    """How many of the agency's own children are in one cell."""

    measure: str
    window: str
    level: Level
    area: str
    sector: str = "any"
    indicator: str
    count: Annotated[int, Field(ge=0)]


class Knowns(Closed):
    """An agency's own counts at every level. A cell that is not listed has none of its children."""

    format: Literal["ypsem.knowns.v2"] = "ypsem.knowns.v2"
    agency: Annotated[str, Field(pattern=r"^[^\s|:]{1,99}$")]
    """Register id; `a+b` if two agencies count together."""
    system: tuple[str, ...] = ()
    """Agencies in the same case system whose records were counted too. The agency knows their children as its own."""
    cut_off: str | None = None
    """The release cut-off that the counts are for; None for all."""
    cells: tuple[KnownCount, ...] = Field(repr=False)

    @property
    def members(self) -> tuple[str, ...]:
        """The agencies whose records were counted, sorted."""
        return tuple(sorted({*self.agency.split("+"), *self.system}))

    def counts(self) -> dict[CellKey, int]:
        """Cell -> the number of the agency's children in it."""
        who = {name: ANY if name == ANY else sector(name) for name in {cell.sector for cell in self.cells}}
        return {CellKey(c.measure, c.window, c.level, c.area, who[c.sector], c.indicator): c.count for c in self.cells}


_SURE = frozenset(COUNTS) - UNSURE


def known_by(board_view: BoardView, shape: Shape, rules: Rules, ladder: Ladder, insiders: Insiders) -> Tally:
    """What somebody knows who sees only the records in a view, counted as the ladder counts."""
    facts = placed(
        [*facts_of(board_view, rules, _SURE, insiders), *_known_without_episode(board_view)], board_view, shape
    )
    if not ladder.own_records:  # up to ladder 3 a sector's cells hold whatever its agencies reported about any child
        facts = for_sectors_too((fact for fact in facts if not fact.sector), shape)
    return tally(facts, shape, ladder.most_indicators)


def _known_without_episode(board_view: BoardView) -> Iterator[Fact]:
    """What an interviewing agency knows of episodes that other agencies reported."""
    for measure in MEASURES:
        if measure.known_alone is None:
            continue
        for link, child in board_view.children.items():
            for name, occurrence in measure.known_alone(child):
                for agency in occurrence.agencies:
                    yield from (f._replace(known_to=(agency,)) for _, f in each(name, link, occurrence))


def knowns_of(counted: Tally, agency: str, system: Iterable[str] = ()) -> Knowns:
    """The own counts of an agency (`a+b`: of two together) in every cell that has any of its children.

    Cells of the hidden areas are left out unless the group is all agencies of the cell: if the agency's records give
    no home, other agencies' records decide where the child is counted.
    """
    group = {*agency.split("+"), *system}
    known = counted.sets if counted.knows is None else counted.knows
    cells = [
        KnownCount(
            measure=measure,
            window=window,
            level=level,
            area=area,
            sector=who.removeprefix("sector:"),
            indicator=indicator,
            count=len(frozenset().union(*(sets[member] for member in group & sets.keys()))),
        )
        for (measure, window, level, area, who, indicator), sets in sorted(known.items())
        if any(sets.get(member) for member in group)
        and not (latent(area) and not counted.shape.agencies_of(who) <= group)
    ]
    return Knowns(agency=agency, system=tuple(sorted(system)), cells=tuple(cells))
