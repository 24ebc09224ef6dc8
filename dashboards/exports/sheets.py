"""The content of a spreadsheet's sheets, whatever its format: cover, notes, and one table of figures."""

from __future__ import annotations

from dashboards.exports.document import DocumentLine, ExportDocument, code_of
from dashboards.exports.text import safe

COVER, NOTES, FIGURES = "Cover", "Notes", "Figures"
HEADINGS = ("Measure", "Level", "Area", "Area code", "Sector", "Agency", "Indicator", "Children")
WIDTHS = (22, 8, 26, 16, 24, 36, 26, 14)
"""Of the columns of figures, in characters."""

Rows = list[tuple[str, ...]]


def cover(document: ExportDocument) -> Rows:
    """The first sheet: the title in its first row, then facts in two columns."""
    rows: Rows = [(document.title,)]
    if document.synthetic:
        rows.append((document.synthetic,))
    rows += [(notice,) for _, notice in document.corrections]
    rows += [(document.safety,), (document.referral_route,), ()]
    rows += document.facts
    rows += [(), (f"Sheet {NOTES} explains the entries of the table, and says what the figures cannot say.",)]
    return _safe(rows)


def notes(document: ExportDocument) -> Rows:
    """The second sheet: states, measures, notes, indicators."""
    rows: Rows = [("What the entries mean",), *document.key, (), ("Measures",), *document.measures, (), ("Notes",)]
    rows += [(note,) for note in document.notes]
    if document.tied:
        rows += [(), ("Records that can be tied to a child, by sector and kind",), *document.tied]
    if document.indicators:
        rows += [(), ("Indicators",), *document.indicators]
    return _safe(rows)


def figures(document: ExportDocument) -> list[tuple[tuple[str, ...], int | None]]:
    """The rows of the table: the texts of each, and the number in its last column if that is a figure."""
    return [(tuple(map(safe, _row(line))), line.value) for line in document.lines]


def _row(line: DocumentLine) -> tuple[str, ...]:
    place = (line.level, line.area, line.area_code)
    return (code_of(line.measure), *place, line.sector, line.agency, line.indicator, line.text)


def _safe(rows: Rows) -> Rows:
    return [tuple(map(safe, row)) for row in rows]
