"""A release as CSV: one table, a line for each cell, snake_case headings, UTF-8 with the mark that Excel needs."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from dashboards.exports.document import DocumentLine, ExportDocument
from dashboards.exports.text import safe

HEADINGS = (
    "release_id", "board_code", "board_name", "period", "period_start", "period_end", "measure", "measure_name",
    "level", "area_code", "area_name", "sector", "agency", "indicator", "children", "state", "error",
    "records_tied", "counted_from", "correction", "data",
)  # fmt: skip


def write(document: ExportDocument) -> bytes:
    """The CSV file's bytes; `children` holds the figure or what files write for its state, `state` the state as a code.

    `error` says how far a figure may be from the number of children; `none` where there is no figure. `records_tied`
    says which share of the records behind the figure can be tied to a child. The line of a sector gives its own
    records; the line of all sectors gives those that are largely in no total. `counted_from` is the first day on which
    a child may count.
    """
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(HEADINGS)
    for line in document.lines:
        table.writerow([safe(value) for value in _row(document, line)])
    return out.getvalue().encode("utf-8-sig")


def _row(document: ExportDocument, line: DocumentLine) -> tuple[str, ...]:
    release = document.release
    return (
        release.release_id,
        release.board,
        document.board,
        release.window,
        release.starts_on.isoformat(),
        (release.ends_before - timedelta(days=1)).isoformat(),
        line.measure,
        line.measure_name,
        line.level,
        line.area_code,
        line.area,
        line.sector,
        line.agency,
        line.indicator,
        # Without a thousands separator, so that programs read it as a number.
        line.text if line.value is None else str(line.value),
        line.state.value,
        "none" if line.value is None else document.error,
        line.tied,
        line.counted_from.isoformat(),
        next((notice for measure, notice in document.corrections if measure in ("", line.measure)), "none"),
        "synthetic" if release.synthetic else "from agencies",
    )
