"""Writes the slides: a title, findings, charts, tables and decisions, with the evidence in the notes of each slide.

Charts and tables are native, so that a presenter can read and copy them, and each has a text in place of it for people
who do not see it. The file has the same bytes every time, and says nothing of the machine or the account that made it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pptx import Presentation
from pptx.util import Inches

from dashboards.exports.archive import pack, unpack
from dashboards.labels import Names, label_of
from dashboards.pack import shapes
from dashboards.pack.blocks import Block, Decision, Drawing, Figure, Grid, Paper, Part, Points, Said
from dashboards.words import short_quarter

ROWS, SENTENCES, TOGETHER = 9, 6, 2
"""Rows of a table, sentences, and pictures that a slide has room for."""
_DATE = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
UNWANTED = ("thumbnail", "printerSettings")
"""Parts of the library's own template that say nothing of ours."""
_UNWANTED_LINK = re.compile(rb"<Relationship [^>]*(?:thumbnail|printerSettings)[^>]*/>")
_NEUTRAL = rb"\g<1>2000-01-01T00:00:00Z\g<2>"


def write(paper: Paper, names: Names) -> bytes:
    """The PPTX file's bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    wanted = [(part.title, blocks) for part in paper.parts for blocks in chosen(part)]
    total = len(wanted) + 1
    shapes.title_slide(deck, paper, total)
    for number, (title, blocks) in enumerate(wanted, 2):
        slide = shapes.slide(deck, paper, title, number, total)
        shapes.place(slide, blocks)
        shapes.notes(slide, evidence(blocks, names))
    shapes.properties(deck, f"{paper.title}, {paper.stamp.period}")
    out = io.BytesIO()
    deck.save(out)
    return settled(out.getvalue())


def evidence(blocks: Iterable[Block], names: Names) -> str:
    """The figures of a slide, each by the label that it has in the release's table of figures."""
    cells = [figure for block in blocks for figure in block.figures if figure.cell is not None]
    lines = dict.fromkeys(_line(figure, names) for figure in cells)
    if not lines:
        return "This slide has no released figure of its own."
    return "Evidence, by the labels in the table of figures:\n" + "\n".join(lines)


def _line(figure: Figure, names: Names) -> str:
    label = label_of(figure.cell, names) if figure.cell is not None else ""
    return f"{label}, {short_quarter(figure.window)}: {figure.told}"


def chosen(part: Part) -> Iterator[tuple[Block, ...]]:
    """What stands together on each slide of a part: sentences, two pictures, one decision, or as much of a table as
    there is room for."""
    drawings = [block for block in part.blocks if isinstance(block, Drawing)]
    said = [block for block in part.blocks if isinstance(block, Said)]
    points = [point for block in part.blocks if isinstance(block, Points) for point in block.points]
    for at in range(0, len(drawings), TOGETHER):
        yield tuple(drawings[at : at + TOGETHER])
    for block in part.blocks:
        if isinstance(block, Grid):
            rows = block.rows
            yield from ((replace(block, rows=rows[at : at + ROWS]),) for at in range(0, len(rows), ROWS))
        elif isinstance(block, Decision):
            yield (block,)
    texts = [*points, *said]
    for at in range(0, len(texts), SENTENCES):
        yield (Points(tuple(texts[at : at + SENTENCES])),)


def settled(content: bytes) -> bytes:
    """The archive with fixed dates, in it and in the workbooks behind its charts."""
    files = []
    for name, body in unpack(content):
        if any(word in name for word in UNWANTED):
            continue
        if name.endswith(".xlsx"):
            body = settled(body)
        elif name.endswith("core.xml"):
            body = _DATE.sub(_NEUTRAL, body)
        elif name.endswith(".rels"):
            body = _UNWANTED_LINK.sub(b"", body)
        files.append((name, body))
    return pack(files)
