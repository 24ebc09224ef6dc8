"""A release as an OpenDocument spreadsheet, written with the standard library: the same sheets as the workbook."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from dashboards.exports import sheets
from dashboards.exports.archive import pack
from dashboards.exports.document import ExportDocument
from dashboards.exports.text import safe

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "number": "datastyle",
        "fo": "xsl-fo-compatible",
        "meta": "meta",
    }.items()
)
_STYLES = (
    '<style:style style:name="title" style:family="table-cell"><style:text-properties fo:font-size="16pt" '
    'fo:font-weight="bold" fo:font-family="Arial"/></style:style>'
    '<style:style style:name="bold" style:family="table-cell"><style:text-properties fo:font-weight="bold" '
    'fo:font-family="Arial"/></style:style>'
    '<style:style style:name="line" style:family="table-cell"><style:text-properties '
    'fo:font-family="Arial"/></style:style>'
    '<style:style style:name="plain" style:family="table-cell"><style:table-cell-properties '
    'fo:wrap-option="wrap"/><style:text-properties fo:font-family="Arial"/></style:style>'
    '<number:number-style style:name="whole"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    '<style:style style:name="figure" style:family="table-cell" style:data-style-name="whole">'
    '<style:paragraph-properties fo:text-align="end"/><style:text-properties fo:font-family="Arial"/></style:style>'
)


def write(document: ExportDocument) -> bytes:
    """The spreadsheet's bytes; its type comes first and uncompressed, as the format requires."""
    return pack(
        [
            ("mimetype", MIMETYPE.encode()),
            ("META-INF/manifest.xml", _manifest().encode()),
            ("content.xml", _content(document).encode()),
            ("meta.xml", _meta(document.title).encode()),
        ],
        stored=frozenset({"mimetype"}),
    )


def _manifest() -> str:
    files = [("/", MIMETYPE), ("content.xml", "text/xml"), ("meta.xml", "text/xml")]
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in files
    )
    namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    return (
        f'{_HEAD}<manifest:manifest xmlns:manifest="{namespace}" manifest:version="1.3">{entries}</manifest:manifest>'
    )


def _meta(title: str) -> str:
    inner = f"<dc:title>{escape(safe(title))}</dc:title><dc:language>en-GB</dc:language>"
    return (
        f'{_HEAD}<office:document-meta {_NAMESPACES} xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3">'
        f"<office:meta>{inner}</office:meta></office:document-meta>"
    )


def _content(document: ExportDocument) -> str:
    columns = "".join(
        f'<style:style style:name="w{width}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{width / 4:.2f}cm"/></style:style>'
        for width in sorted({32, 90, *sheets.WIDTHS, *sheets.VOICE_WIDTHS})
    )
    cover = _text_sheet(sheets.COVER, sheets.cover(document))
    notes = _text_sheet(sheets.NOTES, sheets.notes(document))
    tables = sheets.tables(document)
    ranges = "".join(map(_range, tables))
    return (
        f'{_HEAD}<office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:automatic-styles>{columns}{_STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{cover}{notes}{''.join(map(_figures, tables))}"
        f"<table:database-ranges>{ranges}</table:database-ranges></office:spreadsheet></office:body>"
        "</office:document-content>"
    )


def _range(table: sheets.SheetTable) -> str:
    last = chr(ord("A") + len(table.headings) - 1)
    span = f"{table.name}.A1:{table.name}.{last}{len(table.rows) + 1}"
    return (
        f'<table:database-range table:name="{table.name.lower()}" table:target-range-address="{span}" '
        'table:display-filter-buttons="true"/>'
    )


def _text_sheet(name: str, rows: sheets.Rows) -> str:
    def style(at: int, row: tuple[str, ...]) -> str:
        if at == 0:
            return "title"
        headings = (("Measures",), ("Notes",), ("Indicators",), ("What people said",))
        return "bold" if row in headings else "plain" if len(row) > 1 else "line"

    return _table(name, (32, 90), ("".join(_text(text, style(at, row)) for text in row) for at, row in enumerate(rows)))


def _figures(table: sheets.SheetTable) -> str:
    def row_of(texts: tuple[str, ...], value: int | None) -> str:
        cells = "".join(_text(text, "plain") for text in texts[:-1])
        return cells + (_text(texts[-1], "figure") if value is None else _number(value, texts[-1]))

    head = "".join(_text(heading, "bold") for heading in table.headings)
    return _table(table.name, table.widths, (head, *(row_of(texts, value) for texts, value in table.rows)))


def _table(name: str, widths: Iterable[int], rows: Iterable[str]) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for width in widths)
    # The format forbids a row without cells, so it gets an empty cell.
    body = "".join(f"<table:table-row>{row or '<table:table-cell/>'}</table:table-row>" for row in rows)
    return f"<table:table table:name={quoteattr(name)}>{columns}{body}</table:table>"


def _text(text: str, style: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string"><text:p>{escape(text)}</text:p>'
        "</table:table-cell>"
    )


def _number(value: int, text: str) -> str:
    return (
        f'<table:table-cell table:style-name="figure" office:value-type="float" office:value="{value}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )
