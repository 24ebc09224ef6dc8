"""A release as an Excel workbook: cover, contents, notes, and a sheet with a real table for each question.

Nothing in it is hidden, and it has no formula, no metadata but its title and language, and no date.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from math import ceil
from typing import Final
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from dashboards.exports.archive import pack, unpack
from dashboards.exports.document import HANDLING, ExportDocument
from dashboards.exports.sheets import Entry, Link, Sheet, SheetTable, Style, sheets
from dashboards.exports.text import safe

_FONTS: Final[dict[Style, Font]] = {
    "title": Font(name="Arial", size=16, bold=True),
    "heading": Font(name="Arial", size=12, bold=True),
    "plain": Font(name="Arial", size=11),
    "link": Font(name="Arial", size=11, underline="single", color="FF1D4ED8"),
}
_TALL: Final[dict[Style, float]] = {"title": 24.0, "heading": 18.0, "plain": 15.0, "link": 18.0}
"""Points that a line needs."""
_FILLED = 1.3
"""Letters that fit into a unit of width, with some to spare for words that are wrapped whole."""
_BOLD = Font(name="Arial", size=11, bold=True)
_TOP = Alignment(vertical="top")
_WRAPPED = Alignment(vertical="top", horizontal="left", wrap_text=True)
_INSET = Alignment(vertical="top", horizontal="left", wrap_text=True, indent=1)
"""For a text that stands to the right of a number."""
_RIGHT = Alignment(vertical="top", horizontal="right")
_CORE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:language>en-GB</dc:language>'
    "</cp:coreProperties>"
)
_APP = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


def write(document: ExportDocument) -> bytes:
    """The workbook's bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets(document):
        _write(book.create_sheet(sheet.name), sheet)
    out = io.BytesIO()
    book.save(out)
    return _without_traces(out.getvalue(), document.title)


def _write(into: Worksheet, sheet: Sheet) -> None:
    for column, width in enumerate(sheet.widths, 1):
        into.column_dimensions[get_column_letter(column)].width = width
    for at, row in enumerate(sheet.above, 1):
        for column, entry in enumerate(row.entries, 1):
            # A text alone in its row may run on to the right; a text beside another is wrapped.
            _put(into, at, column, entry, _FONTS[row.style], _WRAPPED if len(row.entries) > 1 else _TOP)
        into.row_dimensions[at].height = _TALL[row.style] * (
            _lines(row.entries, sheet.widths) if len(row.entries) > 1 else 1
        )
    if sheet.table is not None:
        _table(into, len(sheet.above) + 1, sheet.table, sheet.widths)
    _as_printed(into)


def _table(into: Worksheet, first: int, content: SheetTable, widths: Sequence[int]) -> None:
    """The table from its row of headings on; rows above it and the headings stay in sight."""
    for column, heading in enumerate(content.headings, 1):
        _put(into, first, column, heading, _BOLD, _WRAPPED)
    for at, row in enumerate(content.rows, first + 1):
        for column, entry in enumerate(row):
            beside = _INSET if column - 1 in content.numbers else _WRAPPED
            _put(into, at, column + 1, entry, _FONTS["plain"], _RIGHT if column in content.numbers else beside)
        into.row_dimensions[at].height = _TALL["plain"] * _lines(row, widths)
    into.freeze_panes = f"A{first + 1}"
    area = f"A{first}:{get_column_letter(len(content.headings))}{first + len(content.rows)}"
    table = Table(displayName=content.name, ref=area)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    into.add_table(table)


def _lines(entries: Sequence[Entry], widths: Sequence[int]) -> int:
    """How many lines a row needs: programs do not all make a row taller when they open a file."""
    texts = [entry.text if isinstance(entry, Link) else str(entry) for entry in entries]
    return max(ceil(len(text) / (_FILLED * width)) for text, width in zip(texts, widths, strict=False))


def _put(into: Worksheet, row: int, column: int, entry: Entry, font: Font, alignment: Alignment) -> None:
    cell = into.cell(row, column)
    if isinstance(entry, int):
        cell.value = entry
        cell.number_format = "#,##0"
    else:
        text = entry.text if isinstance(entry, Link) else entry
        cell.value = text
        cell.data_type = "s"  # whatever it looks like
    if isinstance(entry, Link):
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{entry.sheet}'!A1", display=entry.text)
        font = _FONTS["link"]
    cell.font = font
    cell.alignment = alignment


def _as_printed(sheet: Worksheet) -> None:
    """One page wide, with the marking at the top of every page."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = False
    if (header := sheet.oddHeader) is not None:
        header.left.text = HANDLING


def _without_traces(book: bytes, title: str) -> bytes:
    """The same workbook with no metadata but its title and language, and no date."""
    instead = {
        "docProps/core.xml": _CORE.format(title=escape(safe(title))).encode(),
        "docProps/app.xml": _APP.encode(),
    }
    return pack((name, instead.get(name, content)) for name, content in unpack(book))
