"""One figure over time: a point for each period, with the range that is likely 9 times in 10, and breaks in series.

A period without a figure has its state in words, in the same place whatever was behind it. "Fewer than 10" is hatched
from nothing to ten: the picture says as much as the word, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap

from markupsafe import Markup, escape

from dashboards.pictures.svg import FONT, INK, POINT, QUIET, RANGE, SMALL, element, hatch, line, words

COLUMN, PLOT, TOP, BOTTOM = 68, 130, 30, 46
"""In px: width of a period, height of the plot, and the room above and below it."""
FEW_UP_TO = 10
"""What "fewer than 10" is hatched up to."""


@dataclass(frozen=True)
class SeriesPoint:
    """One period as its table shows it."""

    period: str
    """Such as `Jan to Mar 2026`."""
    text: str
    """The entry of the table: a figure, or a state in words."""
    value: float | None = None
    """The height of a figure; None for anything else."""
    low: float | None = None
    high: float | None = None
    """The likely range of a figure."""
    few: bool = False
    """Whether it is "fewer than 10"."""
    broken: bool = False
    """Whether the series breaks between the period before and this one, or within it."""


def series(key: str, title: str, points: Sequence[SeriesPoint]) -> Markup:
    """The picture, oldest period first; empty without a single figure. `key` is unique on the page."""
    if not any(point.value is not None for point in points):
        return Markup("")
    width, height = COLUMN * len(points), TOP + PLOT + BOTTOM
    tops = [top for point in points if (top := point.high if point.high is not None else point.value) is not None]
    scale = PLOT / max(*tops, FEW_UP_TO, 1)
    described = "; ".join(f"{point.period}: {_said(point)}" for point in points)
    return element(
        "svg",
        element("title", escape(title), id=f"{key}-title"),
        element("desc", escape(f"{described}. The table has the same figures."), id=f"{key}-desc"),
        *([hatch(key)] if any(point.few for point in points) else []),
        line(0, TOP + PLOT, width, TOP + PLOT, stroke=INK),
        *_between(points, scale),
        *(mark for place, point in enumerate(points) for mark in _marks(key, place, point, scale)),
        class_="picture",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        font_family=FONT,
    )


def _said(point: SeriesPoint) -> str:
    broken = ", break in series" if point.broken else ""
    return f"{point.text}{broken}"


def _middle(place: int) -> float:
    return COLUMN * (place + 0.5)


def _between(points: Sequence[SeriesPoint], scale: float) -> Iterator[Markup]:
    """Lines from figure to figure, and a dashed one where the series breaks."""
    for place, (one, other) in enumerate(pairwise(points), 1):
        if other.broken:
            yield line(COLUMN * place, TOP - 14, COLUMN * place, TOP + PLOT, dashed=True, stroke=INK)
            yield words("break", COLUMN * place, TOP - 18, size=SMALL)
        elif one.value is not None and other.value is not None:
            ends = (TOP + PLOT - scale * one.value, TOP + PLOT - scale * other.value)
            yield line(_middle(place - 1), ends[0], _middle(place), ends[1])


def _marks(key: str, place: int, point: SeriesPoint, scale: float) -> Iterator[Markup]:
    """What stands over one period, and its name."""
    x, ground = _middle(place), TOP + PLOT
    if point.value is not None:
        low, high = (point.value if edge is None else edge for edge in (point.low, point.high))
        yield element(
            "rect", x=x - 8, y=ground - scale * high, width=16, height=max(1.0, scale * (high - low)), fill=RANGE
        )
        yield element("circle", cx=x, cy=ground - scale * point.value, r=4, fill=POINT)
        yield words(point.text, x, ground - scale * high - 6, bold=True)
    else:
        up = scale * FEW_UP_TO if point.few else 0
        if point.few:
            yield element("rect", x=x - 14, y=ground - up, width=28, height=up, fill=f"url(#{key}-few)", stroke=QUIET)
        lines = wrap(point.text, 10)
        for at, text in enumerate(lines):
            yield words(text, x, ground - up - 6 - (len(lines) - 1 - at) * (SMALL + 2), size=SMALL)
    name, _, year = point.period.rpartition(" ")
    for at, text in enumerate((*wrap(name, 11), year)):
        yield words(text, x, ground + 16 + at * (SMALL + 2), size=SMALL)
