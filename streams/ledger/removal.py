"""What removing rows causes: nulls for accepted records, the day that retention counts from, what logs say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from analysis.ledger.identity import OwnId, accepted_key
from analysis.ledger.row import Row
from models.contract import topics
from models.contract.fields import size_class
from models.contract.periods import bounds
from models.operations.remedies import Removal
from models.releases.requests import RequestErase, RequestRemove
from streams.outputs import Out

_DAYS = ("occurred_on", "held_on")


def day_of(data: Mapping[str, object], first_ms: int) -> date:
    """The day that retention counts from: when it happened, or the end of a return's period; else its arrival."""
    if day := next((data[name] for name in _DAYS if data.get(name)), None):
        return date.fromisoformat(str(day))
    if period := data.get("period"):
        return bounds(str(period))[1]
    return datetime.fromtimestamp(first_ms / 1000, UTC).date()


def null(partition: int, key: bytes) -> Out:
    """A null for one accepted record, by the key that it lies under."""
    return Out(topics.ACCEPTED, partition, key, None)


def nulls(partition: int, own: OwnId, row: Row) -> list[Out]:
    """A null for every accepted record of an event: compaction then takes record and null away."""
    return [null(partition, accepted_key(own, revision)) for revision in sorted({number for number, _ in row.versions})]


def of_request(request: RequestErase | RequestRemove, events: int) -> Removal:
    """What lasts of a request that removed so many events."""
    size = size_class(events)
    if isinstance(request, RequestErase):
        return Removal(
            cause="erasure-agency",
            board=request.board,
            agency=request.agency,
            request_id=request.request_id,
            size=size,
            at=_utc(request.requested_at),
        )
    return Removal(
        cause="retention",
        board=request.board,
        before=request.before,
        request_id=request.request_id,
        size=size,
        at=_utc(request.requested_at),
    )


def of_child(board: str, partition: int, offset: int, accepted_ms: int) -> Removal:
    """What lasts of an agency's erasure, accepted there and then: the same whether it found many events or none."""
    at = datetime.fromtimestamp(accepted_ms // 1000, UTC)
    return Removal(cause="erasure-child", board=board, partition=partition, offset=offset, at=at)


def _utc(at: datetime) -> datetime:
    # A request without a zone must not end the worker: its time is told as ours, which is UTC.
    return at if at.tzinfo else at.replace(tzinfo=UTC)
