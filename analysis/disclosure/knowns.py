"""What an agency knows by itself: its own exact counts, for attacking a release as that agency would.

Made and used inside the agency's boundary: the counts are exact.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from analysis.disclosure.cells import ANY, CellKey, Level, sector
from analysis.disclosure.counting import Tally
from models.contract.fields import Closed


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

    format: Literal["ypsem.knowns.v1"] = "ypsem.knowns.v1"
    agency: Annotated[str, Field(pattern=r"^[^\s|:]{1,99}$")]
    """Register id; `a+b` when two agencies count together."""
    cut_off: str | None = None
    """The release cut-off the counts are for; None for all."""
    cells: tuple[KnownCount, ...] = Field(repr=False)

    def counts(self) -> dict[CellKey, int]:
        """By cell."""
        who = {name: ANY if name == ANY else sector(name) for name in {cell.sector for cell in self.cells}}
        return {CellKey(c.measure, c.window, c.level, c.area, who[c.sector], c.indicator): c.count for c in self.cells}


def knowns_of(tally: Tally, agency: str) -> Knowns:
    """The own counts of an agency in every cell that has any of its children."""
    cells = [
        KnownCount(
            measure=measure,
            window=window,
            level=level,
            area=area,
            sector=who.removeprefix("sector:"),
            indicator=indicator,
            count=len(sets[agency]),
        )
        for (measure, window, level, area, who, indicator), sets in sorted(tally.sets.items())
        if sets.get(agency)
    ]
    return Knowns(agency=agency, cells=tuple(cells))
