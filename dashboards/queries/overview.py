"""The overview of a board: its own totals of three measures, a row for each quarter, year or pair of years."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from dashboards import breaks, states
from dashboards.queries.releases import Released, absent, note
from dashboards.queries.returns import Received
from models.contract.periods import PeriodKind, before, kind_of, quarters_between, windows_between
from models.register import Board, Register
from models.register.types import Schedule
from models.releases import CellState
from models.store import ReleaseCellRow

SHOWN: Mapping[Schedule, Mapping[PeriodKind, int]] = {
    "quarters_and_years": {"quarter": 8, "year": 2},
    "years_and_pairs_of_years": {"year": 3, "pair": 2},
}
"""Schedule -> kind of window -> how many of these a board's page shows."""
MEASURES = ("m1_children", "m9_children", "m10_children")

Cells = dict[tuple[str, str], states.ReleasedCell]


@dataclass(frozen=True)
class WindowRow:
    """One window of the figures: the cells of the three measures, and how far to rely on them."""

    window: str
    cells: tuple[tuple[states.Shown, str], ...]
    """One per measure, with the change on the window before in words."""
    rate: states.Shown
    returns: str
    """How many agencies have returned the window by now, and how many had by the cut-off."""
    linked_share: str
    absent: states.Shown | None
    """Why no release is shown, or None when one is."""
    note: str
    """For a withdrawn release: when and why. For a shown one: where the series breaks. Else empty."""


@dataclass(frozen=True)
class WindowRows:
    """The windows of one kind, newest first."""

    kind: PeriodKind
    rows: tuple[WindowRow, ...]


def shown_windows(register: Register, board: Board, today: date) -> dict[PeriodKind, tuple[str, ...]]:
    """Kind of window that the board releases, the shorter first -> the last few that have ended, newest first.

    No window is before the board's first accepted date, or before the first day that an agency owes returns for.
    """
    owed = min((agency.returns_from for agency in register.agencies_of(board.code)), default=date.min)
    first = max(board.accept_from or date.min, owed, _years_before(today))
    windows = windows_between(first, today, board.windows)[::-1]
    return {
        kind: tuple([window for window in windows if kind_of(window) == kind][:most])
        for kind, most in SHOWN[board.releases].items()
    }


def shown_quarters(board: Board, today: date) -> tuple[str, ...]:
    """The last eight quarters that have ended, newest first. Agencies owe returns by quarter on every schedule."""
    first = max(board.accept_from or date.min, _years_before(today))
    return tuple(quarters_between(first, today)[::-1][:8])


def _years_before(today: date) -> date:
    """A day before everything that is shown: the last two ended pairs of years began less than four years ago."""
    return today - timedelta(days=366 * 4 + 93)


def own_cells(connection: Connection, releases: Iterable[Released], board: str) -> Cells:
    """(release id, measure) -> the board's own cell, over all sectors, agencies and indicators."""
    row = ReleaseCellRow
    rules = {release.release_id: release.rule for release in releases}
    rows = connection.execute(
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
        (r.release_id, r.measure): states.ReleasedCell(CellState(r.state), r.value, rules[r.release_id]) for r in rows
    }


def window_row(
    window: str,
    releases: Mapping[str, Released],
    cells: Cells,
    population: int,
    received: Received,
    board: Board,
    part: Collection[tuple[str, str]] = (),
) -> WindowRow:
    """The row of one window. `part` has the windows and measures that do not count from the first day of the window."""
    release, earlier = releases.get(window), releases.get(before(window))
    why_not = absent(release)

    def cell_of(row: Released | None, measure: str) -> states.ReleasedCell | None:
        return None if row is None else cells.get((row.release_id, measure))

    def change_of(measure: str) -> str:
        if {(window, measure), (before(window), measure)} & set(part):
            return ""  # the two windows count different parts of their days
        told = states.change(cell_of(release, measure), cell_of(earlier, measure))
        return breaks.NOT_COMPARED if told and breaks.apart(board, window) else told

    shown = tuple((states.show(cell_of(release, name), why_not), change_of(name)) for name in MEASURES)
    is_shown = release is not None and why_not is None
    return WindowRow(
        window=window,
        cells=shown,
        rate=states.show_rate(cell_of(release, MEASURES[0]), why_not, population),
        returns=_returns(received, release if is_shown else None),
        linked_share=release.linked_share if release and is_shown else "",
        absent=why_not,
        note=" ".join(filter(None, (note(release), *(_breaks(board, window, release, earlier) if is_shown else ())))),
    )


def _breaks(board: Board, window: str, release: Released | None, earlier: Released | None) -> tuple[str, ...]:
    return breaks.of_window(board, window, release, earlier if earlier is not None and earlier.shown else None)


def _returns(received: Received, release: Released | None) -> str:
    """How many agencies returned by now, and by the cut-off if that differs, because the figures rest on the latter."""
    if not received.due:
        return "none due yet"
    now = f"{received.returned} of {received.due}"
    if release is None or (release.agencies_returned, release.agencies_expected) == (received.returned, received.due):
        return now
    return f"{now}; {release.agencies_returned} of {release.agencies_expected} by the cut-off"
