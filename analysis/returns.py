"""Which submission returns an agency owes, which have arrived, and when. All rules about returns are in this module.

A return is an agency's statement that all events of a period are in. An agency owes a return for each quarter that ends
after its first day of owing. It is due a number of days after the quarter ends (both are in the register). An agency
may send monthly returns instead: a quarter is in once all its months are, and a financial year once its quarters are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from analysis.ledger.records import ReturnRecord
from models.contract.periods import bounds, parts, quarters_between, quarters_in
from models.register import Agency


class ReturnStatus(StrEnum):
    """The status of one agency's return for a quarter on a day."""

    RETURNED = "returned"
    LATE = "returned late"
    NONE = "no return"
    """It has not arrived, and the due date has passed."""
    NOT_DUE = "not due yet"
    NOT_REQUIRED = "not required"
    """The quarter ended before the agency's duty to return began."""

    @property
    def counts_as_due(self) -> bool:
        """Whether the return has arrived, or should have arrived by now."""
        return self not in (ReturnStatus.NOT_DUE, ReturnStatus.NOT_REQUIRED)

    @property
    def is_in(self) -> bool:
        """Whether the return has arrived, late or not."""
        return self in (ReturnStatus.RETURNED, ReturnStatus.LATE)


@dataclass(frozen=True, slots=True)
class ReturnDuty:
    """From which day an agency owes returns, and how many days after the end of a quarter each is due."""

    returns_from: date
    due_days: int

    def owes(self, period: str) -> bool:
        """Whether the agency owes a return for a period, because the period ends after the first day of owing."""
        return bounds(period)[1] > self.returns_from

    def due_on(self, period: str) -> date:
        """The last day on which a return for the period is on time."""
        return due_on(period, self.due_days)

    def quarters(self, until: date) -> list[str]:
        """All quarters for which a return is owed and that end on or before a day."""
        return quarters_between(self.returns_from, until)

    def status(self, period: str, came: ReturnRecord | None, on: date) -> ReturnStatus:
        """The status of the return for a period on a day. A return submitted after that day has not arrived yet."""
        if came is not None and came.submitted_on <= on:
            return ReturnStatus.RETURNED if came.submitted_on <= self.due_on(period) else ReturnStatus.LATE
        if not self.owes(period):
            return ReturnStatus.NOT_REQUIRED
        return ReturnStatus.NONE if on > self.due_on(period) else ReturnStatus.NOT_DUE


def duty_of(agency: Agency) -> ReturnDuty:
    """The duty of an agency, from the register."""
    return ReturnDuty(agency.returns_from, agency.returns_due_days)


def due_on(period: str, due_days: int) -> date:
    """The last day on which a return for a period is on time."""
    return bounds(period)[1] + timedelta(days=due_days)


class Returns:
    """The returns of a board, by agency. If an agency sends several for one period, the first counts, so that sending
    again never makes a return late."""

    def __init__(self, submitted: Iterable[ReturnRecord]) -> None:
        self._by_agency: dict[str, dict[str, ReturnRecord]] = {}
        for record in submitted:
            of_agency = self._by_agency.setdefault(record.agency, {})
            earlier = of_agency.get(record.period)
            if earlier is None or record.submitted_on < earlier.submitted_on:
                of_agency[record.period] = record

    def __iter__(self) -> Iterator[ReturnRecord]:
        for of_agency in self._by_agency.values():
            yield from of_agency.values()

    def of(self, agency: str, period: str) -> ReturnRecord | None:
        """An agency's return for a period: the one sent for it, or those of all its parts, whichever came first."""
        return _assembled(period, self._by_agency.get(agency, {}))

    def any_quarter(self, agency: str, window: str) -> bool:
        """Whether the agency has sent a return for at least one quarter of a window."""
        return any(self.of(agency, quarter) is not None for quarter in quarters_in(window))


def _assembled(period: str, submitted: Mapping[str, ReturnRecord]) -> ReturnRecord | None:
    whole = submitted.get(period)
    pieces = [_assembled(part, submitted) for part in parts(period)]
    complete = [piece for piece in pieces if piece is not None]
    if not pieces or len(complete) < len(pieces):
        return whole
    last = max(piece.submitted_on for piece in complete)
    together = ReturnRecord(complete[0].agency, period, last, all(piece.nil for piece in complete))
    return together if whole is None or together.submitted_on < whole.submitted_on else whole
