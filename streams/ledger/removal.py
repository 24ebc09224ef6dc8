"""What removing rows causes: nulls for accepted records, the day that retention counts from, what a log may say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from analysis.ledger.row import Row
from models.contract import topics
from models.contract.periods import bounds
from streams.outputs import Out

_DAYS = ("occurred_on", "held_on")


def day_of(data: Mapping[str, object], first_ms: int) -> date:
    """The day that retention counts from: when it happened, or the end of a return's period; else its arrival."""
    if day := next((data[name] for name in _DAYS if data.get(name)), None):
        return date.fromisoformat(str(day))
    if period := data.get("period"):
        return bounds(str(period))[1]
    return datetime.fromtimestamp(first_ms / 1000, UTC).date()


def null(partition: int, event_id: str, revision: int) -> Out:
    """A null for one accepted record."""
    return Out(topics.ACCEPTED, partition, f"{event_id}|{revision}".encode(), None)


def nulls(partition: int, event_id: str, row: Row) -> list[Out]:
    """A null for every accepted record of an event: compaction then takes record and null away (decision 10)."""
    return [null(partition, event_id, revision) for revision in sorted({number for number, _ in row.versions})]


def size_class(n: int) -> str:
    """How many, as a log may say it."""
    return "no" if not n else "fewer than 10" if n < 10 else "10 or more"
