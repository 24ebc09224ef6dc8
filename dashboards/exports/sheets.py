"""The content of a spreadsheet's sheets, whatever its format: cover, notes, a table of figures, one of voices."""

from __future__ import annotations

from typing import NamedTuple

from dashboards.exports.document import DocumentLine, ExportDocument, VoiceLine, code_of
from dashboards.exports.text import safe

COVER, NOTES, FIGURES, VOICES = "Cover", "Notes", "Figures", "Voices"
HEADINGS = ("Measure", "Level", "Area", "Area code", "Sector", "Agency", "Indicator", "Children")
WIDTHS = (22, 8, 26, 16, 24, 36, 26, 14)
"""Of the columns of figures, in characters."""

VOICE_HEADINGS = ("Voice", "What they said", "Theme code", "Numbers given", "People")
VOICE_WIDTHS = (24, 60, 30, 16, 14)
"""The same of what people said."""

Rows = list[tuple[str, ...]]
Numbered = list[tuple[tuple[str, ...], int | None]]
"""The texts of each row, and the number in its last column if that is a figure."""


class SheetTable(NamedTuple):
    """One sheet that is a table."""

    name: str
    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Numbered


def cover(document: ExportDocument) -> Rows:
    """The first sheet: the title in its first row, then facts in two columns."""
    rows: Rows = [(document.title,)]
    if document.synthetic:
        rows.append((document.synthetic,))
    rows += [(notice,) for _, notice in document.corrections]
    rows += [(document.safety,), (document.referral_route,), ()]
    rows += document.facts
    rows += [(), (f"Sheet {NOTES} explains the entries of the table, and says what the figures cannot say.",)]
    return _safe(rows)


def notes(document: ExportDocument) -> Rows:
    """The second sheet: states, measures, notes, indicators."""
    rows: Rows = [("What the entries mean",), *document.key, (), ("Measures",), *document.measures, (), ("Notes",)]
    rows += [(note,) for note in document.notes]
    if document.tied:
        rows += [(), ("Records that can be tied to a child, by sector and kind",), *document.tied]
    if document.indicators:
        rows += [(), ("Indicators",), *document.indicators]
    if document.voices:
        rows += [(), ("What people said",), *document.voices_key]
        rows += [(note,) for note in document.voices_notes]
    return _safe(rows)


def tables(document: ExportDocument) -> tuple[SheetTable, ...]:
    """The sheets that are tables: the figures, and what people said if the release holds it."""
    figures: Numbered = [(tuple(map(safe, _row(line))), line.value) for line in document.lines]
    voices: Numbered = [(tuple(map(safe, _voice_row(line))), line.value) for line in document.voices]
    whole = SheetTable(FIGURES, HEADINGS, WIDTHS, figures)
    return (whole, SheetTable(VOICES, VOICE_HEADINGS, VOICE_WIDTHS, voices)) if voices else (whole,)


def _row(line: DocumentLine) -> tuple[str, ...]:
    place = (line.level, line.area, line.area_code)
    return (code_of(line.measure), *place, line.sector, line.agency, line.indicator, line.text)


def _voice_row(line: VoiceLine) -> tuple[str, ...]:
    return line.voice, line.theme, line.theme_code, line.numbered, line.text


def _safe(rows: Rows) -> Rows:
    return [tuple(map(safe, row)) for row in rows]
