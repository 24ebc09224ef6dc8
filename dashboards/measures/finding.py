"""What a measure's page begins with: its newest figure in a sentence, and its figures over time as pictures. Pure.

It takes what the tables take, and says it by the same rules: no figure stands here that is not in a table below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from analysis.measures.columns import Column
from analysis.measures.registry import MEASURE_WORDS
from analysis.shown.measure import PageEntry, PageTable
from analysis.shown.quotients import span
from dashboards import breaks, states
from dashboards.measures.entries import told
from dashboards.pictures.series import SeriesPoint, series
from dashboards.words import KINDS, capital, quarter, short_quarter
from models.contract.periods import before, kind_of
from models.register import Board
from models.releases import CellState

MOST = 2
"""Pictures and sentences of one table."""

FEWEST = 3
"""Windows of a picture: two figures are quicker read as numbers."""

Absent = Callable[[str], states.Shown | None]
"""Window -> why it shows nothing; None if it shows a release."""


def chosen(table: PageTable) -> list[int]:
    """The columns that are told: those of the list of all measures that are numbers of children or shares."""
    fits = [at for at, column in enumerate(table.columns) if column.unit in ("children", "share")]
    return ([at for at in fits if table.columns[at].headline] or fits)[:MOST]


def findings(board: Board, table: PageTable) -> tuple[str, ...]:
    """A sentence for each chosen column, about the newest window that shows a release; none if none does."""
    lines = {line.name: line.entries for line in table.lines if line.entries}
    if not lines:
        return ()
    newest = next(iter(lines))
    found = []
    for at in chosen(table):
        column, entry = table.columns[at], lines[newest][at]
        past = lines.get(before(newest), ())
        compared = _compared(board, newest, entry, past[at] if past else None)
        found.append(f"{_name(column)}, {quarter(newest)}: {_text(column, entry)}. {compared}".strip())
    return tuple(found)


def pictures(board: Board, key: str, table: PageTable, absent: Absent) -> tuple[tuple[str, Markup], ...]:
    """The title and picture of each chosen column over the table's windows, oldest first; none for fewer than three."""
    windows = [line.name for line in table.lines]
    drawn = []
    for at in chosen(table) if len(windows) >= FEWEST else ():
        column = table.columns[at]
        title = f"{_name(column)}, by {KINDS[kind_of(windows[0])]}"
        points = [_point(board, column, line.name, line.entries, at, absent) for line in reversed(table.lines)]
        if picture := series(f"{key}-{at}", title, points):
            drawn.append((title, picture))
    return tuple(drawn)


def _name(column: Column) -> str:
    """What is counted, or what share of whom. The heading of a number may lean on its table; its count does not."""
    return capital(MEASURE_WORDS.get(column.part, column.words) if column.unit == "children" else column.words)


def _point(
    board: Board, column: Column, window: str, entries: Sequence[PageEntry], at: int, absent: Absent
) -> SeriesPoint:
    broken = breaks.apart(board, window)
    period = short_quarter(window)
    if not entries:
        return SeriesPoint(period, (absent(window) or states.NOT_RELEASED).text, broken=broken)
    entry = entries[at]
    text = told(column, entry).shown.text
    if entry.quotient is not None and entry.quotient.value is not None:
        share = entry.quotient
        value, low, high = (None if part is None else 100 * part for part in (share.value, share.low, share.high))
        return SeriesPoint(period, text, value, low, high, broken=broken)
    if entry.cell is not None and entry.cell.value is not None:
        low, high = span(entry.cell) or (None, None)
        return SeriesPoint(period, text, entry.cell.value, low, high, broken=broken)
    few = entry.cell is not None and entry.cell.state is CellState.LOW
    return SeriesPoint(period, text, few=few, broken=broken)


def _text(column: Column, entry: PageEntry) -> str:
    """As the table shows it, with its range."""
    shown, beside, _ = told(column, entry)
    if entry.cell is not None and entry.cell.value is not None and (counts := span(entry.cell)):
        beside = f"{counts[0]:,} to {counts[1]:,}"
    return f"{shown.text} (likely {beside})" if beside else shown.text


def _compared(board: Board, window: str, entry: PageEntry, past: PageEntry | None) -> str:
    """The change on the window before, for figures; empty where there is nothing to compare."""
    if entry.cell is None or past is None or past.cell is None:
        return ""
    now, then = (states.ReleasedCell(cell.state, cell.value, cell.rule) for cell in (entry.cell, past.cell))
    change, kind = states.change(now, then, states.SEARCHED), KINDS[kind_of(window)]
    if not change:
        return ""
    if breaks.apart(board, window):
        return f"It is not compared with the {kind} before, because the series breaks."
    if change.startswith(("up ", "down ")):
        return f"That is {change} on the {kind} before."
    return f"No clear change on the {kind} before."
