"""Who asked for a release: the requests for its board and window that were made before it was received."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import ValidationError

from analysis.release import closed_windows
from models.register import Board
from models.releases import RequestBuild
from models.service import clock
from models.service.clock import LONDON
from models.store.requests import StoredRequest

BUILD = "build_releases"
"""The kind of the requests that ask for releases."""


def closed(board: Board) -> list[str]:
    """The periods that a release can be asked for, newest first: those whose cut-off has passed, three years back."""
    today = clock.today()
    return closed_windows(board, today.replace(year=today.year - 3, day=1), today)[::-1]


def requesters(
    earlier: Iterable[StoredRequest], window: str, ends_before: date, received_at: datetime
) -> frozenset[str]:
    """The principals whose request may have caused a release; empty if it was built on schedule.

    `earlier` are the requests for releases of its board. One that names no window asks for all that had ended by then.
    Several people may have asked, and none of them may approve, so that nobody approves what they asked for.
    """
    return frozenset(
        one.requested_by
        for one in earlier
        if one.requested_at <= received_at and covers(one.body, window, ends_before, one.requested_at)
    )


def covers(body: bytes, window: str, ends_before: date, requested_at: datetime) -> bool:
    """Whether a stored request asked for the release of a window."""
    try:
        request = RequestBuild.model_validate_json(body)
    except ValidationError:
        # Another kind of request, or a request of an unknown version.
        return False
    if request.windows:
        return window in request.windows
    return ends_before <= requested_at.astimezone(LONDON).date()
