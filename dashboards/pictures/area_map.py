"""A map of areas: each has its colour or hatching, its words, and, on a page, a link. One drawing for page and PDF.

It sees what the table under it shows and the ground, nothing else. "Fewer than 10" is hatched alike everywhere. Every
other entry without a figure is white and has its word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup, escape

from dashboards.pictures.ground import Ground, Shape
from dashboards.pictures.svg import INK, QUIET, element, words

CLASSES = (("#dae9f8", INK), ("#6bace6", INK), ("#2073bc", "#ffffff"), ("#12436d", "#ffffff"))
"""Of each class of figures, the lowest first: its colour, and that of the words on it."""
WHITE, RING = "#ffffff", "#ffdd00"
SMALL, LINE, LETTER = 12, 14, 6.6
"""Height of a name, of a line, and the width of a letter of it, in px."""
SIGNAL = "open signal"


@dataclass(frozen=True)
class MapArea:
    """One area as its table shows it."""

    code: str
    """Which shape of the ground it is."""
    name: str
    text: str
    """The entry of the table: a figure, or a state in words."""
    said: str
    """The same for those who hear it, with all that belongs to it, such as `55, likely 48 to 62; up 40`."""
    rank: int | None = None
    """The class of a figure, from 0; None for anything else."""
    few: bool = False
    """Whether it is "fewer than 10"."""
    signal: str = ""
    """How an open signal names it, such as `names it`; empty if none does."""
    href: str = ""
    """Where it leads, on a page; empty if it has no page."""

    @property
    def aloud(self) -> str:
        """What is read aloud, and shown beside the pointer."""
        return f"{self.name}: {self.said}" + (f"; an {SIGNAL} {self.signal}" if self.signal else "")


def area_map(key: str, title: str, ground: Ground, areas: Sequence[MapArea], *, links: bool = True) -> Markup:
    """The map. `key` is unique on the page. Without `links` it is for a PDF: one picture with all entries described."""
    of = {area.code: area for area in areas}
    shown = [(of[code], shape) for code, shape in ground.areas.items() if code in of]
    described = "Each place is a link to its page. The table after the map has the same figures."
    if not links:
        described = f"{'; '.join(area.aloud for area, _ in shown)}."
    every = "".join(shape.path for _, shape in shown)
    return element(
        "svg",
        element("title", escape(title), id=f"{key}-title"),
        element("desc", escape(described), id=f"{key}-desc"),
        element("defs", few_pattern(key), *(_clip(key, area, shape) for area, shape in shown if links and area.href)),
        *(_area(key, area, shape, links and bool(area.href)) for area, shape in shown),
        *_borders(every, 3, 1),
        *(_borders(ground.towns, 7, 3) if ground.towns else ()),
        *(_words(area, shape) for area, shape in shown),
        class_="picture map",
        role="group" if links else "img",
        aria_labelledby=f"{key}-title {key}-desc",
        viewBox=f"0 0 {ground.width} {ground.height}",
        width=ground.width,
        height=ground.height,
        font_family="Arial, 'Liberation Sans', Helvetica, sans-serif",
    )


def swatch(key: str, title: str, rank: int | None = None, *, few: bool = False) -> Markup:
    """One entry of the map's key: how a class, "fewer than 10" or any other entry looks."""
    area = MapArea("", "", "", "", rank, few)
    return element(
        "svg",
        element("title", escape(title)),
        element("defs", few_pattern(key)) if few else Markup(""),
        element("rect", x=1, y=1, width=30, height=18, fill=_fill(key, area), stroke=INK),
        class_="picture swatch",
        role="img",
        viewBox="0 0 32 20",
        width=32,
        height=20,
    )


def few_pattern(key: str) -> Markup:
    """The hatching of "fewer than 10"."""
    stripe = element("path", d="M0 6 6 0", stroke=QUIET, stroke_width=1)
    ground = element("rect", width=6, height=6, fill=WHITE)
    return element("pattern", ground, stripe, id=f"{key}-few", width=6, height=6, patternUnits="userSpaceOnUse")


def _fill(key: str, area: MapArea) -> str:
    if area.rank is not None:
        return CLASSES[area.rank][0]
    return f"url(#{key}-few)" if area.few else WHITE


def _clip(key: str, area: MapArea, shape: Shape) -> Markup:
    """The shape once, to be drawn from; and as what the ring of the focus may not leave."""
    drawn = element("path", d=shape.path, id=f"{key}-{area.code}")
    return drawn + element("clipPath", element("use", href=f"#{key}-{area.code}"), id=f"{key}-{area.code}-in")


def _area(key: str, area: MapArea, shape: Shape, links: bool) -> Markup:
    if not links:
        return element("path", element("title", escape(area.aloud)), d=shape.path, fill=_fill(key, area))
    drawn = f"#{key}-{area.code}"
    inside = {"clip_path": f"url(#{key}-{area.code}-in)", "fill": "none", "visibility": "hidden", "class_": "ring"}
    return element(
        "a",
        element("title", escape(area.aloud)),
        element("use", href=drawn, fill=_fill(key, area)),
        element("use", href=drawn, stroke=RING, stroke_width=16, **inside),
        element("use", href=drawn, stroke=INK, stroke_width=7, **inside),
        href=area.href,
        class_="area",
        aria_label=area.aloud,
    )


def _borders(path: str, ground: float, line: float) -> Iterator[Markup]:
    """Dark lines on white ones, so that they are seen on every colour."""
    for colour, width in ((WHITE, ground), (INK, line)):
        yield element("path", d=path, fill="none", stroke=colour, stroke_width=width, pointer_events="none")


def _words(area: MapArea, shape: Shape) -> Markup:
    """Name and entry. They are beside the links, which have the same words, and so not read again."""
    ink = CLASSES[area.rank][1] if area.rank is not None else INK
    letters = max(5, int(shape.room / LETTER))
    name = wrap(area.name, letters, break_long_words=False)
    if any(len(part) > letters for part in name) or len(name) > 3:
        name = []  # no room: the link and the table have it
    entry = [area.text] if area.rank is not None else wrap(area.text, max(letters, 7), break_long_words=False)
    lines = [*((part, False) for part in name), *((part, area.rank is not None) for part in entry)]
    marked = [SIGNAL] if area.signal else []
    top = shape.y - (len(lines) + 1.3 * len(marked)) * LINE / 2
    wide = max((len(text) for text, _ in lines), default=0) * LETTER + 6
    plate = Markup("")
    if area.few:
        plate = _plate(shape.x, top, wide, len(lines) * LINE + 2)
    written = [
        words(text, shape.x, top + (at + 0.85) * LINE, size=LINE if bold else SMALL, fill=ink, bold=bold)
        for at, (text, bold) in enumerate(lines)
    ]
    return element(
        "g", plate, *written, *_mark(area, shape, top + len(lines) * LINE), aria_hidden="true", pointer_events="none"
    )


def _mark(area: MapArea, shape: Shape, top: float) -> Iterator[Markup]:
    """The mark of an open signal: words in a frame of their own."""
    if area.signal:
        yield element(
            "rect", x=shape.x - 36, y=top + 3, width=72, height=16, fill=WHITE, stroke=INK, stroke_width=2, rx=3
        )
        yield words(SIGNAL, shape.x, top + 15, size=SMALL)


def _plate(x: float, top: float, width: float, height: float) -> Markup:
    return element("rect", x=x - width / 2, y=top, width=width, height=height, fill=WHITE)
