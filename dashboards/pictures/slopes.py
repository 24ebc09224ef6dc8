"""Two years side by side: a line for each place, those that moved beyond chance drawn strong and named. Pure.

The question that it answers: which places changed by more than error and chance explain? Whether one did is the
caller's to say, by `dashboards.states.change`. The others are drawn pale and without names: their differences say
nothing. Places without a figure in both years are named beneath by the caller (`undrawn`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup

from dashboards.pictures.rows import counts, dot, framed, stroke, text_at
from dashboards.pictures.svg import INK, POINT, QUIET, SMALL

LEFT, RIGHT = 16.0, 58.0
"""Where the two years stand, in per cent. Names are to the right of the later one."""
TOP, PLOT = 30.0, 220.0
APART = 17.0
"""Px between two lines of text."""
NAME = 14
"""Letters of a name that fit beside the plot at 320 px."""
PALE = "#8a9196"
KEY = (
    "Each line is one place. A dark line with a name changed by more than error and chance explain. Of the pale ones "
    "no change is told."
)
"""What a reader is told beneath."""


@dataclass(frozen=True)
class Slope:
    """One place in two years, as its table shows it."""

    name: str
    before: str
    """The entries of the table: figures, or states in words."""
    after: str
    value_before: float | None = None
    value_after: float | None = None
    change: str = ""
    """`up 45` where a change is told; empty where none is."""

    @property
    def drawn(self) -> bool:
        """Whether it has a figure in both years."""
        return self.value_before is not None and self.value_after is not None


def undrawn(places: Sequence[Slope]) -> tuple[Slope, ...]:
    """Those that no line can be drawn for, to be told in words."""
    return tuple(one for one in places if not one.drawn)


def slopes(key: str, title: str, years: tuple[str, str], places: Sequence[Slope]) -> Markup:
    """The picture; empty if no place has figures in both years. `years` are the words over the two columns."""
    drawn = [one for one in places if one.drawn]
    if not drawn:
        return Markup("")
    scale = counts(edge for one in drawn for edge in (one.value_before, one.value_after))

    def height(value: float | None) -> float:
        return TOP + PLOT * (1 - (value or 0) / scale.top)

    parts = [
        text_at(words, at, 14, anchor="middle", size=SMALL) for words, at in zip(years, (LEFT, RIGHT), strict=True)
    ]
    for value, words in scale.ticks:
        parts.append(stroke(LEFT, height(value), RIGHT, height(value), colour="#e1e3e4"))
        parts.append(text_at(words, 0, height(value) + 4, size=SMALL, fill=QUIET))
    told = [one for one in drawn if one.change]
    for one in [*(one for one in drawn if not one.change), *told]:
        ends = height(one.value_before), height(one.value_after)
        look = (POINT, 3.0) if one.change else (PALE, 1.0)
        parts.append(stroke(LEFT, ends[0], RIGHT, ends[1], colour=look[0], wide=look[1]))
        parts += [dot(LEFT, ends[0]), dot(RIGHT, ends[1])] if one.change else []
    parts += _named(told, [height(one.value_after) for one in told])
    said = "; ".join(f"{one.name}: {one.before}, then {one.after}, {one.change or 'no change told'}" for one in places)
    return framed(key, title, said, [], parts, TOP + PLOT + 12)


def _named(told: Sequence[Slope], heights: Sequence[float]) -> list[Markup]:
    """The names beside the ends of their lines, moved apart where they would lie on each other."""
    placed: list[Markup] = []
    free = TOP
    for y, one in sorted(zip(heights, told, strict=True), key=lambda pair: (pair[0], pair[1].name)):
        at = max(y + 5, free)
        names = ((line, True) for line in wrap(one.name, NAME))
        for line, bold in (*names, (f"{one.before} to {one.after}", False)):
            placed.append(text_at(line, RIGHT, at, by=10, bold=bold, fill=INK))
            at += APART
        free = at
    return placed
