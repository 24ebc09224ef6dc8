"""Reads the CSV files of the hotspot commands. Errors name the file, the line and the rule, never a value."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from analysis.commands._errors import Unusable
from analysis.hotspots.intervals import DateFault, Span, read_date

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TextLine:
    """One row of a file, with its line number."""

    path: Path
    number: int
    cells: dict[str, str]

    def fault(self, rule: str) -> Unusable:
        """An error that names this line and the rule that it breaks."""
        return Unusable(f"{self.path}: line {self.number}: {rule}")

    def text(self, column: str) -> str:
        """The text of a cell. Raises `Unusable` if it is empty."""
        value = self.cells.get(column, "")
        if not value:
            raise self.fault(f"{column} is empty")
        return value

    def number_of(self, column: str, *, whole: bool = False, negative: bool = False) -> float:
        """The finite number in a cell: not negative unless `negative`, and a whole number if `whole`."""
        try:
            value = float(self.text(column))
        except ValueError:
            raise self.fault(f"{column} must be a number") from None
        if not math.isfinite(value):
            raise self.fault(f"{column} must be a finite number")
        if value < 0 and not negative:
            raise self.fault(f"{column} must not be negative")
        if whole and value != math.floor(value):
            raise self.fault(f"{column} must be a whole number")
        return value

    def date(self, column: str = "date") -> Span:
        """The date in a cell: a year, a month or a day."""
        return self.checked(lambda: read_date(self.text(column)))

    def checked(self, work: Callable[[], T]) -> T:
        """Run `work`, and turn its `DateFault` into an error that names this line."""
        try:
            return work()
        except DateFault as error:
            raise self.fault(str(error)) from None


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, in lower case, and its lines."""

    path: Path
    columns: tuple[str, ...]
    lines: tuple[TextLine, ...]

    def __iter__(self) -> Iterator[TextLine]:
        return iter(self.lines)

    def has(self, column: str) -> bool:
        """Whether the file has a column."""
        return column in self.columns


def read_table(path: Path, needed: Sequence[str], *, may_be_empty: bool = False) -> Table:
    """Read a UTF-8 CSV file with a header. The needed columns may be in any order; other columns are ignored."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = tuple(name.strip().lower() for name in next(reader, []))
            if missing := [name for name in needed if name not in columns]:
                raise Unusable(f"{path}: line 1: no column {', '.join(missing)}; needed: {','.join(needed)}")
            if len(set(columns)) < len(columns):
                raise Unusable(f"{path}: line 1: a column stands twice")
            lines = []
            for row in reader:
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(columns):
                    raise Unusable(
                        f"{path}: line {reader.line_num}: {len(row)} cells where the header has {len(columns)}"
                    )
                cells = {name: cell.strip() for name, cell in zip(columns, row, strict=True)}
                lines.append(TextLine(path, reader.line_num, cells))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unusable(f"{path}: not a readable UTF-8 CSV file ({type(error).__name__})") from None
    if not lines and not may_be_empty:
        raise Unusable(f"{path}: no rows")
    return Table(path, columns, tuple(lines))


def natural(code: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key that orders codes as people do: 2 before 10. Ties never depend on the order of rows."""
    parts = (part for part in re.split(r"([0-9]+)", code) if part)
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts), code
