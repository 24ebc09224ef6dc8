"""Released cells as evidence: what a published figure says about the number behind it, and no more.

A figure and `<10` are evidence with a known likelihood: the release says by which rule they were made. A cell that is
withheld, not returned, not recorded, not applicable or not countable is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from analysis.disclosure.accuracy import few_words
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, Rule
from analysis.disclosure.release_file import rule_of
from models.contract.periods import bounds
from models.releases import CellState, Release
from models.releases.written import WRITTEN

Floats = npt.NDArray[np.float64]
_SLIGHT = 1e-9
Said = tuple[CellState, int | None, Rule]
"""State, value and rule of a cell. All that follows from a cell alone is kept by it: the cells of all boards say few
different things."""
_WORDS = {CellState.NONE: "none", CellState.ONE_TO_NINE: "1 to 9"}


@dataclass(frozen=True, slots=True)
class ReleasedFigure:
    """One cell as readers see it."""

    measure: str
    sector: str
    state: CellState
    value: int | None = None
    rule: Rule = STANDARD
    """How the release's figures were made."""

    @property
    def said(self) -> Said:
        """What it says of the number behind it, whatever was counted and whoever counted it."""
        return self.state, self.value, self.rule

    @property
    def is_evidence(self) -> bool:
        """A figure; low; or, on older ladders, none or 1-9."""
        return self.state in (CellState.FIGURE, CellState.LOW, *_WORDS)

    @property
    def text(self) -> str:
        """Within a sentence: a number, `about 10 or fewer, or none`, or its state."""
        if self.state is CellState.FIGURE:
            return str(self.value)
        if self.state is CellState.LOW:
            return few_words(self.rule)
        return _WORDS.get(self.state) or WRITTEN[self.state].word


@dataclass(frozen=True)
class ReleasedBoard:
    """The board-level cells of one financial year's release."""

    window: str
    cells: tuple[ReleasedFigure, ...]
    counted_from: Mapping[str, date] = field(default_factory=dict)
    """Measure that looks back -> the first day on which a child may count."""

    @classmethod
    def of(cls, release: Release) -> ReleasedBoard:
        """From a release; areas, agencies and indicators are passed over."""
        own = (c for c in release.cells if c.level == "board" and c.area == release.board)
        whole = (c for c in own if c.agency == "any" and c.indicator == "any")
        rule = rule_of(release.parameters)
        figures = tuple(ReleasedFigure(c.measure, c.sector, c.state, c.value, rule) for c in whole)
        return cls(release.window, figures, release.counted_from)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], ReleasedFigure]:
        return {(cell.measure, cell.sector): cell for cell in self.cells}

    def cell(self, measure: str, sector: str = "any") -> ReleasedFigure:
        """A cell; one that the release does not have is not applicable."""
        return self._by_name.get((measure, sector), ReleasedFigure(measure, sector, CellState.NOT_APPLICABLE))

    def has(self, measure: str, sector: str = "any") -> bool:
        """Whether the release has such a cell, whatever it says."""
        return (measure, sector) in self._by_name

    def compares(self, part: str, whole: str) -> bool:
        """Whether two counts cover the same days. A count that looks back may begin later than its whole."""
        first, last = bounds(self.window)
        starts = [max(first, self.counted_from.get(name.partition("_")[0], first)) for name in (part, whole)]
        return starts[0] == starts[1] or min(starts) >= last

    def sectors(self) -> tuple[str, ...]:
        """Sectors with any cell, in order."""
        return tuple(sorted({cell.sector for cell in self.cells} - {"any"}))


def chances(cell: ReleasedFigure) -> tuple[tuple[int, float], ...]:
    """(n, chance that the cell shows what it does when the number is n), for every n it may reasonably be."""
    return _chances(*cell.said) if cell.is_evidence else ()


@lru_cache(maxsize=2048)
def _chances(state: CellState, value: int | None, rule: Rule) -> tuple[tuple[int, float], ...]:
    if state is CellState.NONE:
        return ((0, 1.0),)
    low, high = rule.bounds(value)
    least = max(low, 1) if state is CellState.ONE_TO_NINE else low
    found = ((n, rule.likelihood(value, n)) for n in range(least, high + 1))
    return tuple((n, chance) for n, chance in found if chance > _SLIGHT)


def middle(cell: ReleasedFigure) -> float:
    """One number for a cell where a formula needs one: the figure, none, or the mean of what `<10` may be.

    By the older rule `<10` was 0 to 9, and its middle is taken.
    """
    if cell.value is not None:
        return float(cell.value)
    if cell.state is CellState.NONE:
        return 0.0
    if isinstance(cell.rule, KR5):
        return (cell.rule.lowest_figure - 1) / 2
    told = chances(cell)
    return sum(n * chance for n, chance in told) / sum(chance for _, chance in told)


def left_out(cells: Iterable[ReleasedFigure]) -> tuple[str, ...]:
    """The cells that are no evidence, named with their state."""
    return tuple(f"{c.measure} {c.sector}: {c.text}" for c in cells if not c.is_evidence)
