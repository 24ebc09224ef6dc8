"""A share or a count as a bar within its cell of a table: its likely range, and the figure on it.

The number stands beside it as text, so that the bar is for the eye alone. Lengths are per cent of the cell, which may
have any width.
"""

from __future__ import annotations

from markupsafe import Markup

from dashboards.pictures.svg import GROUND, POINT, RANGE, element

HEIGHT = 12


def share_bar(value: float, low: float | None = None, high: float | None = None) -> Markup:
    """The bar of a share from 0 to 1, with its likely range if it has one. What lies outside 0 to 1 ends there."""
    ends = [min(1.0, max(0.0, value if edge is None else edge)) for edge in (low, high)]
    return element(
        "svg",
        element("rect", x=0, y=HEIGHT / 2 - 1, width="100%", height=2, fill=GROUND),
        element("rect", x=_share(ends[0]), y=0, width=_share(ends[1] - ends[0]), height=HEIGHT, fill=RANGE),
        element("circle", cx=_share(min(1.0, max(0.0, value))), cy=HEIGHT / 2, r=4, fill=POINT),
        class_="picture bar",
        aria_hidden="true",
        focusable="false",
        width="100%",
        height=HEIGHT,
    )


def count_bar(value: float, top: float, low: float | None = None, high: float | None = None) -> Markup:
    """The bar of a number of children. `top` is the end of the line: the same for every cell that is to be compared."""
    return share_bar(*(None if edge is None else edge / top for edge in (value, low, high)))  # type: ignore[arg-type]


def _share(of: float) -> str:
    return f"{100 * of:.1f}%"
