"""A release as an Excel workbook: cover, notes, figures and voices as real tables. Nothing is hidden in it."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from dashboards.exports import sheets
from dashboards.exports.archive import pack, unpack
from dashboards.exports.document import HANDLING, ExportDocument
from dashboards.exports.text import safe

_BOLD = Font(name="Arial", size=11, bold=True)
_PLAIN = Font(name="Arial", size=11)
_TITLE = Font(name="Arial", size=16, bold=True)
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
    _text_sheet(book.create_sheet(sheets.COVER), sheets.cover(document), headings={1})
    notes = sheets.notes(document)
    _text_sheet(book.create_sheet(sheets.NOTES), notes, {1} | {at for at, row in enumerate(notes, 1) if _heading(row)})
    for table in sheets.tables(document):
        _table(book.create_sheet(table.name), table)
    for sheet in book.worksheets:
        _as_printed(sheet)
    out = io.BytesIO()
    book.save(out)
    return _without_traces(out.getvalue(), document.title)


def _as_printed(sheet: Worksheet) -> None:
    """One page wide, with the marking at the top of every page."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = False
    if (header := sheet.oddHeader) is not None:
        header.left.text = HANDLING


def _heading(row: tuple[str, ...]) -> bool:
    return row in (("Measures",), ("Notes",), ("Indicators",), ("What people said",))


def _text_sheet(sheet: Worksheet, rows: sheets.Rows, headings: set[int]) -> None:
    sheet.column_dimensions["A"].width = 32
    sheet.column_dimensions["B"].width = 90
    for at, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            _text(sheet, at, column, text)
            cell = sheet.cell(at, column)
            cell.font = (_TITLE if at == 1 else _BOLD) if at in headings else _PLAIN
            # A text alone in its row may run on to the right; a text beside another is wrapped.
            cell.alignment = Alignment(vertical="top", wrap_text=len(row) > 1)


def _table(sheet: Worksheet, content: sheets.SheetTable) -> None:
    for column, (heading, width) in enumerate(zip(content.headings, content.widths, strict=True), 1):
        _text(sheet, 1, column, heading)
        sheet.cell(1, column).font = _BOLD
        sheet.column_dimensions[get_column_letter(column)].width = width
    last, rows = len(content.headings), content.rows
    for at, (texts, value) in enumerate(rows, 2):
        for column, text in enumerate(texts, 1):
            if column == last and value is not None:
                sheet.cell(at, column, value).number_format = "#,##0"
            else:
                _text(sheet, at, column, text)
            sheet.cell(at, column).font = _PLAIN
        sheet.cell(at, last).alignment = Alignment(horizontal="right")
    sheet.cell(1, last).alignment = Alignment(horizontal="right")
    sheet.freeze_panes = "A2"
    if rows:
        table = Table(displayName=content.name.lower(), ref=f"A1:{get_column_letter(last)}{len(rows) + 1}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
        sheet.add_table(table)


def _text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    sheet.cell(row, column, text).data_type = "s"  # whatever it looks like


def _without_traces(book: bytes, title: str) -> bytes:
    """The same workbook with no metadata but its title and language, and no date."""
    instead = {
        "docProps/core.xml": _CORE.format(title=escape(safe(title))).encode(),
        "docProps/app.xml": _APP.encode(),
    }
    return pack((name, instead.get(name, content)) for name, content in unpack(book))
