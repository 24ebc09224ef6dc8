"""An export file before it is written: columns, lines, and how its system prints files. Writing is byte-identical.

Spreadsheets are zip files with clocks in them; those are set to a fixed time after writing.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook

Cell = str | int | float | None
EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's clock has no zone
_FIXED = "2026-05-08T18:00:00Z"
_CLOCK = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms)")


@dataclass(slots=True)
class ExportLine:
    """One line: cells by column, the day it is about, and the events it should become."""

    cells: list[Cell]
    day: date
    events: tuple[str, ...]
    planted: str | None = None
    """Kind of dirt, `duplicate`, or None for an honest line."""


@dataclass(slots=True)
class ExportFile:
    """One export of one agency, with all that a publisher has to know about it."""

    agency: str
    name: str
    columns: list[str]
    lines: list[ExportLine]
    mapping: str | None
    format: str = "mapped-csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    titles: list[str] = field(default_factory=list)
    """Report lines above the header."""
    board: bool = True
    """Whether it is published with --board (it has lines without a ward)."""
    complete: tuple[date, date] | None = None
    order: int = 0
    companions: dict[str, str] = field(default_factory=dict)
    """Option -> file name, such as the header file of a 903 return."""
    settings: dict[str, str] = field(default_factory=dict)
    """Further options and their values."""
    key: tuple[str, ...] = ()
    """Columns of the record's own key."""
    reference: str | None = None
    """The key column that a planted line gets a new value in; None when its key is made of facts."""

    @property
    def path(self) -> str:
        """Relative to the output directory."""
        return f"{self.agency}/{self.name}"

    @property
    def events(self) -> int:
        """How many events its lines should become, duplicates and refused lines left out."""
        return sum(len(line.events) for line in self.lines)

    def column(self, name: str) -> int:
        """Index of a column."""
        return self.columns.index(name)


def columns(header: str) -> list[str]:
    """The columns of a header row as it is printed, comma separated."""
    return header.split(",")


def day_text(day: date | None) -> str:
    """`01/04/2024`, or blank."""
    return day.strftime("%d/%m/%Y") if day else ""


def time_text(moment: datetime | None) -> str:
    """`01/04/2024 21:35`, or blank."""
    return moment.strftime("%d/%m/%Y %H:%M") if moment else ""


def serial(moment: date | datetime | None) -> float | int | None:
    """Excel's serial number: whole for a date, with a fraction for a time."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        return (datetime(moment.year, moment.month, moment.day) - EXCEL_ZERO).days  # noqa: DTZ001
    since = moment - EXCEL_ZERO
    return round(since.days + since.seconds / 86_400, 6)


def write(file: ExportFile, directory: Path) -> None:
    """Write one export under the output directory, making its folder."""
    path = directory / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".xlsx":
        path.write_bytes(_workbook(file))
    else:
        path.write_bytes(_text(file).encode(file.encoding))


def _text(file: ExportFile) -> str:
    out = io.StringIO()
    for title in file.titles:
        out.write(title + "\r\n")
    writer = csv.writer(out, delimiter=file.delimiter, lineterminator="\r\n")
    writer.writerow(file.columns)
    writer.writerows(line.cells for line in file.lines)
    return out.getvalue()


def _workbook(file: ExportFile) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    for title in file.titles:
        sheet.append([title] if title else [])
    sheet.append(file.columns)
    for line in file.lines:
        sheet.append(line.cells)
    raw = io.BytesIO()
    book.save(raw)
    return _without_clocks(raw.getvalue())


def _without_clocks(book: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            content = _CLOCK.sub(rb"\g<1>" + _FIXED.encode() + rb"\g<3>", source.read(entry))
            fixed = zipfile.ZipInfo(entry.filename, (2026, 5, 8, 18, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, content)
    return out.getvalue()
