"""Reads canonical events, one per line, into ledger rows, with the ledger's own fold."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from analysis.commands._errors import Unusable
from analysis.ledger.row import Record, Row, fold
from models.contract.events import EVENT, short_name
from models.contract.refusals import from_validation


def read_events(events: Path, board: str) -> dict[str, Row]:
    """Own id -> row, for a board's events. Events of other boards are left out.

    The time of a row is when its agency published the event, because the file has no broker timestamps.

    Raises `Unusable` with the line, rule and field of the first line that is not an event, never with a value.
    """
    rows: dict[str, Row] = {}
    try:
        with events.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    event = EVENT.validate_json(line)
                except ValidationError as error:
                    refusal = from_validation(error, limit=1)[0]
                    raise Unusable(f"{events}, line {number}: {refusal.rule} at {refusal.path}") from None
                data = event.data
                if data.board != board:
                    continue
                content = data.model_dump(mode="json", exclude_none=True)
                published = int(event.time.timestamp() * 1000)
                record = Record(data.event_id, data.revision, short_name(event.type), content, 0, number, published)
                rows[record.own_id] = fold(rows.get(record.own_id), record)
    except OSError as error:
        raise Unusable(f"{events}: not readable ({type(error).__name__})") from None
    return rows
