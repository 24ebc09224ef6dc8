"""The publication ladder: which cells exist at all, as data. A new kind of cell needs a new ladder version.

The smaller the area, the longer the window and the fewer the splits (docs/protection.md#ladders).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.disclosure.cells import ANY, CellKey, Level, Shape, sector
from models.contract.fields import Closed
from models.contract.periods import PeriodKind, kind_of
from models.register.types import Schedule

Split = Literal["any", "indicator", "sector", "sector x indicator"]
MeasureName = Annotated[str, Field(pattern=r"^m[0-9]{1,2}_[a-z0-9_]{1,40}$")]


class Rung(Closed):
    """The cells of one level, window and split, for each measure named, in releases of boards with one schedule."""

    level: Level
    window: PeriodKind
    split: Split
    measures: tuple[MeasureName, ...]
    schedule: Schedule = "quarters_and_years"
    """The schedule of the boards that have this rung (`releases` in the register)."""
    zero_apart: bool = False
    """Whether low cells were shown as `0` or `1-9` instead of `<10`, on ladders up to 3. Old files hold this field."""


class Nested(Closed):
    """Every child that `part` counts is also counted by `whole`, in the same window, area and split."""

    part: MeasureName
    whole: MeasureName


class Ladder(Closed):
    """A version of the ladder. All measures count distinct children, so the same relations hold for all of them.

    Areas add up within a financial year, because a child has one home in it. Over two years, areas are a union.
    Agencies, indicators and windows are always a union.
    """

    version: Annotated[int, Field(ge=1)]
    rungs: tuple[Rung, ...]
    nested: tuple[Nested, ...] = ()
    most_indicators: Annotated[int, Field(ge=1)] | None = None
    """The greatest number of cells by indicator in which a child counts, for a measure and window."""
    own_records: tuple[MeasureName, ...] = ()
    """Measures for which a sector's own records decide its cells. Empty on ladders up to 3, where other agencies'
    records could change all of them."""

    @model_validator(mode="after")
    def _consistent(self) -> Ladder:
        cells = [(r.schedule, r.level, r.window, r.split, m) for r in self.rungs for m in r.measures]
        if len(cells) != len(set(cells)):
            raise ValueError("a cell is listed twice")
        if unknown := {n for pair in self.nested for n in (pair.part, pair.whole)} - set(self.measures):
            raise ValueError(f"nested names measures without a rung: {sorted(unknown)}")
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure on the ladder."""
        return tuple(sorted({measure for rung in self.rungs for measure in rung.measures}))

    def of(self, schedule: Schedule) -> Ladder:
        """The part of the ladder for boards with one schedule. Their releases are built on it."""
        rungs = tuple(rung for rung in self.rungs if rung.schedule == schedule)
        have = {measure for rung in rungs for measure in rung.measures}
        nested = tuple(pair for pair in self.nested if {pair.part, pair.whole} <= have)
        return self.model_copy(update={"rungs": rungs, "nested": nested})

    def grid(self, window: str, shape: Shape, measures: Collection[str] | None = None) -> list[CellKey]:
        """Every cell of the release of a window, in a fixed order that depends on no count.

        `measures` limits the cells. If the ladder has rungs of several schedules, the cells of all of them.
        """
        return sorted(
            {
                CellKey(measure, window, rung.level, area, who, indicator)
                for rung in self.rungs
                if rung.window == kind_of(window)
                for measure in rung.measures
                if measures is None or measure in measures
                for area in shape.places(rung.level)
                for who, indicator in _splits(rung.split, shape)
            }
        )


def _splits(split: Split, shape: Shape) -> Iterator[tuple[str, str]]:
    whos = [sector(name) for name in shape.sectors] if "sector" in split else [ANY]
    indicators = shape.indicators if "indicator" in split else (ANY,)
    return ((who, indicator) for who in whos for indicator in indicators)
