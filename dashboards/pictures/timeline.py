"""Signals over time: the weeks that each is about, when it was opened and when it was closed. Pure.

The question that it answers: when was it, and is it still so? A bar's length is a time, never a number of children.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from markupsafe import Markup

from dashboards.pictures.rows import LETTERS, LINE, MARGIN, band, dot, framed, stroke, text_at
from dashboards.pictures.svg import GROUND, QUIET, RANGE, SMALL

KEY = (
    "The bar is the weeks in which more children than usual were recorded. Its length is a time and no number of "
    "children. The point is the day on which the signal was opened, the ring the day on which it was closed."
)
"""What a reader is told beneath."""
MOST_TICKS = 4
STEPS = (1, 2, 3, 6, 12, 24, 36)
"""Months from one tick to the next."""


@dataclass(frozen=True)
class Span:
    """One signal as the page tells it."""

    label: str
    text: str
    """Its weeks and its state, in words."""
    starts_on: date
    ends_on: date
    opened_on: date
    closed_on: date | None = None


def timeline(key: str, title: str, spans: Sequence[Span]) -> Markup:
    """The signals from top to bottom in the caller's order; empty without any."""
    if not spans:
        return Markup("")
    days = [day for one in spans for day in (one.starts_on, one.ends_on, one.opened_on, one.closed_on or one.opened_on)]
    first, months = _months(min(days), max(days))
    last = _after(first, months)
    parts, y = [], 0.0
    for one in spans:
        for text, bold in ((one.label, True), (one.text, False)):
            for words in wrap(text, LETTERS):
                y += LINE
                parts.append(text_at(words, 0, y, bold=bold))
        middle = y + 14
        parts.append(stroke(MARGIN, middle, 100 - MARGIN, middle, colour=GROUND))
        parts.append(band(_at(one.starts_on, first, last), _at(one.ends_on, first, last), middle, RANGE))
        parts.append(dot(_at(one.opened_on, first, last), middle))
        if one.closed_on is not None:
            parts.append(dot(_at(one.closed_on, first, last), middle, hollow=True))
        y = middle + 18
    parts += _ticks(first, months, last, y)
    said = "; ".join(f"{one.label}: {one.text}" for one in spans)
    return framed(key, title, said, [], parts, y + 22)


def _months(earliest: date, latest: date) -> tuple[date, int]:
    """The first day of the picture, and how many months it has."""
    first = earliest.replace(day=1)
    return first, (latest.year - first.year) * 12 + latest.month - first.month + 1


def _after(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _at(day: date, first: date, last: date) -> float:
    return MARGIN + (100 - 2 * MARGIN) * (day - first).days / (last - first).days


def _ticks(first: date, months: int, last: date, y: float) -> Iterator[Markup]:
    """The names of some months, each at its first day."""
    yield stroke(MARGIN, y, 100 - MARGIN, y, colour=QUIET)
    step = next((size for size in STEPS if months <= size * MOST_TICKS), STEPS[-1])
    for number in range(0, months, step):
        day = _after(first, number)
        at = _at(day, first, last)
        yield stroke(at, y, at, y + 4, colour=QUIET)
        yield text_at(f"{day:%b %Y}", 0 if number == 0 else at, y + 17, size=SMALL, fill=QUIET)
