"""Training needs as ranges: what a sector does, against what we would expect of it. Pure.

The question that it answers: how far below what we would expect, and how sure is that?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.pictures.rows import Line, Mark, Row, Scale, rows_picture

AS_EXPECTED = Line(1.0, "as expected")
KEY = (
    "A point is our best estimate of what the sector does, beside what we would expect of it. The blue bar is the "
    "range that holds the truth 8 times in 10. The whole line is what we would expect, the dashed line is 20% less."
)
"""What a reader is told beneath."""
WIDEST = 2.0
"""The scale ends at twice what is expected, so that one wide range does not squeeze the others."""


@dataclass(frozen=True)
class NeedPoint:
    """One need as its table shows it. 1 is as expected."""

    label: str
    """Sector and subject."""
    text: str
    """What the table says of it."""
    value: float
    low: float
    high: float


def needs_picture(key: str, title: str, needs: Sequence[NeedPoint], below: float) -> Markup:
    """The picture, in the order of the table; empty without needs. `below` is the part of what is expected (0 to 1)
    from which down something is said to be a need."""
    rows = [Row(one.label, one.text, (Mark(one.value, one.low, one.high),)) for one in needs]
    top = 1.5 if all(one.high <= 1.5 for one in needs) else WIDEST
    scale = Scale(top, ((0.0, "none"), (0.5, "half"), (top, f"{top:g} times")))
    lines = (Line(below, f"{100 * (1 - below):.0f}% less", dashed=True), AS_EXPECTED)
    return rows_picture(key, title, rows, scale, lines=lines)
