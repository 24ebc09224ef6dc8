"""The overview of a board: its own totals of three measures, a row a quarter or a financial year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from dashboards import states
from dashboards.queries.releases import Released, absent, note
from models.contract.periods import before, kind_of, windows_between
from models.register import Board
from models.releases import CellState
from models.store import ReleaseCellRow

QUARTERS_SHOWN = 8
YEARS_SHOWN = 2
MEASURES = ("m1_children", "m9_children", "m10_children")

Cells = dict[tuple[str, str], states.ReleasedCell]


@dataclass(frozen=True)
class WindowRow:
    """One window of the figures: the cells of the three measures, and how far to rely on them."""

    window: str
    cells: tuple[tuple[states.Shown, str], ...]
    """One per measure, with the change on the window before in words."""
    rate: states.Shown
    agencies: str
    linked_share: str
    absent: states.Shown | None
    """Why no release is shown, or None when one is."""
    note: str
    """Of a withdrawn release: since when, and why."""


def shown_windows(board: Board, today: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The last eight quarters and the last two financial years that have ended, newest first.

    None before the board's first accepted date.
    """
    # Two financial years that have ended begin at most three years and a quarter ago.
    first = max(board.accept_from or date.min, today - timedelta(days=366 * 3 + 93))
    windows = windows_between(first, today)[::-1]
    quarters = [window for window in windows if kind_of(window) == "quarter"]
    years = [window for window in windows if kind_of(window) == "year"]
    return tuple(quarters[:QUARTERS_SHOWN]), tuple(years[:YEARS_SHOWN])


def own_cells(connection: Connection, releases: Iterable[Released], board: str) -> Cells:
    """(release id, measure) -> the board's own cell, over all sectors, agencies and indicators."""
    row = ReleaseCellRow
    rules = {one.release_id: one.rule for one in releases}
    found = connection.execute(
        select(row.release_id, row.measure, row.state, row.value).where(
            row.release_id.in_(rules),
            row.measure.in_(MEASURES),
            row.level == "board",
            row.area == board,
            row.sector == "any",
            row.agency == "any",
            row.indicator == "any",
        )
    )
    return {
        (r.release_id, r.measure): states.ReleasedCell(CellState(r.state), r.value, rules[r.release_id]) for r in found
    }


def window_row(window: str, releases: Mapping[str, Released], cells: Cells, population: int) -> WindowRow:
    """The row of one window."""
    release, earlier = releases.get(window), releases.get(before(window))
    why_not = absent(release)

    def of(row: Released | None, measure: str) -> states.ReleasedCell | None:
        return None if row is None else cells.get((row.release_id, measure))

    shown = tuple(
        (states.show(of(release, name), why_not), states.change(of(release, name), of(earlier, name)))
        for name in MEASURES
    )
    told = release is not None and why_not is None
    return WindowRow(
        window=window,
        cells=shown,
        rate=states.show_rate(of(release, MEASURES[0]), why_not, population),
        agencies=f"{release.agencies_returned} of {release.agencies_expected}" if release and told else "",
        linked_share=release.linked_share if release and told else "",
        absent=why_not,
        note=note(release),
    )
