"""Puts one block of a paper on a slide: text, a table or a chart, each with its text for people who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Inches, Pt

from dashboards.pack.blocks import Block, Decision, Drawing, Entry, Figure, Grid, Paper, Points, Said, Share

# The library has no types of its own.
NAVY, INK, QUIET, WHITE, PALE = (
    RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]
    for colour in ("12436D", "0B0C0C", "505A5F", "FFFFFF", "6BACE6")
)
SMALLER_FROM = 5
"""From so many sentences on a slide's letters are smaller."""
FONT = "Arial"
_NEUTRAL = datetime(2000, 1, 1)  # noqa: DTZ001 - the library wants it without a zone
_TITLE_ONLY, _BLANK = 5, 6
_LEFT, _WIDTH, _TOP, _HEIGHT = Inches(0.6), Inches(12.1), Inches(1.45), Inches(5.2)


def title_slide(deck: Any, paper: Paper, total: int) -> None:
    """What the slides are of, and for whom they were made."""
    shown, stamp = (
        slide(deck, paper, paper.title, 1, total),
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


LONG = 300
"""From so many letters on, what speaks for a decision is set smaller, so that it ends above the options."""


def place(made: Any, blocks: tuple[Block, ...]) -> None:
    """The blocks, below the heading."""
    drawings = [block for block in blocks if isinstance(block, Drawing)]
    for at, drawing in enumerate(drawings):
        _line_chart(made, drawing, at, len(drawings))
    for block in blocks:
        if isinstance(block, Said):
            _text(made, [block.text], 20)
        elif isinstance(block, Points):
            _text(
                made,
                [point.text for point in block.points],
                20 if len(block.points) < SMALLER_FROM else 17,
                bullets=True,
            )
        elif isinstance(block, Decision):
            size = 20 if len(block.why.text) < LONG else 14
            _text(made, [block.question, block.why.text], size, height=Inches(2.1), first_bold=True)
            rows = [(choice.option, choice.because) for choice in block.choices]
            _table(made, ("Option", "What speaks for it"), rows, "Options", Inches(3.6))
        elif isinstance(block, Grid) and block.most:
            _bar_chart(made, block)
        elif isinstance(block, Grid):
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
    made: Any,
    lines: list[str],
    size: int,
    *,
    height: int = _HEIGHT,
    bullets: bool = False,
    first_bold: bool = False,
    left: int = _LEFT,
    width: int = _WIDTH,
) -> None:
    box = made.shapes.add_textbox(left, _TOP, width, height)
    box.name = "Text"
    frame = box.text_frame
    frame.word_wrap = True
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.text = f"• {line}" if bullets else line
        paragraph.space_after = Pt(10)
        _dress(paragraph, size, bold=first_bold and at == 0)
        paragraph.alignment = PP_ALIGN.LEFT


def _line(made: Any, text: str, top: int, name: str) -> None:
    box = made.shapes.add_textbox(_LEFT, top, _WIDTH, Inches(0.35))
    box.name = name
    box.text_frame.word_wrap = True
    box.text_frame.text = text
    _dress(box.text_frame.paragraphs[0], 11, colour=QUIET)
    box.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT


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


def _line_chart(made: Any, drawing: Drawing, at: int, of: int) -> None:
    """Figures over time; a period without a number stays a gap, and its word stands in its name."""
    width = _WIDTH // of
    values = [(_category(name, entry), (_number(entry),)) for name, entry in drawing.points]
    box = (_LEFT + at * width, Inches(2.4), width - Inches(0.2) * (of > 1), Inches(4.3))
    share = any(isinstance(entry, Share) for _, entry in drawing.points)
    said = "; ".join(f"{name}: {_told(entry)}" for name, entry in drawing.points)
    chart = _chart(made, XL_CHART_TYPE.LINE_MARKERS, (drawing.title,), values, box, f"Chart: {drawing.title}. {said}.")
    _labels(chart, '0"%"' if share else "#,##0", XL_LABEL_POSITION.ABOVE)
    line = chart.plots[0].series[0]
    line.smooth = False
    line.format.line.color.rgb = NAVY
    line.marker.format.fill.solid()
    line.marker.format.fill.fore_color.rgb = NAVY
    _text(made, [drawing.title, drawing.said], 16, height=Inches(0.9), first_bold=True, left=box[0], width=box[2])


def _bar_chart(made: Any, grid: Grid) -> None:
    """The figures of a table and those of the window before; what has no number has its word in its name."""
    values = [
        (_category(row.name, row.entries[0]), (_number(row.entries[0]), _number(row.entries[PAST])))
        for row in reversed(grid.rows)  # such a chart begins at the bottom
    ]
    box = (_LEFT, Inches(1.95), _WIDTH, Inches(4.95))
    said = "; ".join(f"{row.name}: {_told(row.entries[0])}, before: {_told(row.entries[PAST])}" for row in grid.rows)
    names = ("This period", grid.columns[PAST + 1])
    chart = _chart(made, XL_CHART_TYPE.BAR_CLUSTERED, names, values, box, f"Chart: {grid.caption}. {said}.")
    _labels(chart, "#,##0", XL_LABEL_POSITION.OUTSIDE_END)
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.plots[0].gap_width = 60
    for series, colour in zip(chart.plots[0].series, (NAVY, PALE), strict=True):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = colour
    _text(made, [grid.caption], 16, height=Inches(0.45), first_bold=True)


PAST = 2
"""Where a table that compares two windows has the figure of the earlier."""


def _chart(
    made: Any, kind: Any, series: tuple[str, ...], values: Sequence[tuple[str, tuple[float | None, ...]]],
    box: tuple[int, int, int, int], alternative: str,
) -> Any:  # fmt: skip
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = [name for name, _ in values]
    for at, name in enumerate(series):
        data.add_series(name, [numbers[at] for _, numbers in values])
    frame = made.shapes.add_chart(kind, *box, data)
    frame.name = series[0]
    _alternative(frame, alternative)
    chart = frame.chart
    chart.has_legend, chart.has_title = False, False
    chart.font.size, chart.font.name = Pt(12), FONT
    chart.value_axis.minimum_scale = 0
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    return chart


def _labels(chart: Any, form: str, position: Any) -> None:
    plot = chart.plots[0]
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = form, False
    labels.position = position
    labels.font.size, labels.font.bold = Pt(13), True


def _category(name: str, entry: Entry) -> str:
    return name if _number(entry) is not None else f"{name}: {_words(entry)}"


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
