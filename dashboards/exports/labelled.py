"""A release as JSON with labels: every line of the CSV, with numbers as numbers and `null` where there is none.

The release itself is a file of its own, whose stored bytes never change. This one is made from it, for programs that
should not have to look up codes. Both have a JSON Schema (docs/adr/0042).
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, Final, Literal

from dashboards.exports.document import HANDLING, ExportDocument
from dashboards.exports.lines import Counted, DocumentLine, VoiceLine
from models.contract.fields import Closed
from models.releases import CellState, Release
from models.releases.voices import Numbered, VoiceCode

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class LabelledLine(Closed):
    """What a line about children and one about people have in common."""

    label: str
    """No other line of the file has it."""
    value: int | None
    """The figure; null for every other state."""
    shown: str
    """What files show: the figure as people read it, or how they write the state."""
    state: CellState
    state_name: str
    likely_from: int | None
    """The number counted is from here ..."""
    likely_to: int | None
    """... to here, 9 times in 10; on ladders up to 3 always. Null for a state without a number behind it."""


class LabelledChildren(LabelledLine):
    """One cell: a number of distinct children."""

    question: str
    measure: str
    measure_name: str
    level: Literal["board", "town", "ward"]
    area_code: str
    area_name: str
    sector: str
    """`any` for all sectors together; so also below."""
    sector_name: str
    agency: str
    agency_name: str
    indicator: str
    indicator_name: str
    records_tied: str
    """The share of the records behind it that can be tied to a child, in words."""
    counted_from: date
    """The first day on which a child may count."""
    correction: str | None
    """The notice that the figure is wrong, if there is one."""


class LabelledPeople(LabelledLine):
    """One count of people who were heard. They are not children whom agencies recorded."""

    voice: VoiceCode
    voice_name: str
    theme: str
    """`any` for everybody of the voice who was heard."""
    theme_name: str
    numbers_given: Numbered
    """How many of the voice's groups gave a number of people."""
    correction: str | None


class Meaning(Closed):
    """What an entry of a table means."""

    entry: str
    meaning: str


class LabelledRelease(Closed):
    """A release with a label for every figure, in the order of all files: never in order of figures."""

    format: Literal["ypsem.labelled-release.v1"] = "ypsem.labelled-release.v1"
    release_id: str
    title: str
    language: Literal["en-GB"] = "en-GB"
    board_code: str
    board_name: str
    period: str
    period_name: str
    period_start: date
    period_end: date
    """The last day of the period."""
    synthetic: bool
    handling: str
    safety: str
    error: str
    """How far a figure may be from the number of children."""
    meanings: tuple[Meaning, ...]
    notes: tuple[str, ...]
    corrections: tuple[str, ...]
    children: tuple[LabelledChildren, ...]
    people: tuple[LabelledPeople, ...]
    """Empty in a release that does not hold what people said."""


def write(document: ExportDocument) -> bytes:
    """The file's bytes: UTF-8, a line of text for each of its values."""
    release = document.release
    told = LabelledRelease(
        release_id=release.release_id,
        title=document.title,
        board_code=release.board,
        board_name=document.board,
        period=release.window,
        period_name=document.period,
        period_start=release.starts_on,
        period_end=release.ends_before - timedelta(days=1),
        synthetic=release.synthetic,
        handling=HANDLING,
        safety=document.safety,
        error=document.error,
        meanings=tuple(Meaning(entry=entry, meaning=meaning) for entry, meaning in document.key),
        notes=(*document.notes, *(document.voices_notes if document.voices else ())),
        corrections=tuple(notice for _, notice in document.corrections),
        children=tuple(_children(document, line) for line in document.lines),
        people=tuple(_people(document, line) for line in document.voices),
    )
    return _bytes(told.model_dump(mode="json"))


def write_schema(_document: ExportDocument) -> bytes:
    """The JSON Schema of these files, the same for every release."""
    return _schema("labelled-release", LabelledRelease)


def write_release_schema(_document: ExportDocument) -> bytes:
    """The JSON Schema of the release itself."""
    return _schema("release", Release)


def _schema(name: str, model: type[Closed]) -> bytes:
    return _bytes({"$schema": DIALECT, "$id": f"ypsem/v1/{name}.json", **model.model_json_schema(mode="validation")})


def _bytes(told: dict[str, Any]) -> bytes:
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _counted(line: Counted) -> dict[str, Any]:
    low, high = line.likely or (None, None)
    return {
        "label": line.label,
        "value": line.value,
        "shown": line.text,
        "state": line.state,
        "state_name": line.state_words,
        "likely_from": low,
        "likely_to": high,
    }


def _children(document: ExportDocument, line: DocumentLine) -> LabelledChildren:
    return LabelledChildren(
        **_counted(line),
        question=line.question.asks,
        measure=line.measure,
        measure_name=line.measure_name,
        level=line.level,
        area_code=line.area_code,
        area_name=line.area,
        sector=line.sector_code,
        sector_name=line.sector,
        agency=line.agency_code,
        agency_name=line.agency,
        indicator=line.indicator_code,
        indicator_name=line.indicator,
        records_tied=line.tied,
        counted_from=line.counted_from,
        correction=document.corrected(line.measure) or None,
    )


def _people(document: ExportDocument, line: VoiceLine) -> LabelledPeople:
    return LabelledPeople(
        **_counted(line),
        voice=line.voice_code,
        voice_name=line.voice,
        theme=line.theme_code,
        theme_name=line.theme,
        numbers_given=line.numbered,
        correction=document.corrected("") or None,
    )
