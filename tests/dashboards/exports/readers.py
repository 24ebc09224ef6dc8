"""Reads each kind of file back without the code that wrote it: every one to the same kind of line."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from xml.etree import ElementTree

from openpyxl import load_workbook
from pypdf import PdfReader

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
FIRST_HEADING = "What is counted"
"""The first heading of every table of figures."""


class Read(NamedTuple):
    """One line of a file: its label, a number where the file holds one, else its text, and the likely range."""

    label: str
    shown: int | str
    likely: tuple[int, int] | None


Rows = list[list[int | str]]


def _read(label: str, shown: object, low: object, high: object) -> Read:
    assert isinstance(shown, int | str)
    return Read(label, shown, None if low == "none" else (int(str(low)), int(str(high))))


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV, by heading."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def from_csv(content: bytes) -> list[Read]:
    """The lines of the CSV about children, or of the one of what people said."""
    return [
        _read(
            row["label"],
            int(shown) if row["state"] == "figure" else shown,
            row["likely_from"],
            row["likely_to"],
        )
        for row in csv_rows(content)
        for shown in (row["children"] if "children" in row else row["people"],)
    ]


def from_labelled(content: bytes) -> list[Read]:
    """The lines of the JSON with labels."""
    told = json.loads(content)
    return [
        Read(
            line["label"],
            line["shown"] if line["value"] is None else line["value"],
            None if line["likely_from"] is None else (line["likely_from"], line["likely_to"]),
        )
        for line in (*told["children"], *told["people"])
    ]


def tables_of(sheets: dict[str, Rows]) -> dict[str, Rows]:
    """Sheet -> the rows of its table of figures, headings first; sheets without one are left out."""
    found = {}
    for name, rows in sheets.items():
        at = next((at for at, row in enumerate(rows) if row and row[0] == FIRST_HEADING), None)
        if at is not None:
            found[name] = rows[at:]
    return found


def below_headings(rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows of a sheet's table of figures, as any program gives them; none for a sheet without one."""
    at = next((at for at, row in enumerate(rows) if row and row[0] == FIRST_HEADING), len(rows))
    return iter(rows[at + 1 :])


def from_sheets(sheets: dict[str, Rows]) -> list[Read]:
    """The lines of all tables of a spreadsheet."""
    found = []
    for rows in tables_of(sheets).values():
        head = [str(heading) for heading in rows[0]]
        low, high = head.index("Likely from"), head.index("Likely to")
        found += [_read(str(row[0]), row[1], row[low], row[high]) for row in rows[1:]]
    return found


def xlsx_sheets(content: bytes) -> dict[str, Rows]:
    """Every sheet of the workbook, as rows of numbers and texts."""
    book = load_workbook(io.BytesIO(content))
    return {
        sheet.title: [
            [cell for cell in row if isinstance(cell, int | str)] for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in book
    }


def from_xlsx(content: bytes) -> list[Read]:
    """The lines of the workbook's tables."""
    return from_sheets(xlsx_sheets(content))


def ods_sheets(content: bytes) -> dict[str, Rows]:
    """Every sheet of the OpenDocument file, as rows of numbers and texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314
    sheets: dict[str, Rows] = {}
    for table in root.iter(f"{{{_TABLE}}}table"):
        rows: Rows = []
        for row in table.iter(f"{{{_TABLE}}}table-row"):
            cells: list[int | str] = []
            for cell in row:
                text = "".join("".join(p.itertext()) for p in cell.iter(f"{{{_TEXT}}}p"))
                number = cell.get(f"{{{_OFFICE}}}value")
                if number is not None:
                    assert text.replace(",", "") == number
                cells.append(text if number is None else int(number))
            rows.append(cells)
        sheets[table.get(f"{{{_TABLE}}}name") or ""] = rows
    return sheets


def from_ods(content: bytes) -> list[Read]:
    """The lines of the OpenDocument tables."""
    return from_sheets(ods_sheets(content))


@lru_cache(maxsize=8)
def pdf_text(content: bytes) -> str:
    """The PDF's text in reading order, without what stands at the edges of every page. Reading takes seconds."""
    edge = re.compile(r"^(Handling: .*|Synthetic|X\d{8}\.\w+\.l\d+ Page \d+ of \d+)$")
    lines = [line.strip() for page in PdfReader(io.BytesIO(content)).pages for line in page.extract_text().split("\n")]
    return "\n".join(line for line in lines if line and not edge.match(line))


_HEAD = re.compile(r"What is counted (?:Children|People) Likely range")
_LINE = re.compile(
    r"(?P<label>(?:Children|Boys|People heard)\b.+?) "
    r"(?P<shown>fewer than 10|not recorded|cannot be counted|1-9|\[[cxz]\]|[\d,]+) "
    r"(?P<range>[\d,]+ to [\d,]+|no range)(?= |$)"
)


def from_pdf(content: bytes) -> list[Read]:
    """The lines of the PDF's tables, those of what people said included. A label may run over several lines."""
    text = pdf_text(content).partition("\nFigures\n")[2].rpartition("\nNotes\n")[0]
    found = []
    for part in _HEAD.split(text.replace("\n", " "))[1:]:
        for match in _LINE.finditer(part):
            shown = match["shown"].replace(",", "")
            low, _, high = match["range"].replace(",", "").partition(" to ")
            number = shown.isdigit() and shown != "0"
            found.append(_read(match["label"], int(shown) if number else shown, low if high else "none", high))
    return found
