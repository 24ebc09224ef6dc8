"""Working days in England (Monday to Friday, except bank holidays), and calendar months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

import holidays

_ENGLAND = holidays.country_holidays("GB", subdiv="ENG")


def is_working_day(day: date) -> bool:
    """Whether a day is neither a weekend nor one of England's bank holidays."""
    return day.weekday() < 5 and day not in _ENGLAND


@lru_cache(maxsize=16_384)
def working_days_after(day: date, count: int) -> date:
    """The last of the `count` working days that follow a day. The day itself does not count.

    "Within 10 working days of D" is any day up to and including `working_days_after(D, 10)`.
    """
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


@lru_cache(maxsize=16_384)
def working_days_before(day: date, count: int) -> date:
    """The latest day D for which `working_days_after(D, count) <= day`."""
    earlier = day
    while working_days_after(earlier, count) > day:
        earlier -= timedelta(days=1)
    return earlier


def months_after(day: date, months: int) -> date:
    """The same day of the month, `months` later (earlier if negative). In a shorter month, its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
