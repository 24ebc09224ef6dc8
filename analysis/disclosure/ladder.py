"""The publication ladder: which cells exist at all, as data. A new kind of cell is a new ladder version.

The finer the area, the longer the window and the fewer the splits (docs/protection.md#ladders).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.disclosure.cells import ANY, CellKey, Level, Shape, sector
from analysis.disclosure.windows import WindowKind, kind_of
from models.contract.fields import Closed

Split = Literal["any", "indicator", "sector", "sector x indicator"]
MeasureName = Annotated[str, Field(pattern=r"^m[0-9]{1,2}_[a-z0-9_]{1,40}$")]


class Rung(Closed):
    """Cells of one level, window and split, for each measure named."""

    level: Level
    window: WindowKind
    split: Split
    measures: tuple[MeasureName, ...]
    zero_apart: bool = False
    """Whether low cells said `0` or `1-9` rather than `<10`, on ladders up to 3. It is part of files written then."""


class Nested(Closed):
    """Every child that `part` counts, `whole` counts too, in the same window, area and split."""

    part: MeasureName
    whole: MeasureName


class Ladder(Closed):
    """A version of the ladder. What is counted is distinct children, so the algebra is the same for all measures.

    Areas add up (a child has one home area per financial year); agencies, indicators and windows are unions.
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
        seen = [(r.level, r.window, r.split, m) for r in self.rungs for m in r.measures]
        if len(seen) != len(set(seen)):
            raise ValueError("a cell is listed twice")
        if unknown := {n for pair in self.nested for n in (pair.part, pair.whole)} - set(self.measures):
            raise ValueError(f"nested names measures without a rung: {sorted(unknown)}")
        return self

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure on the ladder."""
        return tuple(sorted({measure for rung in self.rungs for measure in rung.measures}))

    def grid(self, window: str, shape: Shape, measures: Collection[str] | None = None) -> list[CellKey]:
        """Every cell of the release of a window, in a fixed order that says nothing; `measures` limits it."""
        return sorted(
            CellKey(measure, window, rung.level, area, who, indicator)
            for rung in self.rungs
            if rung.window == kind_of(window)
            for measure in rung.measures
            if measures is None or measure in measures
            for area in shape.places(rung.level)
            for who, indicator in _splits(rung.split, shape)
        )


def _splits(split: Split, shape: Shape) -> Iterator[tuple[str, str]]:
    whos = [sector(name) for name in shape.sectors] if "sector" in split else [ANY]
    indicators = shape.indicators if "indicator" in split else (ANY,)
    return ((who, indicator) for who in whos for indicator in indicators)
