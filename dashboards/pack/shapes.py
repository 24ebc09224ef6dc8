"""Puts one block of a paper on a slide: text, a table or a chart, each with its text for people who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Inches, Pt

from dashboards.pack.blocks import Block, Decision, Drawing, Entry, Figure, Grid, Paper, Points, Said, Share

# The library has no types of its own.
NAVY, INK, QUIET, WHITE = (RGBColor(*bytes.fromhex(colour)) for colour in ("12436D", "0B0C0C", "505A5F", "FFFFFF"))  # type: ignore[no-untyped-call]
FONT = "Arial"
_NEUTRAL = datetime(2000, 1, 1)  # noqa: DTZ001 - the library wants it without a zone
_TITLE_ONLY, _BLANK = 5, 6
_LEFT, _WIDTH, _TOP, _HEIGHT = Inches(0.6), Inches(12.1), Inches(1.45), Inches(5.2)


def title_slide(deck: Any, paper: Paper, total: int) -> None:
    """What the slides are of, and for whom they were made."""
    shown, stamp = (
        slide(deck, paper, paper.title.replace("Meeting pack", "Slides for the meeting"), 1, total),
        paper.stamp,
    )
    lines = [
        stamp.period, stamp.synthetic, *paper.notices, stamp.safety,
        *(f"{name}: {value}" for name, value in paper.facts[1:7]),
    ]  # fmt: skip
    _text(shown, [line for line in lines if line], 18)
    notes(shown, "All figures are from one release. Notes under each slide have its evidence.")


def slide(deck: Any, paper: Paper, title: str, number: int, total: int) -> Any:
    """A slide with its heading, its marking and its footer."""
    made = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    heading = made.shapes.title
    heading.left, heading.top, heading.width, heading.height = _LEFT, Inches(0.55), _WIDTH, Inches(0.8)
    heading.text_frame.text = title
    _dress(heading.text_frame.paragraphs[0], 30, bold=True, colour=NAVY)
    heading.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    stamp = paper.stamp
    marking = " · ".join(filter(None, (stamp.handling, "Synthetic data" if stamp.synthetic else "")))
    _line(made, marking, Inches(0.15), "Marking")
    foot = f"{stamp.release_id} · made for {stamp.taken_by} on {stamp.made_on} · slide {number} of {total}"
    _line(made, foot, Inches(7.02), "Footer")
    return made


def place(made: Any, block: Block) -> None:
    """The block, below the heading."""
    if isinstance(block, Said):
        _text(made, [block.text], 20)
    elif isinstance(block, Points):
        _text(made, [point.text for point in block.points], 18, bullets=True)
    elif isinstance(block, Decision):
        _text(made, [block.question, block.why.text], 18, height=Inches(1.9), first_bold=True)
        rows = [(choice.option, choice.because) for choice in block.choices]
        _table(made, ("Option", "What speaks for it"), rows, "Options", Inches(3.3))
    elif isinstance(block, Drawing):
        _chart(made, block)
    else:
        _grid(made, block)


def notes(made: Any, text: str) -> None:
    """What stands in the notes of a slide."""
    made.notes_slide.notes_text_frame.text = text


def properties(deck: Any, title: str) -> None:
    """What the file says of itself: its title and language, and nothing of whoever made it."""
    core = deck.core_properties
    core.title, core.language, core.subject = title, "en-GB", ""
    core.author = core.last_modified_by = "YPSEM intelligence"
    core.keywords = core.comments = core.category = ""
    core.revision = 1
    core.created = core.modified = core.last_printed = _NEUTRAL


def _text(
    made: Any, lines: list[str], size: int, *, height: int = _HEIGHT, bullets: bool = False, first_bold: bool = False
) -> None:
    box = made.shapes.add_textbox(_LEFT, _TOP, _WIDTH, height)
    box.name = "Text"
    frame = box.text_frame
    frame.word_wrap = True
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text = f"• {line}" if bullets else line
        paragraph.space_after = Pt(10)
        _dress(paragraph, size, bold=first_bold and at == 0)


def _line(made: Any, text: str, top: int, name: str) -> None:
    box = made.shapes.add_textbox(_LEFT, top, _WIDTH, Inches(0.35))
    box.name = name
    box.text_frame.text = text
    _dress(box.text_frame.paragraphs[0], 11, colour=QUIET)


def _dress(paragraph: Any, size: int, *, bold: bool = False, colour: RGBColor = INK) -> None:
    font = paragraph.font
    font.size, font.bold, font.name = Pt(size), bold, FONT
    font.color.rgb = colour


def _grid(made: Any, grid: Grid) -> None:
    rows = [(row.name, *(_words(entry) for entry in row.entries)) for row in grid.rows]
    _table(made, grid.columns, rows, grid.caption, Inches(1.95), numeric=grid.numeric)
    _text(made, [grid.caption], 16, height=Inches(0.45), first_bold=True)


def _table(
    made: Any, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], caption: str, top: int, *, numeric: bool = False
) -> None:
    frame = made.shapes.add_table(len(rows) + 1, len(heads), _LEFT, top, _WIDTH, Inches(0.36) * (len(rows) + 1))
    frame.name = caption
    _alternative(frame, f"Table: {caption}. {'; '.join(': '.join((row[0], ', '.join(row[1:]))) for row in rows)}")
    table = frame.table
    wide = 0.34 if len(heads) > 2 else 0.4
    for at in range(len(heads)):
        part = wide if at == 0 else (1 - wide) / (len(heads) - 1)
        table.columns[at].width = int(_WIDTH * part)
    for down, texts in enumerate((heads, *rows)):
        for across, text in enumerate(texts):
            cell = table.cell(down, across)
            cell.text = text
            paragraph = cell.text_frame.paragraphs[0]
            _dress(
                paragraph,
                12 if len(heads) > 3 else 14,
                bold=down == 0,
                colour=WHITE if down == 0 else INK,
            )
            if numeric and across:
                paragraph.alignment = PP_ALIGN.RIGHT
            if down == 0:
                cell.fill.solid()
                cell.fill.fore_color.rgb = NAVY


def _chart(made: Any, drawing: Drawing) -> None:
    """A line chart of the figures; a period without a number stays a gap, and its word stands in its name."""
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = [
        name if _number(entry) is not None else f"{name}: {_words(entry)}" for name, entry in drawing.points
    ]
    data.add_series(drawing.title, [_number(entry) for _, entry in drawing.points])
    frame = made.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, _LEFT, Inches(1.95), _WIDTH, Inches(4.8), data)
    frame.name = drawing.title
    _alternative(
        frame, f"Chart: {drawing.title}. {'; '.join(f'{name}: {_told(entry)}' for name, entry in drawing.points)}."
    )
    chart = frame.chart
    chart.has_legend, chart.has_title = False, False
    chart.font.size, chart.font.name = Pt(14), FONT
    chart.value_axis.minimum_scale = 0
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    plot = chart.plots[0]
    plot.has_data_labels = True
    labels = plot.data_labels
    share = any(isinstance(entry, Share) for _, entry in drawing.points)
    labels.number_format, labels.number_format_is_linked = ('0"%"' if share else "#,##0"), False
    labels.position = XL_LABEL_POSITION.ABOVE
    labels.font.size, labels.font.bold = Pt(16), True
    line = plot.series[0]
    line.smooth = False
    line.format.line.color.rgb = NAVY
    line.marker.format.fill.solid()
    line.marker.format.fill.fore_color.rgb = NAVY
    _text(made, [f"{drawing.title}. {drawing.said}"], 16, height=Inches(0.45), first_bold=True)


def _alternative(frame: Any, text: str) -> None:
    frame._element._nvXxPr.cNvPr.set("descr", text)


def _number(entry: Entry) -> float | None:
    if isinstance(entry, Figure):
        return entry.value
    if isinstance(entry, Share):
        return None if entry.value is None else round(100 * entry.value)
    return None


def _words(entry: Entry) -> str:
    return entry if isinstance(entry, str) else entry.text


def _told(entry: Entry) -> str:
    return entry if isinstance(entry, str) else entry.told
