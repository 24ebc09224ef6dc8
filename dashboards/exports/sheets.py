"""The content of a spreadsheet's sheets, whatever its format: cover, contents, notes, and one sheet a question. Pure.

It follows the Government Analysis Function's guidance on spreadsheets: one table on a sheet, its title and what it
counts above it, no blank cell in it, shorthand explained, and links from the contents to every sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from dashboards.exports.document import ExportDocument
from dashboards.exports.lines import LEVELS, Counted, DocumentLine, VoiceLine
from dashboards.exports.questions import Question, sheet_name
from dashboards.exports.text import safe
from models.releases.written import WRITTEN

COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"
LABEL, CHILDREN, PEOPLE = "What is counted", "Children", "People"
STATE, FROM, TO = "State", "Likely from", "Likely to"
TEXT_WIDTHS = (40, 100)
"""Of the columns of cover and notes, in characters."""
_NUMBERS = frozenset({1, 3, 4})
Style = Literal["title", "heading", "plain", "link"]


class Link(NamedTuple):
    """A text that leads to another sheet."""

    text: str
    sheet: str


Entry = str | int | Link
"""A text, a number, or a link to a sheet."""


class SheetRow(NamedTuple):
    """One row that is not of a table."""

    style: Style
    entries: tuple[Entry, ...]


class SheetTable(NamedTuple):
    """A table: its name in the whole file, and its headings and rows without a blank."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    numbers: frozenset[int] = frozenset()
    """The columns that hold numbers, or what stands in their place, counted from 0."""


class Sheet(NamedTuple):
    """One sheet: rows of text, and under them its table if it has one."""

    name: str
    above: tuple[SheetRow, ...]
    widths: tuple[int, ...]
    """Of its columns, in characters."""
    table: SheetTable | None = None


class _Column(NamedTuple):
    """What a line about children has beside its label and figure, to filter by."""

    heading: str
    width: int
    text: Callable[[DocumentLine], str]


_COLUMNS = (
    _Column("Counted", 50, lambda line: line.measure_name),
    _Column("Level", 9, lambda line: LEVELS[line.level]),
    _Column("Place", 26, lambda line: line.place),
    _Column("Sector", 26, lambda line: line.sector),
    _Column("Agency", 34, lambda line: line.agency),
    _Column("Sign", 32, lambda line: line.indicator),
    _Column("Code of the place", 18, lambda line: line.area_code),
)


def sheets(document: ExportDocument) -> tuple[Sheet, ...]:
    """All sheets, in order."""
    of_children = [_of_children(document, question, lines) for question, lines in document.questions]
    of_people = [_of_people(document)] if document.voices else []
    tables = [*of_children, *of_people]
    return (_cover(document), _contents(document, tables), _notes(document), *tables)


def _cover(document: ExportDocument) -> Sheet:
    lines = [document.synthetic, *(notice for _, notice in document.corrections)]
    lines += [document.safety, document.referral_route]
    rows = [_row("title", document.title), *(_row("plain", line) for line in lines if line)]
    rows += [_row("plain", *fact) for fact in document.facts]
    rows.append(_row("plain", f"Sheet {CONTENTS} lists the questions that the figures answer, each with its sheet."))
    rows.append(_row("plain", f"Sheet {NOTES} says what the entries mean, and what the figures cannot say."))
    return Sheet(COVER, tuple(rows), TEXT_WIDTHS)


def _contents(document: ExportDocument, tables: Iterable[Sheet]) -> Sheet:
    links: list[tuple[Entry, ...]] = [(Link(NOTES, NOTES), "What do the entries mean, and what can nobody know?")]
    links += [(Link(sheet.name, sheet.name), str(sheet.above[0].entries[0])) for sheet in tables]
    above = (_row("title", CONTENTS), _row("plain", document.title), _row("plain", "Choose a sheet by its name."))
    return Sheet(CONTENTS, above, TEXT_WIDTHS, SheetTable("contents", ("Sheet", "Question"), tuple(links)))


