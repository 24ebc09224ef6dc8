"""A dot plot: a share or number for each row, its likely range, and what is expected of it. Pure.

The question that it answers: who differs from what we would expect? Rows come in the caller's order.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dashboards.pictures.rows import SHARES, Line, Mark, Row, Scale, rows_picture

KEY = (
    "A point is a figure. The blue bar behind it is the range that holds the true number or share at least 9 times in "
    "10. Hatching: only the range is known."
)
"""What a reader is told beneath."""
KEY_EXPECTED = "The grey band is what we would expect of 8 in 10 such sectors."


def dots(key: str, title: str, rows: Sequence[Row], scale: Scale = SHARES, *, expected: Line | None = None) -> Markup:
    """The picture; empty without anything to draw. `expected` is one value for all rows, if there is one."""
    return rows_picture(key, title, rows, scale, lines=(expected,) if expected else ())


def row(
    label: str,
    text: str,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    *,
    few: bool = False,
    usual: tuple[float, float] | None = None,
) -> Row:
    """One row. Without a value and a range it has its words alone."""
    known = few or value is not None or (low is not None and high is not None)
    return Row(label, text, (Mark(value, low, high, few),) if known else (), usual)
