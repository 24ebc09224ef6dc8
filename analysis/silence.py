"""Which agencies have gone silent: an operational signal, which holds no child data and is immediate.

Pure: rows in, agencies out. An agency is silent on a day when nothing has been heard of it for four weeks at the least,
and either a return is two weeks overdue, or its own past makes so long a gap unlikely: with p the share of days on
which it recorded something in the year before it was last heard, g days without any have chance (1 - p)^g, and less
than 1 in 1,000 counts. A nil return is a sign of life; a late return of an agency that goes on sending is not silence,
nor is an agency that has never sent before its first return is overdue.
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
    """When an agency was heard: days on which its system recorded anything, and the returns it submitted."""

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
    """Periods whose return is overdue beyond the grace."""


def heard(rows: Iterable[Row]) -> Heard:
    """Signs of life in a board's current rows; the type of event does not matter, nor whether it has a token."""
    days: dict[str, set[date]] = {}
    returns = []
    for row in rows:
        if row.withdrawn:
            continue
        day = heard_on(row)
        days.setdefault(row.agency, set()).add(day)
        if row.short_type == "submission_return":
            returns.append(return_record(row))
    return Heard({agency: sorted(found) for agency, found in days.items()}, Returns(returns))


def silent_agencies(signs: Heard, agencies: Iterable[Agency], on: date) -> list[Silent]:
    """The agencies that are silent on a day, by id; later signs of life are not looked at."""
    found = []
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
            found.append(Silent(agency.id, known[-1] if known else None, tuple(reasons), overdue))
    return found


def overdue_returns(signs: Heard, agency: Agency, on: date) -> tuple[str, ...]:
    """Quarters whose return had not come two weeks after it was due."""
    duty, late = duty_of(agency), []
    for period in duty.quarters(on):
        status = duty.status(period, signs.returns.of(agency.id, period), on)
        if status is ReturnStatus.NONE and duty.due_on(period) + GRACE < on:
            late.append(period)
    return tuple(late)


def _unlikely(days: Sequence[date], gap: int) -> bool:
    """Whether so many days without a sign are rare for an agency with this past; one lone day is no past."""
    first = max(days[0], days[-1] - YEAR)
    span = max(1, (days[-1] - first).days)
    active = len(days) - bisect_right(days, first)
    quiet = 1 - min(0.99, active / span)
    return active > 0 and quiet**gap < RARE
