"""Who asked for a release: the requests for its board and window that were made before it was received."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ValidationError
from sqlalchemy import Connection, select

from models.releases import RequestBuild
from models.service.clock import LONDON
from models.store import RequestRow


def requesters(
    connection: Connection, board: str, window: str, ends_before: date, received_at: datetime
) -> frozenset[str]:
    """The principals whose request may have caused a release; empty if it was built on schedule.

    A request that names no window asks for all that had ended by then. Several people may have asked, and none of them
    may approve, so that nobody approves what they asked for.
    """
    rows = connection.execute(
        select(RequestRow.body, RequestRow.requested_by, RequestRow.requested_at).where(
            RequestRow.board == board, RequestRow.requested_at <= received_at
        )
    )
    return frozenset(row.requested_by for row in rows if _covers(row.body, window, ends_before, row.requested_at))


def _covers(body: bytes, window: str, ends_before: date, requested_at: datetime) -> bool:
    try:
        request = RequestBuild.model_validate_json(body)
    except ValidationError:
        # Another kind of request, or a request of an unknown version.
        return False
    if request.windows:
        return window in request.windows
    return ends_before <= requested_at.astimezone(LONDON).date()
