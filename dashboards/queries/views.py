"""The views of one release, as data: which cells they show, and what makes the rows and the columns.

A view is offered only for a release that has such cells: no combination is worked out from others.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

Dim = Literal["measure", "area", "sector", "indicator"]


class Kind(NamedTuple):
    """A kind of cell: its level, and whether it is split by sector and by indicator."""

    level: str
    by_sector: bool = False
    by_indicator: bool = False


class View(NamedTuple):
    """One view of a release."""

    name: str
    """Its name in the address of the page."""
    label: str
    kind: Kind
    rows: Dim
    columns: Dim | None

    @property
    def one_measure(self) -> bool:
        """Whether a measure must be chosen, as neither rows nor columns are measures."""
        return "measure" not in (self.rows, self.columns)


VIEWS = (
    View("board", "Whole board", Kind("board"), "measure", None),
    View("sector", "By sector", Kind("board", by_sector=True), "measure", "sector"),
    View("indicator", "By indicator", Kind("board", by_indicator=True), "indicator", "measure"),
    View(
        "sector-indicator",
        "By indicator and sector",
        Kind("board", by_sector=True, by_indicator=True),
        "indicator",
        "sector",
    ),
    View("town", "Towns", Kind("town"), "area", "measure"),
    View("town-sector", "Towns by sector", Kind("town", by_sector=True), "area", "sector"),
    View("town-indicator", "Towns by indicator", Kind("town", by_indicator=True), "indicator", "area"),
    View("ward", "Wards", Kind("ward"), "area", "measure"),
)


def offered(kinds: Collection[Kind]) -> tuple[View, ...]:
    """The views of a release that has these kinds of cells."""
    return tuple(view for view in VIEWS if view.kind in kinds)
