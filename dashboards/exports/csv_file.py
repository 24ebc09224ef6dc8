"""A release as CSV: one table, a line for each cell, snake_case headings, UTF-8 with the mark that Excel needs.

What people said is a file of its own: its lines count people who were heard, and nobody should add them to children.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from dashboards.exports.document import DocumentLine, ExportDocument, VoiceLine
from dashboards.exports.text import safe

HEADINGS = (
    "release_id", "board_code", "board_name", "period", "period_start", "period_end", "measure", "measure_name",
    "level", "area_code", "area_name", "sector", "agency", "indicator", "children", "state", "error",
    "records_tied", "counted_from", "correction", "data",
)  # fmt: skip
VOICE_HEADINGS = (
    "release_id", "board_code", "board_name", "period", "period_start", "period_end", "voice", "voice_name",
    "theme", "theme_words", "people", "state", "error", "numbers_given", "correction", "data",
)  # fmt: skip


def write(document: ExportDocument) -> bytes:
    """The CSV file's bytes; `children` holds the figure or what files write for its state, `state` the state as a code.

    `error` says how far a figure may be from the number of children; `none` where there is no figure. `records_tied`
    says which share of the records behind the figure can be tied to a child. The line of a sector gives its own
    records; the line of all sectors gives those that are largely in no total. `counted_from` is the first day on which
    a child may count.
    """
    return _table(HEADINGS, (_row(document, line) for line in document.lines))


def write_voices(document: ExportDocument) -> bytes:
    """The bytes of the file of what people said: a line for each voice and theme, and one for everybody of a voice.

    `people` holds the figure or what files write for its state. `numbers_given` says how many of the voice's groups
    gave a number of people: `all`, `some`, `none` or `no return`. The others are not counted.
    """
    return _table(VOICE_HEADINGS, (_voice_row(document, line) for line in document.voices))


def _table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(headings)
    table.writerows([safe(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _of_release(document: ExportDocument) -> tuple[str, ...]:
    release = document.release
    return (
        release.release_id,
        release.board,
        document.board,
        release.window,
        release.starts_on.isoformat(),
        (release.ends_before - timedelta(days=1)).isoformat(),
    )


def _voice_row(document: ExportDocument, line: VoiceLine) -> tuple[str, ...]:
    return (
        *_of_release(document),
        line.voice_code,
        line.voice,
        line.theme_code,
        line.theme,
        line.text if line.value is None else str(line.value),
        line.state.value,
        "none" if line.value is None else document.voices_notes[0],
        line.numbered,
        next((notice for measure, notice in document.corrections if not measure), "none"),
        "synthetic" if document.release.synthetic else "from agencies",
    )


def _row(document: ExportDocument, line: DocumentLine) -> tuple[str, ...]:
    release = document.release
    return (
        *_of_release(document),
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
