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
    # The integral from the first figure to each edge: whole stretches, and a part of the one the edge lies in.
    whole = np.concatenate([[0.0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(knots))])
    at = np.clip(np.searchsorted(knots, edges, side="right") - 1, 0, None)
    until = whole[at] + (edges - knots[at]) * (values[at] + np.interp(edges, knots, values)) / 2
    return np.diff(until)


def average(figures: Mapping[date, float], intervals: Intervals) -> float:
    """The mean number of people over the study period."""
    return float(person_days(figures, intervals).sum()) / (intervals.end - intervals.starts[0] + _DAY).days
