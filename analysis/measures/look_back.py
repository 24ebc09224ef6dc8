"""How far back in time a measure looks, and from which day on the board's records reach back so far.

If a child's look-back began before the records do, it would look as if nothing had been recorded earlier. So such a
child is left out, and a series begins where it can. The days follow from the register and the cut-off, never from a
record, so they say nothing about anybody (docs/adr/0032).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis.measures.workdays import months_after
from models.contract.periods import bounds
from models.register import Board, Register

LEAST_COVERED = 0.5
"""If the look-back lies within the records for a smaller share of a window's days, the window is not counted."""


@dataclass(frozen=True, slots=True)
class LookBack:
    """A number of calendar months and days back from a day. That day itself does not count."""

    months: int = 0
    days: int = 0

    def begins(self, day: date) -> date:
        """The first day that is looked at, counted back from `day`."""
        return months_after(day, -self.months) - timedelta(days=self.days)

    def within(self, records_from: date | None, day: date) -> bool:
        """Whether all of the look-back from `day` lies within the records. None: the records have no beginning."""
        return records_from is None or self.begins(day) >= records_from

    def counted_from(self, records_from: date) -> date:
        """The first day whose look-back lies within the records."""
        day = months_after(records_from, self.months) + timedelta(days=self.days)
        return day if self.within(records_from, day) else day + timedelta(days=1)


def records_from(register: Register, board: Board, on: date) -> date:
    """The first day from which a board's records are taken to be whole, as they stand on the day `on`.

    It is not before the first day for which an agency owes returns, since nobody confirms that earlier records are in.
    And it is not before the first day that is kept.
    """
    owed = min((agency.returns_from for agency in register.agencies_of(board.code)), default=date.min)
    return max(owed, board.accepted_dates(on)[0])


def covered(window: str, counted_from: date) -> float:
    """The share of a window's days that are on or after `counted_from`."""
    start, end = bounds(window)
    return max(0, (end - max(start, counted_from)).days) / (end - start).days
