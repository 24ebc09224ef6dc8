"""The frame that pictures of rows share: a name and an entry in words, and under them a track with what is drawn.

Places across are per cent of the picture, which may have any width: a phone shows it whole, and text keeps its size.
The order of rows is the caller's. Nothing here sorts, so that nothing is ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup, escape

from dashboards.pictures.svg import FONT, GROUND, INK, POINT, QUIET, RANGE, SIZE, SMALL, USUAL, element, hatch

TRACK = 12
"""Height of a range, in px."""
LETTERS = 42
"""What fits into a line at 320 px."""
LINE = 18
MARGIN = 2.0
"""Per cent left free at both ends, so that a point at the end is whole."""
FEW_UP_TO = 10.0
"""What "fewer than 10" is hatched up to."""


@dataclass(frozen=True)
class Scale:
    """From nothing to `top`, with the places that are named beneath."""

    top: float
    ticks: tuple[tuple[float, str], ...]

    def at(self, value: float) -> float:
        """Where a value is, in per cent of the width. What lies outside ends at the end."""
        return MARGIN + (100 - 2 * MARGIN) * min(1.0, max(0.0, value / self.top))


SHARES = Scale(1.0, tuple((part / 4, f"{25 * part}%") for part in range(5)))
"""For shares from 0 to 1."""


def counts(values: Iterable[float | None]) -> Scale:
    """A scale for these numbers of children: up to the next round number."""
    most = max((value for value in values if value is not None), default=0.0)
    step = next(size for power in range(12) for size in (10**power, 2 * 10**power, 5 * 10**power) if size * 8 >= most)
    top = max(FEW_UP_TO, step * -(-most // step))
    return Scale(top, ((0, "0"), (top / 2, f"{top / 2:,.0f}"), (top, f"{top:,.0f}")))


@dataclass(frozen=True)
class Mark:
    """What is drawn on one track. A range without a value is hatched: only its ends are known."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    few: bool = False
    """Whether it is "fewer than 10": hatched from nothing to ten, whatever else is given."""
    hollow: bool = False
    """Whether its point is a ring: a figure to compare with."""
    words: str = ""
    """Words over its track, such as `before: 18%`."""


@dataclass(frozen=True)
class Row:
    """One row as its table shows it."""

    label: str
    text: str
    """The entry of the table: a figure with its range, or a state in words."""
    marks: tuple[Mark, ...] = ()
    usual: tuple[float, float] | None = None
    """The range that is expected of this row."""
    strong: bool = False
    """Whether its name stands out."""


@dataclass(frozen=True)
class Line:
    """A value that all rows are held against."""

    value: float
    words: str
    dashed: bool = False


def rows_picture(
    key: str, title: str, rows: Sequence[Row], scale: Scale, *, lines: Sequence[Line] = (), bars: bool = False
) -> Markup:
    """The picture; empty if no row has anything to draw. `key` is unique on the page.

    `bars`: each figure has a bar from nothing up to it.
    """
    if not any(_drawn(mark) for row in rows for mark in row.marks):
        return Markup("")
    beside = all(len(row.label) + len(row.text) < LETTERS - 2 for row in rows)
    parts = [*_names_of_lines(lines, scale)]
    y = 20.0 if lines else 0.0
    for row in rows:
        drawn, y = _row(key, row, scale, lines, y, bars=bars, beside=beside)
        parts += drawn
    parts += _ticks(scale, y)
    said = "; ".join(f"{row.label}: {_said(row)}" for row in rows)
    few = any(_hatched(mark) for row in rows for mark in row.marks)
    return framed(key, title, said, [hatch(key)] if few else [], parts, y + 22)


def framed(
    key: str, title: str, said: str, patterns: Sequence[Markup], parts: Iterable[Markup], height: float
) -> Markup:
    """A picture as wide as its place, with its title and what it says in words."""
    return element(
        "svg",
        element("title", escape(title), id=f"{key}-title"),
        element("desc", escape(f"{said}. The table has the same figures."), id=f"{key}-desc"),
        *patterns,
        *parts,
        class_="picture rows",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        width="100%",
        height=height,
        font_family=FONT,
    )


def text_at(
    text: str,
    percent: float,
    y: float,
    *,
    anchor: str = "start",
    size: int = SIZE,
    bold: bool = False,
    fill: str = INK,
    by: float = 0,
) -> Markup:
    """A line of text at a place in per cent, moved by some px."""
    more = ({"font_weight": "bold"} if bold else {}) | ({"dx": by} if by else {})
    return element(
        "text", escape(text), x=_percent(percent), y=y, font_size=size, text_anchor=anchor, fill=fill, **more
    )


def stroke(
    x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False, colour: str = INK, wide: float = 1
) -> Markup:
    """A line between two places, across in per cent and down in px."""
    dashes = {"stroke_dasharray": "4 3"} if dashed else {}
    across = {"x1": _percent(x1), "x2": _percent(x2)}
    return element("line", **across, y1=y1, y2=y2, stroke=colour, stroke_width=wide, **dashes)


