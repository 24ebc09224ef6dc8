"""Calendar periods in London dates, half open: `2026Q1` is 1 January up to, not including, 1 April.

`2025FY` is the financial year from 1 April 2025 up to 1 April 2026: the quarters 2025Q2 to 2026Q1.
"""

from __future__ import annotations

from datetime import date


def bounds(period: str) -> tuple[date, date]:
    """First day and first day after of `2026Q1`, `2026-01` or `2025FY`; raises `ValueError` on anything else."""
    year, rest = int(period[:4]), period[4:]
    if rest == "FY":
        return date(year, 4, 1), date(year + 1, 4, 1)
    if len(rest) == 2 and rest[0] == "Q":
        quarter = int(rest[1])
        start = date(year, 3 * quarter - 2, 1)
        return start, date(year + quarter // 4, (3 * quarter) % 12 + 1, 1)
    month = int(period[5:])
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def quarter_of(day: date) -> str:
    """The quarter a day lies in."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def financial_year_of(day: date) -> str:
    """The financial year a day lies in."""
    return f"{day.year - (day.month < 4)}FY"


def is_financial_year(period: str) -> bool:
    """Whether a period is a financial year."""
    return period.endswith("FY")


def quarters_of(financial_year: str) -> tuple[str, str, str, str]:
    """`2025FY` -> `2025Q2`, `2025Q3`, `2025Q4`, `2026Q1`."""
    year = int(financial_year[:4])
    return f"{year}Q2", f"{year}Q3", f"{year}Q4", f"{year + 1}Q1"


def quarters_between(first: date, last: date) -> list[str]:
    """Every quarter that ends on or before `last`, from the one `first` lies in."""
    found: list[str] = []
    start = bounds(quarter_of(first))[0]
    while True:
        name = quarter_of(start)
        end = bounds(name)[1]
        if end > last:
            return found
        found.append(name)
        start = end


def windows_between(first: date, last: date) -> list[str]:
    """Every quarter of `quarters_between`, and each financial year that is whole right after its last quarter."""
    found: list[str] = []
    for quarter in quarters_between(first, last):
        found.append(quarter)
        year = financial_year_of(bounds(quarter)[0])
        if set(quarters_of(year)) <= set(found) and quarter == quarters_of(year)[-1]:
            found.append(year)
    return found
