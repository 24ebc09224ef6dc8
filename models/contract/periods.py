"""The calendar: months, quarters, financial years and pairs of financial years, in London dates.

Only this module reads, writes and bounds names of periods. Periods are half open:
`2026Q1` is 1 January up to, not including, 1 April.

- `2026-01` is a month, `2026Q1` a quarter: agencies return by these.
- `2025FY` is the financial year from 1 April 2025 up to 1 April 2026: the quarters 2025Q2 to 2026Q1.
- `2024FY2` is the pair of financial years from 1 April 2024 up to 1 April 2026. A pair ends with every
  year, so that two pairs that follow each other share a year.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal

PeriodKind = Literal["month", "quarter", "year", "pair"]
RETURN_NAME: Final = r"[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2]))"
"""As a regular expression: what agencies return by, a quarter or a month."""
WINDOW_NAME: Final = r"[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2])|FY2?)"
"""As a regular expression: what a figure can be for, which is every period there is."""
YEAR_NAME: Final = r"[0-9]{4}FY"
"""As a regular expression: a financial year."""
_NAME = re.compile(WINDOW_NAME)


@cache
def kind_of(period: str) -> PeriodKind:
    """The kind of period that a name has; raises `ValueError` for any other text."""
    match = _NAME.fullmatch(period)
    if match is None:
        raise ValueError(
            "a period is a month 2025-05, a quarter 2025Q2, a financial year 2025FY or a pair of years 2024FY2"
        )
    if match[1].startswith("FY"):
        return "pair" if match[1] == "FY2" else "year"
    return "quarter" if match[1].startswith("Q") else "month"


@cache
def bounds(period: str) -> tuple[date, date]:
    """First day and first day after; raises `ValueError` for anything that is not a period."""
    kind, year = kind_of(period), int(period[:4])
    if kind in ("year", "pair"):
        return date(year, 4, 1), date(year + (2 if kind == "pair" else 1), 4, 1)
    last = 3 * int(period[5]) if kind == "quarter" else int(period[5:])
    first = last - 2 if kind == "quarter" else last
    return date(year, first, 1), date(year + last // 12, last % 12 + 1, 1)


def month_of(day: date) -> str:
    """The month a day lies in."""
    return f"{day.year}-{day.month:02d}"


def quarter_of(day: date) -> str:
    """The quarter a day lies in."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def financial_year_of(day: date) -> str:
    """The financial year a day lies in."""
    return f"{day.year - (day.month < 4)}FY"


@cache
def last_year_of(period: str) -> str:
    """The financial year that a period ends in: of all but a pair, the one that it lies in."""
    return financial_year_of(bounds(period)[1] - timedelta(days=1))


@cache
def years_of(period: str) -> tuple[str, ...]:
    """The financial years that a period has days in: two for a pair, else one."""
    first = financial_year_of(bounds(period)[0])
    return tuple(dict.fromkeys((first, last_year_of(period))))


@cache
def parts(period: str) -> tuple[str, ...]:
    """The next shorter periods that make it up: years, quarters, months; a month has none."""
    kind = kind_of(period)
    if kind == "pair":
        return years_of(period)
    if kind == "month":
        return ()
    day, end = bounds(period)
    names = []
    while day < end:
        names.append(quarter_of(day) if kind == "year" else month_of(day))
        day = bounds(names[-1])[1]
    return tuple(names)


@cache
def quarters_in(period: str) -> tuple[str, ...]:
    """The whole quarters of a period, oldest first: none of a month."""
    if kind_of(period) == "quarter":
        return (period,)
    return tuple(quarter for part in parts(period) for quarter in quarters_in(part))


@cache
def containing(period: str) -> tuple[str, ...]:
    """The period itself and the longer ones that it lies in, shortest first: a year lies in two pairs."""
    kind = kind_of(period)
    if kind == "pair":
        return (period,)
    start = bounds(period)[0]
    year = financial_year_of(start)
    pairs = _pair_ending(year), _pair_starting(year)
    if kind == "year":
        return (period, *pairs)
    own = (period,) if kind == "month" else ()
    return (*own, quarter_of(start), year, *pairs)


def period_of(kind: PeriodKind, day: date) -> str:
    """The period of a kind that a day lies in; of the two pairs, the one that ends first."""
    if kind == "pair":
        return _pair_ending(financial_year_of(day))
    return {"month": month_of, "quarter": quarter_of, "year": financial_year_of}[kind](day)


@cache
def before(period: str) -> str:
    """The period of the same kind that ends where this one begins: before a pair, the two years before its first."""
    return period_of(kind_of(period), bounds(period)[0] - timedelta(days=1))


def quarters_between(first: date, last: date) -> list[str]:
    """Every quarter that ends on or before `last`, from the one `first` lies in."""
    quarters: list[str] = []
    start = bounds(quarter_of(first))[0]
    while True:
        name = quarter_of(start)
        end = bounds(name)[1]
        if end > last:
            return quarters
        quarters.append(name)
        start = end


def quarters_within(start: date, end: date) -> list[str]:
    """Every quarter that lies whole within [start, end)."""
    return [quarter for quarter in quarters_between(start, end) if bounds(quarter)[0] >= start]


def windows_between(first: date, last: date, kinds: Collection[PeriodKind] = ("quarter", "year")) -> list[str]:
    """Every period of these kinds that is whole between the quarter of `first` and `last`, by end, shortest first.

    A year is listed only with all its quarters, and a pair with both its years. Months are never listed.
    """
    quarters = quarters_between(first, last)
    whole, windows = set(quarters), list[str]()
    for quarter in quarters:
        for window in containing(quarter):
            if (
                kind_of(window) in kinds
                and bounds(window)[1] == bounds(quarter)[1]
                and whole.issuperset(quarters_in(window))
            ):
                windows.append(window)
    return windows


def _pair_starting(year: str) -> str:
    return f"{year}2"


def _pair_ending(year: str) -> str:
    return f"{int(year[:4]) - 1}FY2"
