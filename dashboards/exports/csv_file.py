"""A release as CSV: one tidy table, a line for each cell, snake_case headings, UTF-8 with the mark that Excel needs.

Beside each code stands a column with its words. What people said is a file of its own: its lines count people who were
heard, and nobody should add them to children. `csvw` describes both for programs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from dashboards.exports.document import ExportDocument
from dashboards.exports.lines import Counted, DocumentLine, VoiceLine
from dashboards.exports.text import safe

_RELEASE = ("release_id", "board_code", "board_name", "period", "period_name", "period_start", "period_end")
_FIGURE = ("state", "state_name", "likely_from", "likely_to", "error")
HEADINGS = (
    *_RELEASE, "label", "question", "measure", "measure_name", "level", "area_code", "area_name", "sector",
    "sector_name", "agency", "agency_name", "indicator", "indicator_name", "children", *_FIGURE, "records_tied",
    "counted_from", "correction", "data",
)  # fmt: skip
VOICE_HEADINGS = (
    *_RELEASE, "label", "voice", "voice_name", "theme", "theme_name", "people", *_FIGURE, "numbers_given",
    "correction", "data",
)  # fmt: skip
NONE = "none"
"""Stands where there is nothing to say: no cell of the files is blank."""


def write(document: ExportDocument) -> bytes:
    """The CSV file's bytes; `children` holds the figure or what files write for its state, `state` the state as a code.

    `label` names the line: no other of the file reads alike. `any` is the code of a total. `likely_from` and
    `likely_to` are the range that the number of children is in 9 times in 10, and `error` says so in words; `none`
    where there is no figure. `records_tied` says which share of the records behind the figure can be tied to a child.
    The line of a sector gives its own records; the line of all sectors gives those that are largely in no total.
    `counted_from` is the first day on which a child may count.
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
        document.period,
        release.starts_on.isoformat(),
        (release.ends_before - timedelta(days=1)).isoformat(),
    )


def _figure(line: Counted, error: str) -> tuple[str, ...]:
    """Figure, state, likely range and error. Without a thousands separator, so that programs read a number."""
    shown = line.text if line.value is None else str(line.value)
    return shown, line.state.value, line.state_words, *line.bounds, NONE if line.value is None else error


def _voice_row(document: ExportDocument, line: VoiceLine) -> tuple[str, ...]:
    return (
        *_of_release(document),
        line.label,
        line.voice_code,
        line.voice,
        line.theme_code,
        line.theme,
        *_figure(line, document.voices_notes[0]),
        line.numbered,
        *_last(document, ""),
    )


def _row(document: ExportDocument, line: DocumentLine) -> tuple[str, ...]:
    return (
        *_of_release(document),
        line.label,
        line.question.asks,
        line.measure,
        line.measure_name,
        line.level,
        line.area_code,
        line.area,
        line.sector_code,
        line.sector,
        line.agency_code,
        line.agency,
        line.indicator_code,
        line.indicator,
        *_figure(line, document.error),
        line.tied,
        line.counted_from.isoformat(),
        *_last(document, line.measure),
    )


def _last(document: ExportDocument, measure: str) -> tuple[str, str]:
    return document.corrected(measure) or NONE, "synthetic" if document.release.synthetic else "from agencies"