def band(low: float, high: float, y: float, fill: str, *, height: float = TRACK, edge: str = "") -> Markup:
    """A range across, in per cent, about the height y. It can always be seen, however short it is."""
    edges = {"stroke": edge} if edge else {}
    size = {"x": _percent(low), "width": _percent(max(0.4, high - low))}
    return element("rect", **size, y=y - height / 2, height=height, fill=fill, **edges)


def dot(at: float, y: float, *, hollow: bool = False) -> Markup:
    """A figure; hollow if others are compared with it."""
    look = {"fill": "#ffffff", "stroke": POINT, "stroke_width": 2} if hollow else {"fill": POINT}
    return element("circle", cx=_percent(at), cy=y, r=5, **look)


def _said(row: Row) -> str:
    return ", ".join(filter(None, (row.text, *(mark.words for mark in row.marks))))


def _row(
    key: str, row: Row, scale: Scale, lines: Sequence[Line], y: float, *, bars: bool, beside: bool
) -> tuple[list[Markup], float]:
    """What is drawn for a row, and where the next one begins."""
    drawn, y = _names(row, y, beside=beside)
    for mark in row.marks:
        if mark.words:
            y += LINE
            drawn.append(text_at(mark.words, 0, y, bold=row.strong))
        if not _drawn(mark):
            continue
        middle = y + 14
        drawn.append(stroke(scale.at(0), middle, scale.at(scale.top), middle, colour=GROUND))
        if row.usual:
            drawn.append(band(scale.at(row.usual[0]), scale.at(row.usual[1]), middle, USUAL, height=TRACK + 8))
        for one in lines:
            at = scale.at(one.value)
            drawn.append(stroke(at, middle - 11, at, middle + 11, dashed=one.dashed))
        drawn += _mark(key, mark, scale, middle, bars=bars)
        y = middle + 10
    return drawn, y + 8


def _names(row: Row, y: float, *, beside: bool) -> tuple[list[Markup], float]:
    """Name and entry: on one line if those of every row fit there on the narrowest screen, else one under the other."""
    if beside:
        y += LINE
        entry = [text_at(row.text, 100, y, anchor="end", bold=True)] if row.text else []
        return [text_at(row.label, 0, y, bold=row.strong), *entry], y
    drawn = []
    for of, bold in ((row.label, row.strong), (row.text, True)):
        for text in wrap(of, LETTERS):
            y += LINE
            drawn.append(text_at(text, 0, y, bold=bold))
    return drawn, y


def _mark(key: str, mark: Mark, scale: Scale, y: float, *, bars: bool) -> Iterator[Markup]:
    if mark.few:
        yield band(scale.at(0), scale.at(FEW_UP_TO), y, f"url(#{key}-few)", edge=QUIET)
    elif _hatched(mark) and mark.low is not None and mark.high is not None:
        yield band(scale.at(mark.low), scale.at(mark.high), y, f"url(#{key}-few)", edge=QUIET)
    elif mark.value is not None:
        low, high = (mark.value if edge is None else edge for edge in (mark.low, mark.high))
        if bars:
            yield band(scale.at(0), scale.at(mark.value), y, POINT, height=4)
        yield band(scale.at(low), scale.at(high), y, RANGE)
        yield dot(scale.at(mark.value), y, hollow=mark.hollow)


def _drawn(mark: Mark) -> bool:
    return mark.value is not None or _hatched(mark)


def _hatched(mark: Mark) -> bool:
    return mark.few or (mark.value is None and mark.low is not None and mark.high is not None)


def _names_of_lines(lines: Sequence[Line], scale: Scale) -> Iterator[Markup]:
    """The words of one line about its middle; of two, to the left of the lesser and to the right of the greater."""
    ordered = sorted(lines, key=lambda one: one.value)
    for place, one in enumerate(ordered):
        at = scale.at(one.value)
        anchor = "middle" if len(ordered) == 1 else "end" if place == 0 else "start"
        if len(ordered) == 1 and not 25 < at < 75:
            anchor = "start" if at <= 25 else "end"
        by = {"end": 2.0, "start": -2.0}.get(anchor, 0.0)
        yield text_at(one.words, at, 13, anchor=anchor, size=SMALL, by=by)
        yield stroke(at, 17, at, 24, dashed=one.dashed)


def _ticks(scale: Scale, y: float) -> Iterator[Markup]:
    yield stroke(scale.at(0), y, scale.at(scale.top), y, colour=QUIET)
    for place, (value, words) in enumerate(scale.ticks):
        anchor = "start" if place == 0 else "end" if place == len(scale.ticks) - 1 else "middle"
        at = 0 if place == 0 else 100 if anchor == "end" else scale.at(value)
        yield stroke(scale.at(value), y, scale.at(value), y + 4, colour=QUIET)
        yield text_at(words, at, y + 17, anchor=anchor, size=SMALL, fill=QUIET)


def _percent(value: float) -> str:
    return f"{value:.2f}".rstrip("0").removesuffix(".") + "%"