def _notes(document: ExportDocument) -> Sheet:
    """What entries mean, what figures cannot say, which records can be counted: one table, numbered where unnamed."""
    said = [("Figures", entry, meaning) for entry, meaning in document.key]
    said += [("Figures", f"Note {at}", note) for at, note in enumerate(document.notes, 1)]
    said += [("Records that can be tied to a child", records, share) for records, share in document.tied]
    if document.voices:
        first = len(document.notes) + 1
        said += [("What people said", f"Of people: {entry}", meaning) for entry, meaning in document.voices_key]
        said += [("What people said", f"Note {at}", note) for at, note in enumerate(document.voices_notes, first)]
    above = (
        _row("title", NOTES),
        _row("plain", "What the entries of the tables mean, and what the figures cannot say."),
        SheetRow("link", (Link(f"Back to the {CONTENTS.lower()}", CONTENTS),)),
    )
    rows = tuple((safe(entry), safe(meaning), of) for of, entry, meaning in said)
    table = SheetTable("notes", ("Entry or note", "What it means", "What it is about"), rows)
    return Sheet(NOTES, above, (*TEXT_WIDTHS, 36), table)


def _of_children(document: ExportDocument, question: Question, lines: Sequence[DocumentLine]) -> Sheet:
    """The sheet of one question. A column that says the same in every row is left out: the ladder decides that."""
    columns = [column for column in _COLUMNS if len({column.text(line) for line in lines}) > 1]
    notices = dict.fromkeys(notice for line in lines if (notice := document.corrected(line.measure)))
    above = _above(document, question, lines, document.error, notices)
    rows: list[tuple[Counted, list[Entry]]] = [(line, [column.text(line) for column in columns]) for line in lines]
    return _sheet(question, above, CHILDREN, [(column.heading, column.width) for column in columns], rows)


def _of_people(document: ExportDocument) -> Sheet:
    lines = document.voices
    more = [("Voice", 24), ("What they said", 60), ("Groups that gave a number", 26)]
    notices = dict.fromkeys(notice for measure, notice in document.corrections if not measure)
    above = _above(document, lines[0].question, lines, document.voices_notes[0], notices)
    rows: list[tuple[Counted, list[Entry]]] = [(line, [line.voice, line.theme, line.numbered]) for line in lines]
    return _sheet(lines[0].question, above, PEOPLE, more, rows)


def _sheet(
    question: Question,
    above: tuple[SheetRow, ...],
    counted: str,
    more: Sequence[tuple[str, int]],
    rows: Iterable[tuple[Counted, list[Entry]]],
) -> Sheet:
    headings = (LABEL, counted, STATE, FROM, TO, *(heading for heading, _ in more))
    widths = (90, 19, 19, 12, 12, *(width for _, width in more))
    entries = tuple((*_figure(line), *(_safe(entry) for entry in rest)) for line, rest in rows)
    name = sheet_name(safe(question.name))
    slug = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    return Sheet(name, above, widths, SheetTable(f"table_{slug}", headings, entries, _NUMBERS))


def _figure(line: Counted) -> tuple[Entry, ...]:
    """Label, figure or what files write for its state, the state in words, and the likely range."""
    low, high = line.likely or line.bounds
    return safe(line.label), line.text if line.value is None else line.value, line.state_words, low, high


def _above(
    document: ExportDocument,
    question: Question,
    lines: Sequence[DocumentLine | VoiceLine],
    error: str,
    notices: Iterable[str],
) -> tuple[SheetRow, ...]:
    states = dict.fromkeys(line.state for line in lines if line.text.startswith("["))
    shorthand = "; ".join(f"{WRITTEN[state].in_files} means {WRITTEN[state].word}" for state in states)
    rows = [_row("title", question.asks), _row("plain", f"{document.board}, {document.period}. {question.counts}")]
    rows += [_row("plain", notice) for notice in notices]
    rows += [_row("plain", error), _row("plain", _likely(document))]
    if shorthand:
        rows.append(_row("plain", f"In this table {shorthand}. Sheet {NOTES} says more."))
    rows.append(SheetRow("link", (Link(f"Back to the {CONTENTS.lower()}", CONTENTS),)))
    return tuple(rows)


def _likely(document: ExportDocument) -> str:
    always = document.release.ladder_version < 4
    return f"The true number is between {FROM.lower()} and {TO.lower()} {'always' if always else '9 times in 10'}."


def _row(style: Style, *texts: str) -> SheetRow:
    return SheetRow(style, tuple(safe(text) for text in texts))


def _safe(entry: Entry) -> Entry:
    return safe(entry) if isinstance(entry, str) else entry
