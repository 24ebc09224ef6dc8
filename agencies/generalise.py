"""Makes exact facts coarse at the agency: ages into bands, times into hour bands, lengths into duration bands.

Pure functions (docs/protection.md#at-the-agency). Where a date has no time, a band is given only when every
possible time gives the same one; otherwise it is `unknown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.contract.codes import AgeBand, DurationBand, HourBand, YesNo
from models.register import Ward
from models.service.clock import LONDON

_HOUR = timedelta(hours=1)
_DURATIONS = (
    (6 * _HOUR, DurationBand.LT_6H),
    (24 * _HOUR, DurationBand.H6_24),
    (72 * _HOUR, DurationBand.D1_3),
    (168 * _HOUR, DurationBand.D3_7),
)
_AGES = ((10, AgeBand.A0_9), (12, AgeBand.A10_11), (14, AgeBand.A12_13), (16, AgeBand.A14_15), (18, AgeBand.A16_17))
_YEAR_GROUP = re.compile(r"^(?:year|yr|y)?\s*([0-9]{1,2})$")
_EARLY_YEARS = frozenset({"n", "n1", "n2", "nursery", "r", "reception", "rec"})

SMALLEST_CELL = 100
"""Fewest under-18s of one age band in a ward before the town is sent instead."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A London date, with the time of day when the source has one."""

    day: date
    clock: time | None = None

    @property
    def earliest(self) -> datetime:
        """The first instant it can mean, UTC."""
        return datetime.combine(self.day, self.clock or time(0), LONDON).astimezone(UTC)

    @property
    def latest(self) -> datetime:
        """The first instant it can no longer mean, UTC; equal to `earliest` when the time is known."""
        if self.clock is not None:
            return self.earliest
        return datetime.combine(self.day + timedelta(days=1), time(0), LONDON).astimezone(UTC)

    def before(self, other: Moment) -> bool:
        """Whether it was certainly before `other`, to the precision both have."""
        if self.clock is None or other.clock is None:
            return self.day < other.day
        return self.earliest < other.earliest


def hour_band(moment: Moment) -> str:
    """`12-18` from a time of day; `not_recorded` when there is none."""
    if moment.clock is None:
        return HourBand.NOT_RECORDED.value
    return (HourBand.NIGHT, HourBand.MORNING, HourBand.AFTERNOON, HourBand.EVENING)[moment.clock.hour // 6].value


def _band(length: timedelta) -> DurationBand:
    return next((band for limit, band in _DURATIONS if length < limit), DurationBand.GT_7D)


def duration_band(start: Moment, end: Moment | None) -> str:
    """Class of an episode's length; `open` without an end; `unknown` when the dates alone cannot tell.

    An end that is before the start, to the precision given, is `unknown` too: refusing it is the reader's business.
    """
    if end is None:
        return DurationBand.OPEN.value
    exact = start.clock is not None and end.clock is not None
    shortest, longest = end.earliest - start.latest, end.latest - start.earliest
    if exact:
        return _band(shortest).value if shortest >= timedelta(0) else DurationBand.UNKNOWN.value
    if longest <= timedelta(0):
        return DurationBand.UNKNOWN.value
    # Both ends of the range are exclusive: the length lies strictly between them.
    low = _band(max(shortest, timedelta(0)))
    high = _band(longest - timedelta(microseconds=1))
    return low.value if low is high else DurationBand.UNKNOWN.value


def within_72h(returned: Moment | None, completed: Moment | None) -> str:
    """Whether an interview was completed within 72 hours of return; `unknown` when dates alone cannot tell."""
    if returned is None or completed is None:
        return YesNo.NOT_RECORDED.value
    limit = 72 * _HOUR
    shortest, longest = completed.earliest - returned.latest, completed.latest - returned.earliest
    if returned.clock is not None and completed.clock is not None:
        return (
            YesNo.YES if timedelta(0) <= shortest <= limit else YesNo.NO if shortest > limit else YesNo.UNKNOWN
        ).value
    if completed.before(returned):
        return YesNo.UNKNOWN.value
    if longest <= limit:
        return YesNo.YES.value
    return (YesNo.NO if shortest >= limit else YesNo.UNKNOWN).value


def age_on(born: date, day: date) -> int:
    """Completed years on a day; one born on 29 February has birthdays on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_band(age: int) -> str:
    """Band of an age in completed years; raises `ValueError` outside 0-25, which the contract has no band for."""
    if not 0 <= age <= 25:
        raise ValueError("no band for this age")
    return next((band for limit, band in _AGES if age < limit), AgeBand.A18_25).value


def age_band_of_year_group(year_group: str, on: date) -> str:
    """The likelier band of a child in an English school year group on a day; raises `ValueError` on other text.

    A child in year n is n + 4 on 1 September and n + 5 by 31 August. Years 6, 8, 10 and 12 lie in one band whatever
    the day; in 7, 9 and 11 it is the band of most of the year group: n + 4 until February, n + 5 from March.
    """
    text = year_group.strip().casefold()
    if text in _EARLY_YEARS:
        return AgeBand.A0_9.value
    found = _YEAR_GROUP.match(text)
    if found is None or not 1 <= int(found[1]) <= 14:
        raise ValueError("not a school year group")
    return age_band(int(found[1]) + (5 if 3 <= on.month <= 8 else 4))


def population_of_band(ward: Ward, band: str) -> int | None:
    """Estimate of a ward's under-18s in an age band, from the register's two public figures; None for other bands.

    A band of two years within 10-17 is taken as a quarter of that figure, 0-9 as the rest: single years of age differ
    by little against the floor, and the register holds no finer public estimate.
    """
    if band == AgeBand.A0_9.value:
        return max(ward.population_under_18 - ward.population_10_17, 0)
    if band in {AgeBand.A10_11.value, AgeBand.A12_13.value, AgeBand.A14_15.value, AgeBand.A16_17.value}:
        return ward.population_10_17 // 4  # four bands of two years share ages 10-17
    return None


def floored_area(ward: Ward, band: str) -> str:
    """The ward's code, or its town's where too few children of that age live in the ward."""
    people = population_of_band(ward, band)
    if people is None:
        # 18-25, unknown, not recorded: the register has no estimate of them; the under-18s stand for the ward's size.
        people = ward.population_under_18
    return ward.code if people >= SMALLEST_CELL else ward.town
