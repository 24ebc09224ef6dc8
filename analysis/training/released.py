"""Released cells as evidence: what a published figure says about the number behind it, and no more.

KR5 publishes a multiple of 5 near the true number, at most 4 off, or "fewer than 10". Both are evidence with a known
likelihood (disclosure.md 2.4); a cell that is withheld, not returned, not recorded or not applicable is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from models.releases import CellState, Release

Floats = npt.NDArray[np.float64]
BASE = 5
_WORDS = {CellState.LOW: "fewer than 10, or none", CellState.NONE: "none", CellState.ONE_TO_NINE: "1 to 9"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as readers see it."""

    measure: str
    sector: str
    state: CellState
    value: int | None = None

    @property
    def is_evidence(self) -> bool:
        """A figure; none; or low or 1-9, which are bounds."""
        return self.state in (CellState.FIGURE, *_WORDS)

    @property
    def text(self) -> str:
        """As on every page: a number, `fewer than 10, or none`, or its state."""
        if self.state is CellState.FIGURE:
            return str(self.value)
        return _WORDS.get(self.state) or str(self.state).replace("_", " ")


@dataclass(frozen=True)
class Board:
    """The board-level cells of one financial year's release."""

    window: str
    cells: tuple[Shown, ...]

    @classmethod
    def of(cls, release: Release) -> Board:
        """From a release; areas, agencies and indicators are passed over."""
        whole = (c for c in release.cells if c.level == "board" and c.agency == "any" and c.indicator == "any")
        return cls(release.window, tuple(Shown(c.measure, c.sector, c.state, c.value) for c in whole))

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], Shown]:
        return {(cell.measure, cell.sector): cell for cell in self.cells}

    def cell(self, measure: str, sector: str = "any") -> Shown:
        """A cell; one that the release does not have is not applicable."""
        return self._by_name.get((measure, sector), Shown(measure, sector, CellState.NOT_APPLICABLE))

    def has(self, measure: str, sector: str = "any") -> bool:
        """Whether the release has such a cell, whatever it says."""
        return (measure, sector) in self._by_name

    def sectors(self) -> tuple[str, ...]:
        """Sectors with any cell, in order."""
        return tuple(sorted({cell.sector for cell in self.cells} - {"any"}))


@lru_cache(maxsize=512)
def chances(state: CellState, value: int | None) -> tuple[tuple[int, float], ...]:
    """(n, chance that KR5 publishes this when the number is n), for every n it can be.

    Rounding goes to the multiple below or above with a chance in proportion; under 5 it is always low. The dominance
    floor (at most one step up, when one agency knows nearly all) is left out: it moves a figure up by 5 now and then.
    """
    if state is CellState.NONE:
        return ((0, 1.0),)
    if state in (CellState.LOW, CellState.ONE_TO_NINE):
        least = 1 if state is CellState.ONE_TO_NINE else 0
        return tuple((n, 1.0 if n < BASE else 1 - (n - BASE) / BASE) for n in range(least, 2 * BASE))
    if state is not CellState.FIGURE or value is None:
        return ()
    near = range(value - BASE + 1, value + BASE)
    return tuple((n, 1 - abs(value - n) / BASE) for n in near if n >= BASE)


def middle(cell: Shown) -> float:
    """One number for a cell where a formula needs one: the figure, none, or the middle of a bound."""
    if cell.value is not None:
        return float(cell.value)
    return 0.0 if cell.state is CellState.NONE else 4.5


def left_out(cells: Iterable[Shown]) -> tuple[str, ...]:
    """The cells that are no evidence, named with their state (decision 18)."""
    return tuple(f"{c.measure} {c.sector}: {c.text}" for c in cells if not c.is_evidence)
