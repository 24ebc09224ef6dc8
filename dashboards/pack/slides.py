"""Writes the slides: a title, findings, charts, tables and decisions, with the evidence in the notes of each slide.

Charts and tables are native, so that a presenter can read and copy them, and each has a text in place of it for people
who do not see it. The file has the same bytes every time, and says nothing of the machine or the account that made it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

from pptx import Presentation
from pptx.util import Inches

from dashboards.exports.archive import pack, unpack
from dashboards.labels import Names, label_of
from dashboards.pack import shapes
from dashboards.pack.blocks import Block, Decision, Drawing, Figure, Grid, Paper, Part, Points, Said
from dashboards.words import short_quarter

ROWS = 9
"""Rows of a table that a slide has room for."""
LEFT_OUT = ("Words",)
"""Parts of the meeting pack that no slide repeats."""
_DATE = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_NEUTRAL = rb"\g<1>2000-01-01T00:00:00Z\g<2>"


def write(paper: Paper, names: Names) -> bytes:
    """The PPTX file's bytes, from the parts of the meeting pack."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    wanted = [(part.title, block) for part in paper.parts if part.title not in LEFT_OUT for block in _chosen(part)]
    total = len(wanted) + 1
    shapes.title_slide(deck, paper, total)
    for number, (title, block) in enumerate(wanted, 2):
        slide = shapes.slide(deck, paper, title, number, total)
        shapes.place(slide, block)
        shapes.notes(slide, evidence(block, names))
    shapes.properties(deck, f"{paper.title}, {paper.stamp.period}")
    out = io.BytesIO()
    deck.save(out)
    return settled(out.getvalue())


def evidence(block: Block, names: Names) -> str:
    """The figures of a slide, each by the label that it has in the release's table of figures."""
    lines = dict.fromkeys(_line(figure, names) for figure in block.figures if figure.cell is not None)
    if not lines:
        return "This slide has no released figure of its own."
    return "Evidence, by the labels in the table of figures:\n" + "\n".join(lines)


def _line(figure: Figure, names: Names) -> str:
    label = label_of(figure.cell, names) if figure.cell is not None else ""
    return f"{label}, {short_quarter(figure.window)}: {figure.told}"


def _chosen(part: Part) -> Iterator[Block]:
    """What a slide shows of a part: its list, pictures, first tables and decisions; long tables in pieces."""
    plain = tuple(block for block in part.blocks if isinstance(block, Said))
    if plain and not any(isinstance(block, (Grid, Drawing, Decision)) for block in part.blocks):
        points = tuple(point for block in part.blocks if isinstance(block, Points) for point in block.points)
        yield Points((*points, *plain)[:6])
        return
    for block in part.blocks:
        if isinstance(block, Points):
            yield Points(block.points[:6])
        elif isinstance(block, Grid):
            yield from _pieces(block)
        elif isinstance(block, (Drawing, Decision)):
            yield block


def _pieces(grid: Grid) -> Iterable[Grid]:
    """A table, or its parts if it is too long for one slide."""
    rows = grid.rows
    for at in range(0, len(rows), ROWS):
        yield Grid(grid.caption, grid.columns, tuple(rows[at : at + ROWS]), grid.note, grid.most, grid.numeric)


def settled(content: bytes) -> bytes:
    """The archive with fixed dates, in it and in the workbooks behind its charts."""
    files = []
    for name, body in unpack(content):
        if name.endswith("thumbnail.jpeg"):
            continue
        if name.endswith(".xlsx"):
            body = settled(body)
        elif name.endswith("core.xml"):
            body = _DATE.sub(_NEUTRAL, body)
        elif name == "_rels/.rels":
            body = re.sub(rb"<Relationship [^>]*thumbnail[^>]*/>", b"", body)
        files.append((name, body))
    return pack(files)
