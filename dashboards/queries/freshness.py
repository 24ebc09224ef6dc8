"""How new the figures are, what waits, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from dashboards import states
from dashboards.queries.releases import Released, absent, by_window, newest_first
from models.contract.periods import bounds, quarter_of
from models.register import Board
from models.service import clock
from models.store import ServiceStateRow

SINK_SILENT = timedelta(minutes=5)


@dataclass(frozen=True)
class Freshness:
    """How new the figures are, and what comes next."""

    newest_window: str | None
    """Of the releases that are shown: the newest quarter."""
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
    # What is next is told by quarters: a year comes with the last of its own.
    quarters = [row for row in releases.values() if quarter_of(row.starts_on) == row.window]
    newest = max((row for row in quarters if row.shown), key=by_window, default=None)
    last = max(quarters, key=by_window, default=None)
    # With no release yet, the next is the last quarter that has ended.
    following = quarter_of(last.ends_before if last else bounds(quarter_of(today))[0] - timedelta(days=1))
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
