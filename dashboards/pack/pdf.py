"""Writes a paper as a tagged PDF (PDF/UA-1), with the engine and the limits of a release's PDF."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards.exports.pdf import drawn
from dashboards.pack.blocks import Drawing, Entry, Figure, Grid, Heat, Paper, Points, Row, Said, Share
from dashboards.pictures.heat import LEGEND, look_of

_TEMPLATES = Path(__file__).parent / "templates"
_KINDS = {Said: "said", Points: "points", Grid: "grid", Drawing: "drawing", Heat: "heat"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"kind": lambda block: _KINDS.get(type(block), "decision"), "words": words, "bar": bar}
    environment.filters |= {"quoted": quoted, "look": look}
    environment.globals |= {"legend": LEGEND}
    return environment


def write(paper: Paper) -> bytes:
    """The PDF's bytes, the same for the same paper; raises as `dashboards.exports.pdf.drawn` does."""
    html = _environment().get_template("paper.html").render(paper=paper, stamp=paper.stamp)
    css = _environment().get_template("paper.css").render(paper=paper, stamp=paper.stamp, lengths=_lengths(paper))
    return drawn(html, css, f"{paper.kind} {paper.title} {paper.stamp.release_id}")


def words(entry: Entry) -> str:
    """An entry of a table as text."""
    return entry if isinstance(entry, str) else entry.text


def bar(row: Row, most: float) -> str:
    """The classes that draw a row's bar, in whole per cent of its cell; empty where nothing is drawn.

    They rest on what the table shows and on nothing else: a number and its likely range, or "fewer than 10".
    """
    drawn = row.bar
    if isinstance(drawn, Share) or drawn is None:
        return ""
    if isinstance(drawn, Figure) and drawn.few:
        return f"few w{_part(10, most)}"
    if drawn.value is None or drawn.low is None or drawn.high is None:
        return ""
    low, high = _part(drawn.low, most), _part(drawn.high, most)
    return f"range l{low} w{max(1, high - low)}"


def look(figure: Figure) -> str:
    """The shade or pattern of a figure in a table that is shaded: that of the pages."""
    return "nothing" if figure.cell is None else look_of(figure.cell.state, figure.cell.value)


def _lengths(paper: Paper) -> list[tuple[str, str, int]]:
    """The rules that the bars of a paper need: name of the class, what it sets, and to how many per cent."""
    grids = (block for part in paper.parts for block in part.blocks if isinstance(block, Grid) and block.most)
    names = {name for grid in grids for row in grid.rows for name in bar(row, grid.most).split()}
    found = sorted(name for name in names if name[1:].isdecimal())
    return [(name, "left" if name[0] == "l" else "width", int(name[1:])) for name in found]


def _part(value: float, most: float) -> int:
    return max(0, min(100, round(100 * value / most)))


def quoted(text: str) -> str:
    """A text within a string of CSS: nothing in it ends the string or begins a line."""
    return "".join(letter if letter.isalnum() or letter in " .,:;()'-" else f"\\{ord(letter):x} " for letter in text)
