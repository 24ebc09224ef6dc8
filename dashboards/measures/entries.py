"""Turns an entry of a measure's table into words on the page. Pure; each state keeps its own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from analysis.measures.columns import Column, Unit
from analysis.shown.measure import PageEntry, PageTable
from analysis.shown.quotients import Quotient
from dashboards import states
from dashboards.pictures.bars import share_bar
from dashboards.words import sector_words
from models.releases import CellState

BANDS = (CellState.LOW, CellState.ONE_TO_NINE, CellState.NONE)


class Told(NamedTuple):
    """One entry on the page: what it shows, and the range beside it."""

    shown: states.Shown
    beside: str = ""
    bar: Markup = Markup("")
    """Of a share: the same as a bar, for tables whose rows are to be compared by eye."""


class TableRow(NamedTuple):
    """One row: its name, its entries, and why it has none if it has none."""

    code: str
    name: str
    cells: tuple[Told, ...]
    absent: states.Shown | None = None
    note: str = ""
    """A note under its name, saying from which day on it counts if that is not the first."""


def rows(
    table: PageTable,
    naming: Callable[[str], str],
    absent: Mapping[str, states.Shown | None] | None = None,
    notes: Mapping[str, str] | None = None,
) -> tuple[TableRow, ...]:
    """The rows of a table. `absent` says why a window has no entries; `notes` has the note under a window."""
    why, beneath = absent or {}, notes or {}
    return tuple(
        TableRow(
            line.name,
            naming(line.name),
            tuple(told(column, entry) for column, entry in zip(table.columns, line.entries, strict=False)),
            None if line.entries else why.get(line.name, states.NOT_RELEASED),
            beneath.get(line.name, ""),
        )
        for line in table.lines
    )


def name_of(code: str) -> str:
    """A sector by name, or `Any sector`."""
    return "Any sector" if code == "any" else sector_words(code)


def told(column: Column, entry: PageEntry) -> Told:
    """What the page shows for an entry."""
    if entry.cell is not None:
        return Told(states.show(states.ReleasedCell(entry.cell.state, entry.cell.value, entry.cell.rule)))
    if entry.number is not None:
        return Told(states.Shown(f"{entry.number:,}", "", "figure"))
    if entry.quotient is None:
        return Told(states.NOT_IN_RELEASE if column.part else states.NO_BASE)
    return quotient(column.unit, entry.quotient)


def quotient(unit: Unit, result: Quotient) -> Told:
    """What the page shows for a share, rate, ratio or mean, with the range that the error of its figures allows."""
    between = ""
    if result.low is not None and result.high is not None:
        between = f"{_number(unit, result.low)} to {_number(unit, result.high)}{'%' if unit == 'share' else ''}"
    if result.value is not None:
        text = _number(unit, result.value) + ("%" if unit == "share" else "")
        bar = share_bar(result.value, result.low, result.high) if unit == "share" else Markup("")
        return Told(states.Shown(text, "", "figure"), between, bar)
    if result.why is None or result.why in (*BANDS, CellState.FIGURE):
        return Told(states.NO_RATE, between)
    return Told(states.show(states.ReleasedCell(result.why, None)))


def _number(unit: Unit, value: float) -> str:
    if unit == "share":
        return f"{100 * value:.0f}"
    return f"{value:.2f}" if unit == "ratio" else f"{value:.1f}"
