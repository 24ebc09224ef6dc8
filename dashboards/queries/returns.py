"""The state of each agency's returns, quarter by quarter, as every page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from analysis.ledger.records import ReturnRecord
from analysis.returns import Returns, ReturnStatus, duty_of
from models.contract.periods import quarters_in
from models.register import Register
from models.store import SubmissionRow
from models.store.remedies import Left


@dataclass(frozen=True)
class AgencyRow:
    """One agency's returns, quarter by quarter in the order of the page."""

    name: str
    returns: tuple[ReturnStatus, ...]
    incomplete_since: datetime | None = None
    """Since when records that it sent are missing because they were never read; None if none are."""


@dataclass(frozen=True)
class Received:
    """How many agencies have returned all of a window, of those whose return is due or has come."""

    returned: int
    due: int


def submitted_returns(connection: Connection, board: str) -> Returns:
    """Every return of a board, as the sink wrote it."""
    row = SubmissionRow
    rows = connection.execute(select(row.agency, row.period, row.submitted_on).where(row.board == board))
    return Returns(ReturnRecord(r.agency, r.period, r.submitted_on) for r in rows)


class BoardReturns:
    """The state of a board's returns on a day."""

    def __init__(self, register: Register, board: str, returns: Returns, today: date) -> None:
        self._agencies = register.agencies_of(board)
        self._returns = returns
        self._today = today

    def status(self, quarter: str) -> Mapping[str, ReturnStatus]:
        """Agency -> the state of its return for a quarter."""
        return {
            agency.id: duty_of(agency).status(quarter, self._returns.of(agency.id, quarter), self._today)
            for agency in self._agencies
        }

    def received(self, window: str) -> Received:
        """How many agencies have returned every quarter of a window that is due from them."""
        due: dict[str, list[ReturnStatus]] = {}
        for quarter in quarters_in(window):
            for agency, status in self.status(quarter).items():
                if status.counts_as_due:
                    due.setdefault(agency, []).append(status)
        return Received(sum(all(status.is_in for status in of_agency) for of_agency in due.values()), len(due))

    def rows(self, quarters: tuple[str, ...], left: Left) -> tuple[AgencyRow, ...]:
        """A row for each agency, by name; `left` says what is missing from the figures."""
        since = {gap.agency: gap.since for gap in left.unread if gap.agency}
        by_quarter = [self.status(quarter) for quarter in quarters]
        return tuple(
            AgencyRow(agency.name, tuple(status[agency.id] for status in by_quarter), since.get(agency.name))
            for agency in sorted(self._agencies, key=lambda a: a.name.casefold())
        )
