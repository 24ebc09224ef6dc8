"""Format `events`: canonical JSON lines, one structured-mode CloudEvent each, already with its tokens.

A line is understood by the contract's own reading (`models.contract.message`), the same as intake's; the register is
asked by `agencies.mint` when it is published, and by `checked` in a dry run.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from agencies.readers.reading import Reading, UnreadableFile
from agencies.refuse import scan
from agencies.rows import CanonicalRow, DuplicateRow, RefusedRow, Row
from models.contract.message import NotUnderstood, read
from models.register import Register
from models.register.admission import Admission, consistency
from models.register.dates import AcceptedDates, of_event, window_refusals


def read_events(path: Path) -> Reading:
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
            row = read_line(number, text)
            any_json |= not (isinstance(row, RefusedRow) and row.refusals[0].rule == "not-json")
            rows.append(row)
    if rows and not any_json:
        raise UnreadableFile("not-json", f"{path.name}: no line of it is JSON; each line is one CloudEvent")
    return Reading(rows, "events")


def read_line(number: int, text: bytes) -> CanonicalRow | RefusedRow:
    """One CloudEvent in structured mode, as intake reads it; whatever the bytes hold, this returns."""
    found = read(text)
    if isinstance(found, NotUnderstood):
        return RefusedRow(number, found.refusals)
    return CanonicalRow(number, found.event, found.warnings)


def checked(
    reading: Reading, accepted: AcceptedDates, register: Register | None, now: datetime, today: date
) -> Reading:
    """For a dry run, which knows no agency: what intake would say of each event if the agency it names sent it.

    Without a register only its form, its identifiers and the last date taken are known. `accepted` are those of the
    board given, whatever board an event names.
    """
    admission = Admission(register, now, today) if register is not None else None

    def look(row: Row) -> Row:
        if not isinstance(row, CanonicalRow):
            return row
        event = row.event
        if admission is not None:
            found = list(admission.refusals(event.data.agency, event))
        else:
            # No register says which names are right, so they are looked at as any text.
            fields = event.data.model_dump(mode="json", exclude_unset=True)
            found = [*consistency(event), *scan({"data": fields})]
        known = {refusal.rule for refusal in found}
        outside = window_refusals(type(event.data), of_event(event.data), accepted)
        found += [one for one in outside if one.rule not in known]
        return RefusedRow(row.number, tuple(found)) if found else row

    return replace(reading, rows=[look(row) for row in reading.rows])
