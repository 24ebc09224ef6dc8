"""Small exports written for a test, and readings of them. All synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from agencies.readers import Reading, read
from agencies.rows import RefusedRow, SourceRow
from tests.factories import register

TODAY = date(2026, 5, 11)


def write(folder: Path, text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    """A text file in a test's folder."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def table(columns: str, *rows: Sequence[str] | str) -> str:
    """CSV text from a header and rows."""
    return "\n".join([columns, *(row if isinstance(row, str) else ",".join(row) for row in rows)]) + "\n"


def reading(path: Path, format: str = "mapped-csv", **options: Any) -> Reading:
    """A reading on the test's day, with the small register of the factories."""
    return read(path, format, **{"register": register(), "today": TODAY, **options})


def source(rows: Reading, place: int = 0) -> SourceRow:
    """A row that must be publishable."""
    row = rows.rows[place]
    assert isinstance(row, SourceRow), row
    return row


def refused(rows: Reading, place: int = 0) -> list[tuple[str, str]]:
    """Rules and paths of a row that must be refused."""
    row = rows.rows[place]
    assert isinstance(row, RefusedRow), row
    return [(refusal.rule, refusal.path) for refusal in row.refusals]


def warned(rows: Reading, place: int = 0) -> list[str]:
    """Rules a publishable row is warned about."""
    return [refusal.rule for refusal in source(rows, place).warnings]
