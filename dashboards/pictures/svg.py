"""Writes SVG elements as text, with every value escaped.

Colours, sizes and anchors are attributes of the elements, not rules of the stylesheet: so they look the same on a page,
in print and in a PDF, and a strict content security policy lets them be.
"""

from __future__ import annotations

from functools import cache

from markupsafe import Markup, escape

INK, QUIET, RANGE, POINT = "#0b0c0c", "#505a5f", "#6bace6", "#12436d"
"""Text; lines beside figures; a range; a figure. Each is at least 3 to 1 on white, text at least 4.5 to 1."""
GROUND, USUAL = "#b1b4b6", "#e1e3e4"
"""The line that a figure stands on; what is expected. Neither is needed to read a figure."""
SIZE, SMALL = 14, 12
"""Heights of text, in px."""
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"


def element(name: str, *inside: Markup, **attributes: str | float) -> Markup:
    """An element. Underscores in names of attributes stand for dashes; `class_` is `class`."""
    # Plain text put together once: a map has thousands of elements, and `Markup.format` costs several times as much.
    given = "".join(f' {_attribute(key)}="{escape(_number(value))}"' for key, value in attributes.items())
    return Markup(f"<{escape(name)}{given}>{''.join(map(escape, inside))}</{escape(name)}>")  # noqa: S704 - every part is escaped


@cache
def _attribute(key: str) -> Markup:
    return escape(key.rstrip("_").replace("_", "-"))


def words(text: str, x: float, y: float, *, size: int = SIZE, fill: str = INK, bold: bool = False) -> Markup:
    """A line of text, centred on x."""
    weight = {"font_weight": "bold"} if bold else {}
    return element("text", escape(text), x=x, y=y, font_size=size, text_anchor="middle", fill=fill, **weight)


def line(x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False, stroke: str = QUIET) -> Markup:
    """A thin line."""
    dashes = {"stroke_dasharray": "4 4"} if dashed else {}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=1, **dashes)


def _number(value: str | float) -> str:
    """Coordinates to a tenth of a pixel, which is less than a screen shows."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def hatch(key: str, name: str = "few") -> Markup:
    """The stripes that `url(#<key>-few)` fills with."""
    stripe = element("path", d="M0 6 6 0", stroke=QUIET, stroke_width=1)
    return element("pattern", stripe, id=f"{key}-{name}", width=6, height=6, **{"patternUnits": "userSpaceOnUse"})
