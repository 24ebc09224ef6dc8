"""One place among the others, a row for each period: its figure with the likely range, and the others as small dots.

The dots have no names and no order, so that nobody is ranked. "Fewer than 10" is hatched from nothing to ten, and the
dots of those places stand in the middle of it, wherever they may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from dashboards.pictures.area_map import few_pattern
from dashboards.pictures.svg import INK, POINT, QUIET, RANGE, element, line, words

WIDTH, LEFT, RIGHT, ROW, TOP, FOOT = 620, 130, 24, 72, 8, 30
"""In px: of the picture, left and right of the scale, of one period, and above and below all of them."""
SMALL, DOT, FEW = 12, 3, 10
"""Height of small words, radius of a dot, and what "fewer than 10" is hatched up to."""
STACK = 38
"""How high dots are stacked one on the other; many are drawn closer together."""


@dataclass(frozen=True)
class Among:
    """One period as the table shows it."""

    period: str
    text: str
    """The entry of this place: a figure, or a state in words."""
    value: int | None
    likely: tuple[int, int] | None
    few: bool
    """Whether this place is "fewer than 10"."""
    others: tuple[int, ...]
    """The figures of the others that have one."""
    others_few: int
    """How many others are "fewer than 10"."""


def among(key: str, title: str, rows: Sequence[Among]) -> Markup:
    """The picture, oldest period first; empty without a figure anywhere. `key` is unique on the page."""
    tops = [top for row in rows for top in (*row.others, row.value or 0, row.likely[1] if row.likely else 0)]
    if not any(tops):
        return Markup("")
    scale = (WIDTH - LEFT - RIGHT) / max(*tops, 2 * FEW)
    height = TOP + ROW * len(rows) + FOOT
    described = "; ".join(_said(row) for row in rows)
    return element(
        "svg",
        element("title", escape(title), id=f"{key}-title"),
        element("desc", escape(f"{described}. The table has the figures of this place."), id=f"{key}-desc"),
        element("defs", few_pattern(key)),
        *_scale(max(*tops, 2 * FEW), scale, height),
        *(mark for at, row in enumerate(rows) for mark in _row(key, row, TOP + ROW * at, scale)),
        class_="picture among",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        font_family="Arial, 'Liberation Sans', Helvetica, sans-serif",
    )


def _said(row: Among) -> str:
    likely = f", likely {row.likely[0]} to {row.likely[1]}" if row.likely else ""
    parts = []
    if row.others:
        parts.append(f"{len(row.others)} others between {min(row.others)} and {max(row.others)}")
    if row.others_few:
        parts.append(f"{row.others_few} others fewer than 10")
    return f"{row.period}: {row.text}{likely}; {', '.join(parts) or 'no other has a figure'}"


def _scale(most: int, scale: float, height: int) -> Iterator[Markup]:
    ground = height - FOOT
    step = next(step for step in (10, 20, 50, 100, 200, 500, 1000, 10_000) if most / step <= 8)
    for value in range(0, most + 1, step):
        x = LEFT + scale * value
        yield line(x, TOP, x, ground, stroke="#b1b4b6")
        yield words(f"{value:,}", x, ground + 18, size=SMALL)


def _row(key: str, row: Among, top: int, scale: float) -> Iterator[Markup]:
    middle, ground = top + ROW - 18, top + ROW - 32
    name, _, rest = row.period.partition(" to ")
    yield words(f"{name} to" if rest else name, LEFT / 2 - 8, middle - 6, size=SMALL)
    yield words(rest, LEFT / 2 - 8, middle + 8, size=SMALL)
    if row.few or row.others_few:
        yield element("rect", x=LEFT, y=top + 4, width=scale * FEW, height=ROW - 8, fill=f"url(#{key}-few)")
    stacks = Counter(row.others)
    if row.others_few:
        stacks[FEW // 2] += row.others_few
    for value, number in sorted(stacks.items()):
        apart = min(2 * DOT + 1, STACK / number)
        for at in range(number):
            yield element("circle", cx=LEFT + scale * value, cy=ground - at * apart, r=DOT, fill=QUIET)
    yield line(LEFT, middle, WIDTH - RIGHT, middle)
    if row.value is not None and row.likely is not None:
        low, high = row.likely
        yield element(
            "rect", x=LEFT + scale * low, y=middle - 7, width=max(1.0, scale * (high - low)), height=14, fill=RANGE
        )
        yield element("circle", cx=LEFT + scale * row.value, cy=middle, r=6, fill=POINT)
        yield from _label(row.text, LEFT + scale * row.value, middle + 21)
    else:
        yield from _label(row.text, max(LEFT + scale * FEW / 2, LEFT + 3.5 * len(row.text)), middle + 5)


def _label(text: str, x: float, y: float) -> Iterator[Markup]:
    wide = 7.5 * len(text) + 6
    yield element("rect", x=x - wide / 2, y=y - SMALL, width=wide, height=SMALL + 4, fill="#ffffff")
    yield words(text, x, y, size=SMALL, fill=INK, bold=True)
