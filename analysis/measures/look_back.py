"""How far back in time a measure looks, and from which day on the board's records reach so far.

A child whose look-back begins before the records do would count as one of whom nothing was recorded earlier. So it is
left out, and a series begins where it can. Which days those are follows from the register and the cut-off, never from a
record: it says nothing of anybody (docs/adr/0032).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analysis.measures.workdays import months_after
from models.contract.periods import bounds
from models.register import Board, Register

LEAST_COVERED = 0.5
"""Of a window's days: where the look-back of fewer lies within records, the window is not counted at all."""


@dataclass(frozen=True, slots=True)
class LookBack:
    """So many calendar months and days back from a day, which itself does not count."""

    months: int = 0
    days: int = 0

    def begins(self, day: date) -> date:
        """The first day that is looked at, from a day."""
        return months_after(day, -self.months) - timedelta(days=self.days)

    def within(self, records_from: date | None, day: date) -> bool:
        """Whether all of it lies within records that begin on a day; None is that they always did."""
        return records_from is None or self.begins(day) >= records_from

    def counted_from(self, records_from: date) -> date:
        """The first day from which on it lies within."""
        day = months_after(records_from, self.months) + timedelta(days=self.days)
        return day if self.within(records_from, day) else day + timedelta(days=1)


def records_from(register: Register, board: Board, on: date) -> date:
    """The first day from which a board's records are taken to be whole, as they stand on a day.

    Not before the first day that an agency owes returns for, since nobody says of earlier ones that they are in; and
    not before the first that is kept.
    """
    owed = min((agency.returns_from for agency in register.agencies_of(board.code)), default=date.min)
    return max(owed, board.accepted_dates(on)[0])


def covered(window: str, counted_from: date) -> float:
    """The share of a window's days from that day on."""
    start, end = bounds(window)
    return max(0, (end - max(start, counted_from)).days) / (end - start).days
