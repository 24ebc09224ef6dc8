"""Which agencies have gone silent: an operational signal that holds no child data and is published at once.

An agency is silent on a day if it has recorded and submitted nothing for at least four weeks, and either a return is
two weeks overdue, or its own past makes so long a gap unlikely. Let p be the share of days with a record in the year
before its last record. Then g days without any have the chance (1 - p)^g, and a chance below 1 in 1,000 counts. A nil
return counts as activity. An agency that keeps sending is not silent, even if a return is late. An agency that has
never sent anything is not silent before its first return is overdue.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from analysis.ledger.parse import heard_on, return_record
from analysis.ledger.row import Row
from analysis.returns import Returns, ReturnStatus, duty_of
from models.register import Agency

GRACE = timedelta(days=14)
LEAST_GAP_DAYS = 28
RARE = 0.001
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Heard:
    """The activity of a board's agencies: the days on which they recorded or submitted anything, and their returns."""

    days: Mapping[str, Sequence[date]]
    """Agency -> distinct days, ascending."""
    returns: Returns


@dataclass(frozen=True, slots=True)
class Silent:
    """A silent agency. `reasons` are `return_overdue`, `nothing_recorded` or `never_heard`."""

    agency: str
    last_heard: date | None
    reasons: tuple[str, ...]
    overdue: tuple[str, ...] = field(default=())
    """The periods whose return is more than `GRACE` overdue."""


def heard(rows: Iterable[Row]) -> Heard:
    """The activity in a board's current rows. Events of all types count, with or without a token."""
    days: dict[str, set[date]] = {}
    returns = []
    for row in rows:
        if row.withdrawn:
            continue
        day = heard_on(row)
        days.setdefault(row.agency, set()).add(day)
        if row.short_type == "submission_return":
            returns.append(return_record(row))
    return Heard({agency: sorted(its_days) for agency, its_days in days.items()}, Returns(returns))


def silent_agencies(signs: Heard, agencies: Iterable[Agency], on: date) -> list[Silent]:
    """The agencies that are silent on a day, sorted by id. Later activity is ignored."""
    silent = []
    for agency in sorted(agencies, key=lambda a: a.id):
        if agency.returns_from > on:
            continue
        days = signs.days.get(agency.id, ())
        known = days[: bisect_right(days, on)]
        overdue = overdue_returns(signs, agency, on)
        gap = (on - max(known[-1] if known else agency.returns_from, agency.returns_from)).days
        reasons = []
        if gap >= LEAST_GAP_DAYS:
            if overdue:
                reasons.append("return_overdue")
            if not known and overdue:
                reasons.append("never_heard")
            elif known and _unlikely(known, gap):
                reasons.append("nothing_recorded")
        if reasons:
            silent.append(Silent(agency.id, known[-1] if known else None, tuple(reasons), overdue))
    return silent


def overdue_returns(signs: Heard, agency: Agency, on: date) -> tuple[str, ...]:
    """The quarters whose return has not arrived and was due more than two weeks before a day."""
    duty, late = duty_of(agency), []
    for period in duty.quarters(on):
        status = duty.status(period, signs.returns.of(agency.id, period), on)
        if status is ReturnStatus.NONE and duty.due_on(period) + GRACE < on:
            late.append(period)
    return tuple(late)


def _unlikely(days: Sequence[date], gap: int) -> bool:
    """Whether a gap of so many days is rare for an agency with this past. A single day is not enough of a past."""
    first = max(days[0], days[-1] - YEAR)
    span = max(1, (days[-1] - first).days)
    active = len(days) - bisect_right(days, first)
    quiet = 1 - min(0.99, active / span)
    return active > 0 and quiet**gap < RARE
