"""Reads each kind of file back without the code that wrote it: every one to the same kind of line."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import NamedTuple
from xml.etree import ElementTree

from openpyxl import load_workbook
from pypdf import PdfReader

from models.contract.codes import Sector

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


class Read(NamedTuple):
    """One cell of the release as a file tells it."""

    measure: str
    level: str
    area: str
    sector: str
    agency: str
    indicator: str
    shown: int | str
    """A number where the file holds one, else its text."""


def code(measure: str) -> str:
    """`m2_over_30` as files for people name it: the first of a measure by its number alone."""
    words = measure.removesuffix("_children").split("_")
    return "-".join([words[0].upper(), *words[1:]])


def _read(texts: list[str], shown: int | str) -> Read:
    measure, level, area, sector, agency, indicator = texts
    return Read(measure, level, area, sector, agency, indicator, shown)


def _shown(value: object) -> int | str:
    assert isinstance(value, int | str)
    return value


def from_csv(content: bytes) -> list[Read]:
    """The lines of the CSV."""
    assert content.startswith(b"\xef\xbb\xbf")
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    dims = ("level", "area_name", "sector", "agency", "indicator")
    return [
        _read(
            [code(row["measure"]), *(row[name] for name in dims)],
            int(row["children"]) if row["state"] == "figure" else row["children"],
        )
        for row in rows
    ]


def from_xlsx(content: bytes) -> list[Read]:
    """The lines of the workbook's table."""
    sheet = load_workbook(io.BytesIO(content))["Figures"]
    rows = list(sheet.iter_rows(values_only=True))
    assert [*rows[0]] == ["Measure", "Level", "Area", "Area code", "Sector", "Agency", "Indicator", "Children"]
    return [_read([str(text) for text in (*row[:3], *row[4:7])], _shown(row[7])) for row in rows[1:]]


def ods_sheets(content: bytes) -> dict[str, list[list[int | str]]]:
    """Every sheet of the OpenDocument file, as rows of numbers and texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314
    sheets: dict[str, list[list[int | str]]] = {}
    for table in root.iter(f"{{{_TABLE}}}table"):
        rows: list[list[int | str]] = []
        for row in table.iter(f"{{{_TABLE}}}table-row"):
            cells: list[int | str] = []
            for cell in row:
                text = "".join(p.text or "" for p in cell.iter(f"{{{_TEXT}}}p"))
                number = cell.get(f"{{{_OFFICE}}}value")
                if number is not None:
                    assert text.replace(",", "") == number
                cells.append(text if number is None else int(number))
            rows.append(cells)
        sheets[table.get(f"{{{_TABLE}}}name") or ""] = rows
    return sheets


def from_ods(content: bytes) -> list[Read]:
    """The lines of the OpenDocument table."""
    rows = ods_sheets(content)["Figures"][1:]
    return [_read([str(text) for text in (*row[:3], *row[4:7])], row[7]) for row in rows]


def pdf_text(content: bytes) -> str:
    """The PDF's text in reading order, without what stands at the edges of every page."""
    edge = re.compile(r"^(Handling: .*|Synthetic|X\d{8}\.\w+\.l\d+ Page \d+ of \d+)$")
    lines = [line.strip() for page in PdfReader(io.BytesIO(content)).pages for line in page.extract_text().split("\n")]
    return "\n".join(line for line in lines if line and not edge.match(line))


_SHOWN = re.compile(
    r"(?P<measure>M\d+(?:-[a-z0-9-]+)?) (?:(?P<dims>.+?) )??"
    r"(?P<shown>fewer than 10|not recorded|cannot be counted|1-9|\[[cxz]\]|[\d,]+)$"
)
_HEAD = re.compile(r"(Board|Town|Ward)(?: by (\w+)(?: and (\w+))?)?$")


def _split(text: str, columns: list[str]) -> list[str]:
    """The texts of one column or two: the second is a sector, as every sector reads, or has no space in it."""
    if len(columns) == 2 and columns[1] == "sector":
        sectors = [sector.value.replace("_", " ") for sector in Sector]
        found = max((sector for sector in sectors if text.endswith(f" {sector}")), key=len)
        return [text.removesuffix(f" {found}"), found]
    return text.rsplit(" ", len(columns) - 1)


def from_pdf(content: bytes, board: str) -> list[Read]:
    """The lines of the PDF's tables; a column that a table does not have is `all`, and its area the board."""
    found: list[Read] = []
    body = pdf_text(content).partition("\nFigures\n")[2].partition("\nMeasures\n")[0]
    head: re.Match[str] | None = None
    for line in body.split("\n"):
        if _HEAD.match(line):
            head = _HEAD.match(line)
        elif not line.startswith("Measure "):
            assert head is not None, line
            cell = _SHOWN.match(line)
            assert cell is not None, line
            dims = {"level": head[1].lower(), "area": board, "sector": "all", "agency": "all", "indicator": "all"}
            columns = [name for name in (None if head[1] == "Board" else "area", head[2], head[3]) if name]
            dims |= dict(zip(columns, _split(cell["dims"] or "", columns), strict=False))
            shown = cell["shown"].replace(",", "")
            found.append(
                Read(cell["measure"], **dims, shown=int(shown) if shown.isdigit() and shown != "0" else cell["shown"])
            )
    return found
