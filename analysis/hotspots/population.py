"""People at risk over time, from figures at some dates: linear between them, level before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from analysis.hotspots.intervals import Intervals

_DAY = timedelta(days=1)
Floats = npt.NDArray[np.float64]


def person_days(figures: Mapping[date, float], intervals: Intervals) -> Floats:
    """People times days in each interval, integrated exactly (SaTScan's daily trapezoids come to the same)."""
    days = sorted(figures)
    knots = np.array([day.toordinal() for day in days], np.float64)
    values = np.array([figures[day] for day in days], np.float64)
    edges = np.array([intervals.bounds(i)[0].toordinal() for i in range(len(intervals))], np.float64)
    edges = np.append(edges, intervals.end.toordinal() + 1)
    return np.diff([_until(edge, knots, values) for edge in edges])


def average(figures: Mapping[date, float], intervals: Intervals) -> float:
    """The mean number of people over the study period."""
    return float(person_days(figures, intervals).sum()) / (intervals.end - intervals.starts[0] + _DAY).days


def _until(edge: float, knots: Floats, values: Floats) -> float:
    """The integral from the first knot to `edge`; negative before it."""
    if edge <= knots[0]:
        return float((edge - knots[0]) * values[0])
    inside = knots < edge
    x = np.append(knots[inside], edge)
    y = np.append(values[inside], np.interp(edge, knots, values))
    return float(np.sum((y[1:] + y[:-1]) / 2 * np.diff(x)))
