"""A heat table: rows by columns, each cell its figure or its word, shaded by fixed classes. Pure.

The question that it answers: who sees what, and where is nothing seen, nothing sent or nothing to see? It is a table of
HTML, so that it can be read aloud and reflows at 320 px. Shade and pattern only repeat what the cell says in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from markupsafe import Markup, escape

from dashboards.pictures.svg import element
from models.releases import CellState

Look = Literal["level-1", "level-2", "level-3", "level-4", "few", "nothing", "not-expected"]
CLASSES: tuple[tuple[int, Look], ...] = ((100, "level-4"), (50, "level-3"), (25, "level-2"), (0, "level-1"))
"""From how many children on a figure has which shade. They are the same on every page and in every period."""
LEGEND: tuple[tuple[Look, str], ...] = (
    ("level-1", "under 25"),
    ("level-2", "25 to 49"),
    ("level-3", "50 to 99"),
    ("level-4", "100 or more"),
    ("few", "fewer than 10"),
    ("nothing", "nothing to count: the word says why"),
    ("not-expected", "not applicable: the sector is not expected to see it"),
)
"""What a reader is told beneath."""
_LOOKS: dict[CellState, Look] = {
    CellState.LOW: "few",
    CellState.ONE_TO_NINE: "few",
    CellState.NONE: "few",
    CellState.NOT_APPLICABLE: "not-expected",
}


class HeatCell(NamedTuple):
    """One cell as its table shows it."""

    text: str
    look: Look
    aloud: str = ""
    """What a screen reader adds."""


class HeatRow(NamedTuple):
    """A name and its cells, in the order of the columns."""

    name: str
    cells: tuple[HeatCell, ...]


def look_of(state: CellState, value: int | None) -> Look:
    """The shade or pattern of a released cell."""
    if value is None:
        return _LOOKS.get(state, "nothing")
    return next(look for least, look in CLASSES if value >= least)


def heat_table(key: str, caption: str, first: str, columns: Sequence[str], rows: Sequence[HeatRow]) -> Markup:
    """The table with its legend; `first` heads the names of the rows. Rows and columns stay in the caller's order."""
    heads = (element("th", escape(words), scope="col") for words in (first, *columns))
    return element(
        "div",
        element(
            "table",
            element("caption", escape(caption), id=f"{key}-caption"),
            element("thead", element("tr", *heads)),
            element("tbody", *(_row(row, columns) for row in rows)),
            class_="heat",
        ),
        legend(),
        class_="heat-frame",
        role="region",
        aria_labelledby=f"{key}-caption",
        tabindex="0",
    )


def legend() -> Markup:
    """What shades and patterns mean."""
    swatches = ((element("span", class_=f"heat-swatch heat-{look}"), words) for look, words in LEGEND)
    return element("ul", *(element("li", swatch, escape(words)) for swatch, words in swatches), class_="heat-legend")


def _row(row: HeatRow, columns: Sequence[str]) -> Markup:
    name = element("th", escape(row.name), scope="row")
    cells = (_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True))
    return element("tr", name, *cells)


def _cell(cell: HeatCell, column: str) -> Markup:
    aloud = element("span", escape(f" ({cell.aloud})"), class_="aloud") if cell.aloud else Markup("")
    look = f"heat-{cell.look}"
    return element("td", element("span", escape(cell.text)), aloud, class_=look, data_label=column)
