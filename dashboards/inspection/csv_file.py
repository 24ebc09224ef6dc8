"""The page for inspectors as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from dashboards.exports.text import safe
from dashboards.inspection.paragraphs import SOURCE
from dashboards.inspection.view import HEADINGS, InspectionRow, lines_of


def write(board: str, rows: tuple[InspectionRow, ...]) -> bytes:
    """The bytes of the file: UTF-8 with the mark that Excel needs, a line for each piece of evidence."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(("board", *HEADINGS, "source"))
    table.writerows(_safe((board, *line, SOURCE)) for line in lines_of(rows))
    return out.getvalue().encode("utf-8-sig")


def _safe(line: Iterable[str]) -> list[str]:
    return [safe(text) for text in line]
