"""The publication ladder: which cells exist at all, as data. A new kind of cell is a new ladder version.

The finer the area, the longer the window and the fewer the splits (docs/protection.md#ladders).
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
    """Cells of one level, window and split, for each measure named, in releases of boards with one schedule."""

    level: Level
    window: PeriodKind
    split: Split
    measures: tuple[MeasureName, ...]
    schedule: Schedule = "quarters_and_years"
    """Which boards it is for, as the register says."""
    zero_apart: bool = False
    """Whether low cells said `0` or `1-9` rather than `<10`, on ladders up to 3. It is part of files written then."""


class Nested(Closed):
    """Every child that `part` counts, `whole` counts too, in the same window, area and split."""

    part: MeasureName
    whole: MeasureName


class Ladder(Closed):
    """A version of the ladder. What is counted is distinct children, so the algebra is the same for all measures.

    Areas add up in a financial year, in which a child has one home. Over two years they are a union, and agencies,
    indicators and windows always are.
    """

    version: Annotated[int, Field(ge=1)]
    rungs: tuple[Rung, ...]
    nested: tuple[Nested, ...] = ()
    most_indicators: Annotated[int, Field(ge=1)] | None = None
    """In how many cells by indicator a child counts at most, of a measure and window."""
    own_records: tuple[MeasureName, ...] = ()
    """Measures of which a sector's own records decide its cells. Empty on ladders up to 3, where others' records had a
    hand in all of them."""

    @model_validator(mode="after")
    def _consistent(self) -> Ladder:
        seen = [(r.schedule, r.level, r.window, r.split, m) for r in self.rungs for m in r.measures]
        if len(seen) != len(set(seen)):
            raise ValueError("a cell is listed twice")
        if unknown := {n for pair in self.nested for n in (pair.part, pair.whole)} - set(self.measures):
            raise ValueError(f"nested names measures without a rung: {sorted(unknown)}")
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure on the ladder."""
        return tuple(sorted({measure for rung in self.rungs for measure in rung.measures}))

    def of(self, schedule: Schedule) -> Ladder:
        """The ladder of the boards with one schedule: what their releases are built on."""
        rungs = tuple(rung for rung in self.rungs if rung.schedule == schedule)
        have = {measure for rung in rungs for measure in rung.measures}
        nested = tuple(pair for pair in self.nested if {pair.part, pair.whole} <= have)
        return self.model_copy(update={"rungs": rungs, "nested": nested})

    def grid(self, window: str, shape: Shape, measures: Collection[str] | None = None) -> list[CellKey]:
        """Every cell of the release of a window, in a fixed order that says nothing; `measures` limits it.

        With the rungs of several schedules: every cell that a release of any of them has.
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
