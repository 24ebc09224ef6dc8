"""What an agency knows by itself: its own exact counts, for attacking a release as that agency would.

Made and used inside the agency's boundary: the counts are exact. Of its own sector's cells that its own records decide
it knows the count itself. Of all other cells it knows some children: those whom its records or its role show it. How
these are counted others' records may change (two of its children may be one, a home may be elsewhere), so that there
its counts are what it may rely on, and no certainty.
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
"""Counts from which others' records take children: seen earlier, or screened before. There an agency knows nothing of
its own children by its records alone."""


class KnownCount(Closed):
    """The agency's own children in one cell."""

    measure: str
    window: str
    level: Level
    area: str
    sector: str = "any"
    indicator: str
    count: Annotated[int, Field(ge=0)]


class Knowns(Closed):
    """An agency's own counts at every level; a cell that is not listed has none of its children."""

    format: Literal["ypsem.knowns.v2"] = "ypsem.knowns.v2"
    agency: Annotated[str, Field(pattern=r"^[^\s|:]{1,99}$")]
    """Register id; `a+b` when two agencies count together."""
    system: tuple[str, ...] = ()
    """Agencies of one case system with it whose records were counted too: what is theirs alone it knows as its own."""
    cut_off: str | None = None
    """The release cut-off the counts are for; None for all."""
    cells: tuple[KnownCount, ...] = Field(repr=False)

    @property
    def members(self) -> tuple[str, ...]:
        """The agencies whose records these counts are of, in order."""
        return tuple(sorted({*self.agency.split("+"), *self.system}))

    def counts(self) -> dict[CellKey, int]:
        """By cell."""
        who = {name: ANY if name == ANY else sector(name) for name in {cell.sector for cell in self.cells}}
        return {CellKey(c.measure, c.window, c.level, c.area, who[c.sector], c.indicator): c.count for c in self.cells}


_SURE = frozenset(COUNTS) - UNSURE


def known_by(seen: BoardView, shape: Shape, rules: Rules, ladder: Ladder, insiders: Insiders) -> Tally:
    """What the records in a view show those who see nothing else, counted as the ladder counts."""
    facts = placed([*facts_of(seen, rules, _SURE, insiders), *_told(seen)], seen, shape)
    if not ladder.own_records:  # ladders up to 3: a sector's cells hold what its agencies reported of all children
        facts = for_sectors_too((fact for fact in facts if not fact.sector), shape)
    return tally(facts, shape, ladder.most_indicators)


def _told(seen: BoardView) -> Iterator[Fact]:
    """What an interviewer knows of episodes that others reported."""
    for measure in MEASURES:
        if measure.known_alone is None:
            continue
        for link, child in seen.children.items():
            for name, occurrence in measure.known_alone(child):
                for agency in occurrence.agencies:
                    yield from (f._replace(known_to=(agency,)) for _, f in each(name, link, occurrence))


def knowns_of(of: Tally, agency: str, system: Iterable[str] = ()) -> Knowns:
    """The own counts of an agency (`a+b`: of two together) in every cell that has any of its children.

    A child whose home its records do not tell may live anywhere: others' records say where it is counted.
    """
    group = {*agency.split("+"), *system}
    known = of.sets if of.knows is None else of.knows
    cells = [
        KnownCount(
            measure=measure,
            window=window,
            level=level,
            area=area,
            sector=who.removeprefix("sector:"),
            indicator=indicator,
            count=len(frozenset().union(*(sets[one] for one in group & sets.keys()))),
        )
        for (measure, window, level, area, who, indicator), sets in sorted(known.items())
        if any(sets.get(one) for one in group) and not (latent(area) and not of.shape.agencies_of(who) <= group)
    ]
    return Knowns(agency=agency, system=tuple(sorted(system)), cells=tuple(cells))
