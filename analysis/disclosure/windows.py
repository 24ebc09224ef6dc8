"""Windows that figures are for: months, quarters and financial years (April to March), which nest.

`2025-05` is a month, `2025Q2` April to June 2025, `2025FY` April 2025 to March 2026.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Literal

from models.contract import periods

WindowKind = Literal["month", "quarter", "year"]
_PATTERNS: tuple[tuple[WindowKind, re.Pattern[str]], ...] = (
    ("month", re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")),
    ("quarter", re.compile(r"[0-9]{4}Q[1-4]")),
    ("year", re.compile(r"[0-9]{4}FY")),
)


@cache
def kind_of(window: str) -> WindowKind:
    """Which of the three a window is; raises `ValueError` on anything else."""
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(window):
            return kind
    raise ValueError("a window is a month 2025-05, a quarter 2025Q2 or a financial year 2025FY")


@cache
def bounds(window: str) -> tuple[date, date]:
    """First day and first day after."""
    if kind_of(window) == "year":
        year = int(window[:4])
        return date(year, 4, 1), date(year + 1, 4, 1)
    return periods.bounds(window)


@cache
def financial_year_of(window: str) -> str:
    """The financial year that a window lies in."""
    start = bounds(window)[0]
    return f"{start.year - (start.month < 4)}FY"


@cache
def containing(window: str) -> tuple[str, ...]:
    """The window itself and the wider ones it lies in, narrowest first."""
    kind = kind_of(window)
    if kind == "year":
        return (window,)
    quarter = periods.quarter_of(bounds(window)[0])
    own = (window,) if kind == "month" else ()
    return (*own, quarter, financial_year_of(window))


def parts(window: str) -> tuple[str, ...]:
    """The next narrower windows that make it up: a year's quarters, a quarter's months, nothing for a month."""
    kind = kind_of(window)
    year = int(window[:4])
    if kind == "year":
        return (f"{year}Q2", f"{year}Q3", f"{year}Q4", f"{year + 1}Q1")
    if kind == "quarter":
        first = 3 * int(window[5]) - 2
        return tuple(f"{year}-{month:02d}" for month in range(first, first + 3))
    return ()


def window_of_day(day: date) -> str:
    """The month a day lies in."""
    return f"{day.year}-{day.month:02d}"
