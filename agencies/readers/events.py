"""Format `events`: canonical JSON lines, one structured-mode CloudEvent each, already with its tokens."""

from __future__ import annotations

from pathlib import Path

import orjson
from pydantic import ValidationError

from agencies.readers.accept import Window
from agencies.readers.reading import Reading, UnreadableFile
from agencies.refuse import scan
from agencies.rows import CanonicalRow, DuplicateRow, RefusedRow, Row
from models.contract.events import EVENT
from models.contract.refusals import Refusal, from_validation

MAX_LINE = 65536
"""The raw topic's message limit."""


def read_events(path: Path, window: Window) -> Reading:
    """All lines of a file; raises `UnreadableFile` when it is no file, or not one line of it is JSON."""
    if not path.is_file():
        raise UnreadableFile("no-file", f"{path.name}: there is no such file")
    rows: list[Row] = []
    seen: dict[bytes, int] = {}
    any_json = False
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            first = seen.setdefault(text, number)
            if first != number:
                rows.append(DuplicateRow(number, first))
                continue
            row = read_line(number, text, window)
            any_json |= not (isinstance(row, RefusedRow) and row.refusals[0].rule == "not-json")
            rows.append(row)
    if rows and not any_json:
        raise UnreadableFile("not-json", f"{path.name}: no line of it is JSON; each line is one CloudEvent")
    return Reading(rows, "events")


def read_line(number: int, text: bytes, window: Window) -> CanonicalRow | RefusedRow:
    """One CloudEvent in structured mode; whatever the bytes hold, this returns."""
    if len(text) > MAX_LINE:
        return RefusedRow(number, (Refusal("too-large", "(whole message)"),))
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError:
        return RefusedRow(number, (Refusal("not-json", "(whole message)"),))
    if not isinstance(raw, dict):
        return RefusedRow(number, (Refusal("schema.dict_type", "(whole message)"),))
    try:
        event = EVENT.validate_json(text)
    except ValidationError as error:
        return RefusedRow(number, tuple(from_validation(error)))
    data = event.data
    refusals = [*_consistency(event), *scan(raw), *window.refusals(raw["data"])]
    if any(token.token.startswith("ct_") for token in getattr(data, "tokens", ())):
        refusals.append(Refusal("gate-token", "data.tokens"))
    return RefusedRow(number, tuple(refusals)) if refusals else CanonicalRow(number, event)


def _consistency(event: object) -> list[Refusal]:
    """The envelope's id and source say what the data says."""
    found = []
    data = event.data  # type: ignore[attr-defined]
    if event.id != f"{data.event_id}.{data.revision}":  # type: ignore[attr-defined]
        found.append(Refusal("id-mismatch", "id"))
    if event.source != f"/agencies/{data.agency}":  # type: ignore[attr-defined]
        found.append(Refusal("source-mismatch", "source"))
    return found
