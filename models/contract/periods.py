"""Calendar periods in London dates, half open: `2026Q1` is 1 January up to, not including, 1 April."""

from __future__ import annotations

from datetime import date


def bounds(period: str) -> tuple[date, date]:
    """First day and first day after of `2026Q1` or `2026-01`; raises `ValueError` on anything else."""
    if len(period) == 6 and period[4] == "Q":
        year, quarter = int(period[:4]), int(period[5])
        start = date(year, 3 * quarter - 2, 1)
        return start, date(year + quarter // 4, (3 * quarter) % 12 + 1, 1)
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def quarter_of(day: date) -> str:
    """The quarter a day lies in."""
    return f"{day.year}Q{(day.month + 2) // 3}"


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
