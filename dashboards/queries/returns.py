"""Where each agency's returns stand, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from dashboards import states
from models.contract.periods import parts
from models.register import Register
from models.store import SubmissionRow
from models.store.remedies import Left


@dataclass(frozen=True)
class AgencyRow:
    """One agency's returns, quarter by quarter in the order of the page."""

    name: str
    returns: tuple[states.Return, ...]
    incomplete_since: datetime | None = None
    """Since when records that it sent are missing, that nobody has read."""


def agency_rows(
    connection: Connection, register: Register, board: str, quarters: tuple[str, ...], today: date, left: Left
) -> tuple[AgencyRow, ...]:
    """A row for each agency of the board, by name; `left` is what its figures lack."""
    since = {one.agency: one.since for one in left.unread if one.agency}
    periods = [*quarters, *(month for quarter in quarters for month in parts(quarter))]
    returned: dict[str, dict[str, bool]] = {}
    for row in connection.execute(
        select(SubmissionRow.agency, SubmissionRow.period, SubmissionRow.on_time).where(
            SubmissionRow.board == board, SubmissionRow.period.in_(periods)
        )
    ):
        returned.setdefault(row.agency, {})[row.period] = row.on_time
    return tuple(
        AgencyRow(
            agency.name,
            tuple(
                states.return_state(
                    quarter, returned.get(agency.id, {}), agency.returns_from, agency.returns_due_days, today
                )
                for quarter in quarters
            ),
            since.get(agency.name),
        )
        for agency in sorted(register.agencies_of(board), key=lambda a: a.name.casefold())
    )
