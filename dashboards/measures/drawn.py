"""A table by sector or agency as a picture: shares and ratios as dots, numbers as bars. Pure.

It takes what the table takes, so nothing is drawn that does not stand in the table beneath.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from analysis.measures import m18
from analysis.measures.columns import Column
from analysis.shown.measure import PageEntry, PageTable
from analysis.shown.quotients import Quotient, one_of_two, span
from analysis.training.released import ReleasedBoard
from dashboards.measures.entries import told
from dashboards.pictures.dots import dots, row
from dashboards.pictures.flow import Step, count_bars
from dashboards.pictures.rows import SHARES, Line, Row, Scale
from dashboards.words import capital, sector_words
from models.releases import CellState

TWICE = Scale(2.0, ((0.0, "none"), (0.5, "half"), (1.5, "half more"), (2.0, "twice")))
"""For multiples of what is expected."""
SEEN_TOO = "Of children whom a sector knew and of whom another recorded a sign, it recorded one too"
AS_EXPECTED = Line(1.0, "as expected")


def by_row(key: str, table: PageTable, naming: Callable[[str], str]) -> tuple[tuple[str, Markup], ...]:
    """Title and picture of the column that answers the measure's question; none if nothing can be drawn."""
    at = _chosen(table.columns)
    if at is None:
        return ()
    column = table.columns[at]
    title = capital(column.words)
    lines = [(naming(line.name), line.entries[at]) for line in table.lines if line.entries]
    if column.unit == "children":
        picture = count_bars(key, title, [step(name, column, entry) for name, entry in lines])
    else:
        ratio = column.unit == "ratio"
        rows = [_row(name, column, entry) for name, entry in lines]
        picture = dots(key, title, rows, TWICE if ratio else SHARES, expected=AS_EXPECTED if ratio else None)
    return ((title, picture),) if picture else ()


def detected(board: ReleasedBoard) -> list[tuple[str, Quotient]]:
    """Sector -> of the children whom it knew and of whom another recorded a sign, the share of whom it did too."""
    recorded, missed = (f"m18_{part}_{m18.ANY_TOPIC}" for part in ("recorded", "missed"))
    return [
        (sector, one_of_two(board.cell(recorded, sector), board.cell(missed, sector)))
        for sector in board.sectors()
        if board.has(recorded, sector) and board.has(missed, sector)
    ]


def detection(
    key: str, shares: Sequence[tuple[str, Quotient]], usual: Mapping[str, tuple[float, float]]
) -> tuple[tuple[str, Markup], ...]:
    """Title and picture of these shares; none if nothing can be drawn.

    `usual` has the range of shares that is expected of a sector, where one is.
    """
    column = Column("share", SEEN_TOO)
    rows = [
        replace(_row(sector_words(name), column, PageEntry(quotient=share)), usual=usual.get(name))
        for name, share in shares
    ]
    picture = dots(key, SEEN_TOO, rows)
    return ((SEEN_TOO, picture),) if picture else ()


def step(name: str, column: Column, entry: PageEntry) -> Step:
    """A number of children with its range, as a step or a bar."""
    shown = told(column, entry).shown.text
    cell = entry.cell
    if cell is None or cell.value is None:
        return Step(name, shown, few=cell is not None and cell.state is CellState.LOW)
    low, high = span(cell) or (cell.value, cell.value)
    return Step(name, f"{shown} (likely {low:,} to {high:,})", cell.value, low, high)


def _chosen(columns: tuple[Column, ...]) -> int | None:
    """A ratio before a share, a headline before the others, a share before a number."""
    order = {"ratio": 0, "share": 1, "children": 2}
    fits = [(order[c.unit], not c.headline, at) for at, c in enumerate(columns) if c.unit in order]
    return min(fits)[2] if fits else None


def _row(name: str, column: Column, entry: PageEntry) -> Row:
    shown, beside, _ = told(column, entry)
    text = f"{shown.text} (likely {beside})" if beside else shown.text
    quotient = entry.quotient
    if quotient is None:
        return row(name, text)
    return row(name, text, quotient.value, quotient.low, quotient.high)
