"""What else is in a file: words of safety and marking, no hidden part, no metadata but the title, no formula."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

from dashboards.exports import formats
from dashboards.exports.archive import pack, unpack
from dashboards.exports.text import safe
from dashboards.labels import Names
from tests.dashboards.exports import readers
from tests.dashboards.exports.releases import NAMES, SUFFIXES, WRITTEN, full, full_document, needs_pango
from tests.models.store.factories import BOARD, make_release

pytestmark = pytest.mark.slow

SAFETY = "This service never tells you about one child. If a child is in danger call 999"
TITLE = "Aldermere (synthetic): children, January to March 2026"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    release = full()
    return {suffix: formats.write(release, NAMES, suffix) for suffix in WRITTEN}


def texts(suffix: str, content: bytes) -> str:
    """Every text of a file."""
    if suffix == "pdf":
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    if suffix == "ods":
        return " ".join(str(cell) for rows in readers.ods_sheets(content).values() for row in rows for cell in row)
    book = load_workbook(io.BytesIO(content))
    return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != "csv"])
def test_a_file_says_where_to_turn_what_it_is_and_what_its_states_mean(files: dict[str, bytes], suffix: str) -> None:
    text = texts(suffix, files[suffix])
    for words in (
        SAFETY,
        NAMES.referral_route,
        "Synthetic data",
        "for the YPSEM group",
        "X08000001.2026Q1.l1",
        "6 of 8",
        "80-89%",
        "KR5: threshold 5, base 5, width 3, coalition 2",
        "Fewer than ten children, which includes none",
        "Withheld",
        "No return",
        "Not recorded",
        "Not applicable",
    ):
        assert words in text, words


def test_a_csv_says_that_it_is_synthetic_in_every_line(files: dict[str, bytes]) -> None:
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"), newline="")))
    assert all(heading == heading.lower() and " " not in heading for heading in rows[0])
    assert {row[-1] for row in rows[1:]} == {"synthetic"}
    assert all(cell for row in rows for cell in row), "no cell is blank"
    assert len({len(row) for row in rows}) == 1


def test_a_release_that_is_not_synthetic_does_not_say_so() -> None:
    release, names = make_release(synthetic=False), Names("A board", "Ask there", {BOARD: "A board"})
    for suffix in WRITTEN:
        content = formats.write(release, names, suffix)
        text = content.decode("utf-8-sig") if suffix == "csv" else texts(suffix, content)
        assert "ynthetic" not in text


def test_the_workbook_hides_nothing(files: dict[str, bytes]) -> None:
    book = load_workbook(io.BytesIO(files["xlsx"]))
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert len(book.sheetnames) == 3 + len({cell.measure.partition("_")[0] for cell in full().cells})
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert sheet.oddHeader is not None
        assert str(sheet.oddHeader.left.text).startswith("Handling: ")
        assert not any(column.hidden for column in sheet.column_dimensions.values())
        assert not any(row.hidden for row in sheet.row_dimensions.values())
        assert not any(cell.comment for row in sheet for cell in row)
        links = [cell.hyperlink for row in sheet for cell in row if cell.hyperlink]
        assert not any(link.target for link in links), "no link leads out of the file"
        assert {str(link.location).partition("!")[0].strip("'") for link in links} <= set(book.sheetnames)
        assert not any(cell.data_type == "f" for row in sheet for cell in row)
    assert not book.defined_names
    names = [table.displayName for sheet in book for table in sheet.tables.values()]
    assert len(set(names)) == len(names) == len(book.sheetnames) - 1, "each sheet but the cover has a table"
    for sheet in book.worksheets[3:]:
        (table,) = sheet.tables.values()
        first, last = (sheet[corner] for corner in table.ref.split(":"))
        assert (first.value, last.row) == (readers.FIRST_HEADING, sheet.max_row)
        headings = [cell.value for cell in sheet[first.row] if cell.value is not None]
        assert [column.name for column in table.tableColumns] == headings
        assert sheet.freeze_panes == f"A{first.row + 1}"
        assert all(cell.value is not None for row in sheet[table.ref] for cell in row), "no cell of a table is blank"
        assert str(sheet["A1"].value).endswith(("?", "."))


@needs_pango
def test_the_only_metadata_is_the_title(files: dict[str, bytes]) -> None:
    parts = dict(unpack(files["xlsx"]))
    core = ElementTree.fromstring(parts["docProps/core.xml"])  # noqa: S314
    assert {(element.tag.rpartition("}")[2], element.text) for element in core} == {
        ("title", TITLE),
        ("language", "en-GB"),
    }
    assert not list(ElementTree.fromstring(parts["docProps/app.xml"]))  # noqa: S314
    meta = ElementTree.fromstring(dict(unpack(files["ods"]))["meta.xml"])  # noqa: S314
    assert {(e.tag.rpartition("}")[2], e.text) for e in meta[0]} == {("title", TITLE), ("language", "en-GB")}
    pdf = PdfReader(io.BytesIO(files["pdf"]))
    found = {name: str(value) for name, value in (pdf.metadata or {}).items()}
    assert found.pop("/Producer").startswith("WeasyPrint ")
    assert found == {"/Title": TITLE}
    assert not pdf.attachments


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_an_archive_tells_no_time_and_no_system(files: dict[str, bytes], suffix: str) -> None:
    with zipfile.ZipFile(io.BytesIO(files[suffix])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert len({(entry.create_system, entry.external_attr) for entry in archive.infolist()}) == 1
        assert {entry.extra + entry.comment for entry in archive.infolist()} == {b""}
        assert archive.comment == b""
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))  # noqa: S314


def test_the_ods_begins_with_its_type_uncompressed(files: dict[str, bytes]) -> None:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    assert files["ods"][30 : 38 + len(kind)] == b"mimetype" + kind
    assert b"table_children_of_concern" in dict(unpack(files["ods"]))["content.xml"]


def test_a_packed_archive_is_unpacked_as_it_was() -> None:
    given = [("b", b"2"), ("a", b"1" * 1000)]
    assert unpack(pack(given, stored=frozenset({"b"}))) == given


@needs_pango
def test_the_pdf_is_tagged_and_says_its_language_and_title(files: dict[str, bytes]) -> None:
    pdf = PdfReader(io.BytesIO(files["pdf"]))
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    kinds: Counter[str] = Counter()
    _walk(root["/StructTreeRoot"], kinds)
    document = full_document()
    tables = 2 + len(document.questions)
    assert kinds["/Caption"] == tables <= kinds["/Table"]  # one that goes over a page is tagged in parts
    assert kinds["/TH"] > 0
    assert kinds["/Figure"] == 0
    resources: list[Any] = [page["/Resources"] for page in pdf.pages]
    assert not any(found.get("/XObject") for found in resources)


@needs_pango
def test_nothing_in_the_pdf_is_drawn_outside_a_tag(files: dict[str, bytes]) -> None:
    shows = {b"Tj", b"TJ", b"'", b'"', b"Do", b"sh", b"EI"}
    pdf = PdfReader(io.BytesIO(files["pdf"]))
    seen = 0
    for page in pdf.pages:
        depth = 0
        for _, operator in ContentStream(page["/Contents"].get_object(), pdf).operations:
            depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(operator, 0)
            if operator in shows:
                seen += 1
                assert depth > 0
    assert seen > 100


def _walk(element: object, kinds: Counter[str]) -> None:
    """Count the kinds of structure elements."""
    resolved = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(resolved, list):
        for child in resolved:
            _walk(child, kinds)
    elif isinstance(resolved, DictionaryObject):
        if "/S" in resolved:
            kinds[str(resolved["/S"])] += 1
        if "/K" in resolved:
            _walk(resolved["/K"], kinds)


@needs_pango
def test_every_page_is_numbered_and_marked(files: dict[str, bytes]) -> None:
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(files["pdf"])).pages]
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Handling: for the YPSEM group" in text
        assert "Synthetic" in text


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "a\x00b\x1fc"])
def test_no_name_becomes_a_formula_or_breaks_a_file(name: str) -> None:
    names = Names(name, name, {BOARD: name}, {})
    release = make_release()
    rows = list(csv.reader(io.StringIO(formats.write(release, names, "csv").decode("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    cells += [
        str(cell)
        for rows in readers.ods_sheets(formats.write(release, names, "ods")).values()
        for r in rows
        for cell in r
    ]
    book = load_workbook(io.BytesIO(formats.write(release, names, "xlsx")))
    cells += [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet for cell in row)
    assert safe(name) in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert all(character.isprintable() for cell in cells for character in cell)
