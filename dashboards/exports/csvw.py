"""The description of a release's CSV files for programs: CSV on the Web (W3C, 2015), beside the file it describes.

It says what each column is, of which type, and which words stand where there is no number. A program that knows the
standard finds it by its name (`<file>.csv-metadata.json`). It claims no licence: the board has to say that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from dashboards.exports.csv_file import HEADINGS, NONE, VOICE_HEADINGS
from dashboards.exports.document import HANDLING, ExportDocument
from dashboards.exports.lines import LEVELS
from models.releases import CellState
from models.releases.voices import VOICES
from models.releases.written import WRITTEN

_WHOLE = {"base": "integer", "minimum": 0}
_STATES = {"base": "string", "format": "|".join(CellState)}
_NO_NUMBER = [how.in_files for state, how in WRITTEN.items() if state is not CellState.NONE]
"""What stands where a number would: of the states only `none` is written as a number, 0."""

COLUMNS: Final[dict[str, tuple[str, str, Any]]] = {
    "release_id": ("Release", "The release that the line is of.", "string"),
    "board_code": ("Board, code", "The board's code.", "string"),
    "board_name": ("Board", "The board's name.", "string"),
    "period": ("Period, code", "The period: a quarter, a financial year (FY) or a pair of them (FY2).", "string"),
    "period_name": ("Period", "The period in words.", "string"),
    "period_start": ("First day", "The first day of the period.", "date"),
    "period_end": ("Last day", "The last day of the period.", "date"),
    "label": ("What is counted", "Names the line in words. No other line of the file has the same.", "string"),
    "question": ("Question", "The question of the board that the line helps to answer.", "string"),
    "measure": ("Count, code", "The code of what is counted.", "string"),
    "measure_name": ("Counted", "What is counted, in words.", "string"),
    "level": ("Level", "The board, a town or a ward.", {"base": "string", "format": "|".join(LEVELS)}),
    "area_code": ("Place, code", "The code of the place.", "string"),
    "area_name": ("Place", "The name of the place. Two places may have one name: see the code.", "string"),
    "sector": ("Sector, code", "Whose records: the code of a sector, or any.", "string"),
    "sector_name": ("Sector", "Whose records, in words.", "string"),
    "agency": ("Agency, code", "Whose records: the code of an agency, or any.", "string"),
    "agency_name": ("Agency", "Whose records, in words.", "string"),
    "indicator": ("Sign, code", "The code of a sign in the catalogue of risk indicators, or any.", "string"),
    "indicator_name": ("Sign", "The sign in words.", "string"),
    "children": ("Children", "The number of different children, protected; or a word where there is none.", _WHOLE),
    "people": ("People", "The number of people who were heard, protected; or a word where there is none.", _WHOLE),
    "state": ("State, code", "What kind of entry it is.", _STATES),
    "state_name": ("State", "The same in words.", "string"),
    "likely_from": ("Likely from", "The true number is likely from here.", _WHOLE),
    "likely_to": ("Likely to", "The true number is likely up to here.", _WHOLE),
    "error": ("Error", "How far the number may be from the true one, in words.", "string"),
    "records_tied": ("Records tied to a child", "Which share of the records can be tied to a child.", "string"),
    "counted_from": ("Counted from", "The first day on which a child may count.", "date"),
    "voice": ("Voice, code", "Whose voice it is.", {"base": "string", "format": "|".join(VOICES)}),
    "voice_name": ("Voice", "The same in words.", "string"),
    "theme": ("Theme, code", "What was said, as a code; any for everybody who was heard.", "string"),
    "theme_name": ("What they said", "The same in words.", "string"),
    "numbers_given": (
        "Groups that gave a number",
        "How many of the voice's groups gave a number of people. The others are not counted.",
        "string",
    ),
    "correction": ("Correction", "The notice that the number is wrong, or none.", "string"),
    "data": ("Data", "Whether the data are synthetic.", {"base": "string", "format": "synthetic|from agencies"}),
}
"""Name of a column -> its title, what it holds, and its datatype."""
_NULLS: Final[dict[str, list[str]]] = {
    "children": _NO_NUMBER,
    "people": _NO_NUMBER,
    "likely_from": [NONE],
    "likely_to": [NONE],
}
"""Column -> the words that stand where it has no number."""


def write(document: ExportDocument) -> bytes:
    """The description's bytes: of the CSV, and of the one of what people said if the release holds it."""
    name = document.release.release_id
    tables = [_table(f"{name}.csv", document.title, HEADINGS, document.error, document.key, document.notes)]
    if document.voices:
        error, *notes = document.voices_notes
        title = f"{document.board}: what people said, {document.period}"
        tables.append(_table(f"{name}.voices.csv", title, VOICE_HEADINGS, error, document.voices_key, notes))
    told = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "dc:title": document.title,
        "dc:language": "en-GB",
        "dc:identifier": name,
        "dc:rights": HANDLING,
        "dc:description": " ".join(filter(None, (document.synthetic, document.safety))),
        "tables": tables,
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _table(
    url: str, title: str, names: Iterable[str], error: str, key: Iterable[tuple[str, str]], notes: Iterable[str]
) -> dict[str, Any]:
    meanings = [{"dc:title": entry, "dc:description": meaning} for entry, meaning in key]
    return {
        "url": url,
        "dc:title": title,
        "dc:description": error,
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "notes": [*meanings, *({"dc:description": note} for note in notes)],
        "tableSchema": {"columns": [_column(name) for name in names], "primaryKey": "label", "rowTitles": ["label"]},
    }


def _column(name: str) -> dict[str, Any]:
    title, about, datatype = COLUMNS[name]
    column = {"name": name, "titles": [name, title], "dc:description": about, "datatype": datatype}
    return column | ({"null": _NULLS[name]} if name in _NULLS else {"required": True})
