"""Reads SERIES: dates a day, a week or a month apart. A date that is left out or has no count is missing, not 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.commands._errors import Unusable
from analysis.commands._tables import read_table
from analysis.hotspots.intervals import months_later

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """A regular series of counts."""

    dates: list[date]
    counts: Floats
    """NaN if the count of a date is missing."""
    population: Floats | None
    step: str


def read_series(path: Path) -> Series:
    """Read a series, in order of time. Months may be written YYYY-MM."""
    table = read_table(path, ["date", "count"])
    by_date: dict[date, tuple[float, float]] = {}
    units = set()
    for line in table:
        span = line.date()
        units.add(span.unit)
        if len(units) > 1:
            raise line.fault("dates must all be written alike")
        if span.unit == "year":
            raise line.fault("a series of years is too coarse: give days, weeks or months")
        if span.first in by_date:
            raise line.fault("the date stands twice")
        count = line.number_of("count") if line.cells["count"] else float("nan")
        people = line.number_of("population") if table.has("population") else 1.0
        if people == 0:
            raise line.fault("population must be above 0")
        by_date[span.first] = count, people
    given = sorted(by_date)
    step, dates = _grid(path, given, "month" in units)
    nothing = float("nan"), float("nan")
    values = np.array([by_date.get(day, nothing) for day in dates])
    population = None
    if table.has("population"):
        at = np.arange(len(dates))
        known = ~np.isnan(values[:, 1])
        population = np.interp(at, at[known], values[known, 1])
    return Series(dates, values[:, 0].copy(), population, step)


def _grid(path: Path, given: list[date], months: bool) -> tuple[str, list[date]]:
    """The step of the series, and every date from the first to the last at this step."""
    first, last = given[0], given[-1]
    if months:
        count = (last.year - first.year) * 12 + last.month - first.month
        return "month", [months_later(first, i) for i in range(count + 1)]
    gaps = {(b - a).days for a, b in pairwise(given)}
    if gaps and all(gap % 7 == 0 for gap in gaps):
        step, days = "week", 7
    elif len(given) > 1 and all(day.day == first.day for day in given):
        count = (last.year - first.year) * 12 + last.month - first.month
        return "month", [months_later(first, i) for i in range(count + 1)]
    else:
        step, days = "day", 1
    if gaps and min(gaps) > days:
        raise Unusable(f"{path}: dates must be a day, a week or a month apart")
    return step, [first + timedelta(days=i) for i in range(0, (last - first).days + 1, days)]
