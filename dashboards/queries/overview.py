"""The overview of a board: its own totals of three measures, a row a quarter, a financial year or a pair of years."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from dashboards import states
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
"""How many windows of each kind a board's page has."""
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
    """How many agencies have returned the window, and how many had when the release was cut off."""
    linked_share: str
    absent: states.Shown | None
    """Why no release is shown, or None when one is."""
    note: str
    """Of a withdrawn release: since when, and why."""


@dataclass(frozen=True)
class WindowRows:
    """The windows of one kind, newest first."""

    kind: PeriodKind
    rows: tuple[WindowRow, ...]


def shown_windows(register: Register, board: Board, today: date) -> dict[PeriodKind, tuple[str, ...]]:
    """By kind of window that the board releases, the shorter first: the last few that have ended, newest first.

    None before the board's first accepted date, nor before the first day that an agency owes returns for.
    """
    owed = min((agency.returns_from for agency in register.agencies_of(board.code)), default=date.min)
    first = max(board.accept_from or date.min, owed, _years_before(today))
    windows = windows_between(first, today, board.windows)[::-1]
    return {
        kind: tuple([window for window in windows if kind_of(window) == kind][:most])
        for kind, most in SHOWN[board.releases].items()
    }


def shown_quarters(board: Board, today: date) -> tuple[str, ...]:
    """The last eight quarters that have ended, newest first: agencies owe returns for them on every schedule."""
    first = max(board.accept_from or date.min, _years_before(today))
    return tuple(quarters_between(first, today)[::-1][:8])


def _years_before(today: date) -> date:
    """Before everything that is shown: two pairs of years that have ended begin less than four years ago."""
    return today - timedelta(days=366 * 4 + 93)


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


def window_row(
    window: str,
    releases: Mapping[str, Released],
    cells: Cells,
    population: int,
    received: Received,
    part: Collection[tuple[str, str]] = (),
) -> WindowRow:
    """The row of one window; `part` has the windows and measures that are not counted from the first day on."""
    release, earlier = releases.get(window), releases.get(before(window))
    why_not = absent(release)

    def of(row: Released | None, measure: str) -> states.ReleasedCell | None:
        return None if row is None else cells.get((row.release_id, measure))

    def changed(measure: str) -> str:
        if {(window, measure), (before(window), measure)} & set(part):
            return ""  # of other days than the window before
        return states.change(of(release, measure), of(earlier, measure))

    shown = tuple((states.show(of(release, name), why_not), changed(name)) for name in MEASURES)
    told = release is not None and why_not is None
    return WindowRow(
        window=window,
        cells=shown,
        rate=states.show_rate(of(release, MEASURES[0]), why_not, population),
        returns=_returns(received, release if told else None),
        linked_share=release.linked_share if release and told else "",
        absent=why_not,
        note=note(release),
    )


def _returns(received: Received, release: Released | None) -> str:
    """As things stand now; and at the cut-off, where the release has others, because the figures rest on those."""
    if not received.due:
        return "none due yet"
    now = f"{received.returned} of {received.due}"
    if release is None or (release.agencies_returned, release.agencies_expected) == (received.returned, received.due):
        return now
    return f"{now}; {release.agencies_returned} of {release.agencies_expected} by the cut-off"
