"""Opens CSV and XLSX files as plain rows of stripped text, under a header row that is found, not assumed.

Exports come with titles above the header, a byte-order mark, Windows-1252 text, `;` or tabs, trailing spaces and
spreadsheet dates. All of that ends here: every cell is text, a real spreadsheet date becomes `dd/mm/yyyy HH:MM:SS`.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl

from agencies.readers.reading import UnreadableFile

SEARCH_LINES = 40
"""How far down the header row is looked for."""

_DELIMITERS = (",", ";", "\t", "|")
Line = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Header and data rows; `columns` maps a normalised column name to its place."""

    columns: dict[str, int]
    width: int
    rows: list[Line] = field(repr=False)
    """(line number as a person counts, cells); blank lines left out, short spreadsheet rows filled up."""


def column_key(name: str) -> str:
    """Column names are compared without case and with single spaces."""
    return " ".join(name.replace("\ufeff", "").split()).casefold()


def open_table(path: Path, wanted: Sequence[str], sheet: str | int | None = None) -> Grid:
    """The table of a file whose header row has every column in `wanted`.

    Raises `UnreadableFile` (`no-file`, `bad-encoding`, `bad-spreadsheet`, `no-sheet`, `no-header`, `repeated-column`);
    messages name the columns that were wanted, never text from the file.
    """
    if not path.is_file():
        raise UnreadableFile("no-file", f"{path.name}: there is no such file")
    if _is_spreadsheet(path):
        return _filled(_grid(_sheet_lines(path, sheet), wanted, path.name))
    text = _text(path)
    best: UnreadableFile | None = None
    for delimiter in _DELIMITERS:
        try:
            return _grid(list(_csv_lines(text, delimiter, path.name)), wanted, path.name)
        except UnreadableFile as error:
            if error.rule != "no-header":
                raise
            # The delimiter that found most columns tells best what is missing.
            if best is None or len(str(error)) < len(str(best)):
                best = error
    raise best or UnreadableFile("no-header", f"{path.name}: no header row")


def has_columns(path: Path, wanted: Sequence[str]) -> bool:
    """Whether a CSV's first line is a header with these columns; how files beside the one given are recognised."""
    try:
        with path.open("rb") as file:
            first = file.readline(65536)
        text = first.decode("utf-8-sig", errors="replace")
        cells = next(csv.reader([text]), [])
    except (OSError, csv.Error):
        return False
    return {column_key(name) for name in wanted} <= {column_key(cell) for cell in cells}


def _is_spreadsheet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _text(path: Path) -> str:
    raw = path.read_bytes()
    encodings = ["utf-16"] if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile("bad-encoding", f"{path.name}: neither UTF-8 nor Windows-1252 text, nor an .xlsx workbook")


def _csv_lines(text: str, delimiter: str, name: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for cells in reader:
            yield number, [cell.strip() for cell in cells]
            number = reader.line_num + 1
    except csv.Error:
        raise UnreadableFile("bad-csv", f"{name}: line {number} cannot be read as CSV") from None


def _sheet_lines(path: Path, sheet: str | int | None) -> list[Line]:
    with warnings.catch_warnings():
        # openpyxl warns with the value of a cell: a number in a cell formatted as a date would be in the log.
        warnings.simplefilter("ignore")
        try:
            return list(_cells_of_sheet(path, sheet))
        except UnreadableFile:
            raise
        except Exception:
            # Of a damaged workbook whatever its unpacker, its XML parser or openpyxl raises: there is no list of it.
            raise UnreadableFile("bad-spreadsheet", f"{path.name}: not a workbook that can be opened") from None


def _cells_of_sheet(path: Path, sheet: str | int | None) -> Iterator[Line]:
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)
    try:
        names = book.sheetnames
        wanted = names[(sheet or 1) - 1] if not isinstance(sheet, str) and 0 < (sheet or 1) <= len(names) else sheet
        if not isinstance(wanted, str) or wanted not in names:
            raise UnreadableFile("no-sheet", f"{path.name}: it has no sheet {sheet}, which the mapping asks for")
        for number, row in enumerate(book[wanted].iter_rows(), 1):
            yield number, [_cell_text(cell.value, getattr(cell, "number_format", "") or "") for cell in row]
    finally:
        book.close()


def _cell_text(value: object, number_format: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        # Midnight in a cell formatted as a date is a date; in one formatted with hours it is midnight.
        dated_only = value.time() == time(0) and "h" not in number_format.casefold()
        return value.strftime("%d/%m/%Y" if dated_only else "%d/%m/%Y %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _grid(lines: list[Line], wanted: Sequence[str], name: str) -> Grid:
    keys = {column_key(column): column for column in wanted}
    fewest_missing = list(keys.values())
    for place, (_, cells) in enumerate(lines[:SEARCH_LINES]):
        found = [column_key(cell) for cell in cells]
        missing = [column for key, column in keys.items() if key not in found]
        if not missing:
            return _under_header(found, lines[place + 1 :], keys, name)
        if len(missing) < len(fewest_missing):
            fewest_missing = missing
    raise UnreadableFile("no-header", f"{name}: no header row; missing columns: {', '.join(fewest_missing)}")


def _filled(grid: Grid) -> Grid:
    """Worksheets may leave out blank cells at a row's end; in a CSV a short line is a broken one."""
    for _, cells in grid.rows:
        cells.extend([""] * (grid.width - len(cells)))
    return grid


def _under_header(header: list[str], lines: list[Line], keys: dict[str, str], name: str) -> Grid:
    while header and not header[-1]:
        header.pop()
    if twice := [keys[key] for key in keys if header.count(key) > 1]:
        raise UnreadableFile("repeated-column", f"{name}: columns appear twice: {', '.join(twice)}")
    width = len(header)
    rows = []
    for number, cells in lines:
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if any(cells):
            rows.append((number, cells))
    return Grid({key: place for place, key in enumerate(header) if key}, width, rows)
