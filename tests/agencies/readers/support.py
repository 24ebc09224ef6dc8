"""Small exports written for a test, and readings of them. All synthetic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from agencies.readers import Reading, read
from agencies.readers.mapping import MAPPINGS
from agencies.rows import RefusedRow, SourceRow
from tests.factories import register

TODAY = date(2026, 5, 11)
HEADERS = dict(
    re.findall(
        r"^## ([a-z-]+)\.yaml.*?```\n(.*?)\n```", (MAPPINGS / "HEADERS.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
)
"""Worked mapping -> the header row that it documents."""


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


def one(folder: Path, name: str, extra: str = "", **cells: str) -> Reading:
    """A file of the documented header with one row; columns not named are blank."""
    columns = HEADERS[name].split(",") + (extra.split(",") if extra else [])
    assert set(cells) <= set(columns)
    text = ",".join(columns) + "\n" + ",".join(cells.get(column, "") for column in columns) + "\n"
    return reading(write(folder, text), mapping=name)


def fields(found: Reading, place: int = 0) -> dict[str, Any]:
    """The fields of a row that must be publishable."""
    return dict(source(found, place).fields)
