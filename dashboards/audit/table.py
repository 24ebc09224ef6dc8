"""The audit log as CSV, a piece at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC
from itertools import islice

from dashboards.exports.text import safe
from models.store.audit import AuditEntry

HEADINGS = AuditEntry._fields
_AT_ONCE = 500


def pieces(entries: Iterable[AuditEntry]) -> Iterator[bytes]:
    """The bytes of the file; UTF-8 with the mark that Excel needs, times in UTC, no cell that could be a formula."""
    yield b"\xef\xbb\xbf" + _lines([HEADINGS])
    rows = iter(entries)
    while chunk := list(islice(rows, _AT_ONCE)):
        yield _lines([_cells(entry) for entry in chunk])


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    at = entry.at.astimezone(UTC).isoformat()
    return str(entry.number), at, *(safe(text) for text in entry[2:])


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
