"""How new the figures are, what waits for approval, and which release is next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from dashboards import states
from dashboards.queries.releases import Released, absent, by_window, newest_first
from models.contract.periods import before, bounds, kind_of, period_of
from models.register import Board
from models.service import clock
from models.store import ServiceStateRow

SINK_SILENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Freshness:
    """How new the figures are, and which release is next."""

    newest_window: str | None
    """The newest quarter with a release that is shown; on a board without quarters, the newest year."""
    cut_off: datetime | None
    received_at: datetime | None
    next_window: str
    next_cut_off: date
    overdue: bool
    awaiting: tuple[str, ...]
    """Windows whose release waits for approval, newest first."""
    store_checked_at: datetime | None
    """When the sink last looked for new releases; None if it never has."""
    store_silent: bool


def freshness(connection: Connection, board: Board, releases: Mapping[str, Released], today: date) -> Freshness:
    """The freshness of a board's page."""
    # The shorter windows decide what is next: a longer window is released with the last of its parts.
    kind = board.windows[0]
    shorter = [row for row in releases.values() if kind_of(row.window) == kind]
    newest = max((row for row in shorter if row.shown), key=by_window, default=None)
    last = max(shorter, key=by_window, default=None)
    # Without any release yet, the next is for the last window that has ended.
    following = period_of(kind, last.ends_before) if last else before(period_of(kind, today))
    due = bounds(following)[1] + timedelta(days=board.cut_off_days)
    awaiting = [row for row in releases.values() if absent(row) is states.AWAITING]
    checked = connection.execute(
        select(ServiceStateRow.updated_at).where(ServiceStateRow.name == "sink")
    ).scalar_one_or_none()
    return Freshness(
        newest_window=newest.window if newest else None,
        cut_off=newest.cut_off if newest else None,
        received_at=newest.received_at if newest else None,
        next_window=following,
        next_cut_off=due,
        overdue=today > due,
        awaiting=tuple(row.window for row in newest_first(awaiting)),
        store_checked_at=checked,
        store_silent=checked is None or clock.now() - checked > SINK_SILENT,
    )
