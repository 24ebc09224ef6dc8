"""A release as an OpenDocument spreadsheet, written with the standard library: the same sheets as the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from dashboards.exports.archive import pack
from dashboards.exports.document import ExportDocument
from dashboards.exports.sheets import Entry, Link, Sheet, SheetRow, sheets
from dashboards.exports.text import safe

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_NAMES = {
    "office": "office",
    "table": "table",
    "text": "text",
    "style": "style",
    "number": "datastyle",
    "fo": "xsl-fo-compatible",
    "meta": "meta",
    "config": "config",
}
_NAMESPACES = " ".join(
    (
        *(f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in _NAMES.items()),
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:ooo="http://openoffice.org/2004/office"',
    )
)
_FONTS = {
    "title": 'fo:font-size="16pt" fo:font-weight="bold"',
    "heading": 'fo:font-size="12pt" fo:font-weight="bold"',
    "bold": 'fo:font-weight="bold"',
    "line": "",
    "plain": "",
    "link": "",
    "figure": "",
}
_WRAPPED = frozenset({"plain", "bold"})


def write(document: ExportDocument) -> bytes:
    """The spreadsheet's bytes; its type comes first and uncompressed, as the format requires."""
    content = sheets(document)
    return pack(
        [
            ("mimetype", MIMETYPE.encode()),
            ("META-INF/manifest.xml", _manifest().encode()),
            ("content.xml", _content(content).encode()),
            ("settings.xml", _settings(content).encode()),
            ("meta.xml", _meta(document.title).encode()),
        ],
        stored=frozenset({"mimetype"}),
    )


def _manifest() -> str:
    files = [("/", MIMETYPE), *((f"{name}.xml", "text/xml") for name in ("content", "settings", "meta"))]
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


def _settings(content: Iterable[Sheet]) -> str:
    """What stays in sight while one scrolls: the rows above a table, and its headings."""
    views = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>{_frozen(len(sheet.above) + 1)}"
        "</config:config-item-map-entry>"
        for sheet in content
        if sheet.table is not None
    )
    return (
        f'{_HEAD}<office:document-settings {_NAMESPACES} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
        '</config:config-item><config:config-item-map-named config:name="Tables">'
        f"{views}</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


def _frozen(rows: int) -> str:
    def item(name: str, kind: str, value: int) -> str:
        return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'

    return (
        item("HorizontalSplitMode", "short", 0)
        + item("VerticalSplitMode", "short", 2)
        + item("VerticalSplitPosition", "int", rows)
        + item("ActiveSplitRange", "short", 2)
        + item("PositionTop", "int", 0)
        + item("PositionBottom", "int", rows)
    )


def _content(content: Sequence[Sheet]) -> str:
    columns = "".join(
        f'<style:style style:name="w{width}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{width / 4:.2f}cm"/></style:style>'
        for width in sorted({width for sheet in content for width in sheet.widths})
    )
    ranges = "".join(map(_range, content))
    return (
        f'{_HEAD}<office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:automatic-styles>{columns}{_styles()}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(map(_sheet, content))}"
        f"<table:database-ranges>{ranges}</table:database-ranges></office:spreadsheet></office:body>"
        "</office:document-content>"
    )


def _styles() -> str:
    whole = (
        '<number:number-style style:name="whole"><number:number number:decimal-places="0" '
        'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    )

    def style(name: str, font: str) -> str:
        data = ' style:data-style-name="whole"' if name == "figure" else ""
        wrap = '<style:table-cell-properties fo:wrap-option="wrap"/>' if name in _WRAPPED else ""
        end = '<style:paragraph-properties fo:text-align="end"/>' if name == "figure" else ""
        text = f'<style:text-properties fo:font-family="Arial" {font}/>'
        return f'<style:style style:name="{name}" style:family="table-cell"{data}>{wrap}{end}{text}</style:style>'

    return whole + "".join(style(name, font) for name, font in _FONTS.items())


def _range(sheet: Sheet) -> str:
    if sheet.table is None:
        return ""
    first, last = len(sheet.above) + 1, chr(ord("A") + len(sheet.table.headings) - 1)
    name = f"'{sheet.name}'"
    span = f"{name}.A{first}:{name}.{last}{first + len(sheet.table.rows)}"
    return (
        f'<table:database-range table:name="{sheet.table.name}" table:target-range-address="{span}" '
        'table:display-filter-buttons="true"/>'
    )


def _sheet(sheet: Sheet) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for width in sheet.widths)
    rows = [_row(row) for row in sheet.above]
    if sheet.table is not None:
        rows.append(_cells((heading, "bold") for heading in sheet.table.headings))
        rows += [
            _cells((entry, "figure" if at in sheet.table.numbers else "plain") for at, entry in enumerate(row))
            for row in sheet.table.rows
        ]
    return f"<table:table table:name={quoteattr(sheet.name)}>{columns}{''.join(rows)}</table:table>"


def _row(row: SheetRow) -> str:
    # A text alone in its row may run on to the right; a text beside another is wrapped.
    style = "line" if row.style == "plain" and len(row.entries) == 1 else row.style
    return _cells((entry, style) for entry in row.entries)


def _cells(entries: Iterable[tuple[Entry, str]]) -> str:
    return f"<table:table-row>{''.join(_cell(entry, style) for entry, style in entries)}</table:table-row>"


def _cell(entry: Entry, style: str) -> str:
    if isinstance(entry, int):
        return (
            f'<table:table-cell table:style-name="figure" office:value-type="float" office:value="{entry}">'
            f"<text:p>{entry:,}</text:p></table:table-cell>"
        )
    if isinstance(entry, Link):
        place, style = quoteattr(f"#'{entry.sheet}'.A1"), "link"
        inner = f'<text:a xlink:type="simple" xlink:href={place}>{escape(entry.text)}</text:a>'
    else:
        inner = escape(entry)
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string"><text:p>{inner}</text:p>'
        "</table:table-cell>"
    )
