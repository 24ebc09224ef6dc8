"""Dates of different precision, and the equal time intervals of a study period."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from analysis.errors import AnalysisError

Unit = Literal["day", "month", "year"]
UNITS: tuple[Unit, ...] = get_args(Unit)
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_DAY = timedelta(days=1)


class DateFault(AnalysisError):
    """A date that does not fit; the message is the rule, never the value."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """What a date of some precision covers."""

    first: date
    last: date
    unit: Unit

    @property
    def middle(self) -> date:
        """The day a figure of this precision stands for: 1 July of a year, the 15th of a month."""
        if self.unit == "year":
            return date(self.first.year, 7, 1)
        return self.first.replace(day=15) if self.unit == "month" else self.first


def read_date(text: str) -> Span:
    """YYYY, YYYY-MM or YYYY-MM-DD. Raises DateFault."""
    found = _ISO.fullmatch(text)
    if not found:
        raise DateFault("a date must be YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return Span(first, first, "day")
        if month:
            return Span(first, months_later(first, 1) - _DAY, "month")
        return Span(first, date(first.year, 12, 31), "year")
    except (ValueError, OverflowError):
        raise DateFault("no such date") from None


def months_later(day: date, months: int) -> date:
    """The same day some months on, or the last of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - _DAY).day))


@dataclass(frozen=True, slots=True)
class Intervals:
    """A study period cut in units, counted back from its end: a remainder makes the first one shorter."""

    starts: tuple[date, ...]
    end: date
    unit: Unit

    def __len__(self) -> int:
        return len(self.starts)

    def bounds(self, index: int) -> tuple[date, date]:
        """First and last day of an interval."""
        after = self.starts[index + 1] if index + 1 < len(self.starts) else self.end + _DAY
        return self.starts[index], after - _DAY

    def index(self, span: Span) -> int | None:
        """The interval a date lies in, nothing when it is outside the study period.

        Raises DateFault when the date is too coarse to lie in one interval.
        """
        if span.last < self.starts[0] or span.first > self.end:
            return None
        first = bisect_right(self.starts, max(span.first, self.starts[0])) - 1
        if span.first < self.starts[0] or span.last > self.bounds(first)[1]:
            raise DateFault("a date must lie in one time unit of the study period: give exacter dates or a longer unit")
        return first


def cut(start: date, end: date, unit: Unit) -> Intervals:
    """The intervals from `start` to `end`, both included. Raises DateFault."""
    if end < start:
        raise DateFault("the study period ends before it starts")
    starts: list[date] = []
    at = end + _DAY
    while at > start:
        steps = len(starts) + 1
        if unit == "day":
            at = end + _DAY - steps * _DAY
        else:
            at = months_later(end + _DAY, -steps * (12 if unit == "year" else 1))
        starts.append(max(at, start))
    return Intervals(tuple(reversed(starts)), end, unit)


def coarsest(spans: Sequence[Span]) -> Unit:
    """The least exact precision among dates."""
    return max((span.unit for span in spans), key=UNITS.index, default="day")
