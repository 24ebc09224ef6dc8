"""Lists the releases with the state of each, for the command that prints them and for exports."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from dashboards.life.changes import READINGS
from dashboards.life.states import SHOWN, Fault, LifeState
from models.releases import Release
from models.store import ReleaseApprovalRow, ReleaseCorrectionRow, ReleaseRow, ReleaseStateRow, audit


class ListedRelease(NamedTuple):
    """One line of the list. It holds no figure."""

    release_id: str
    board: str
    window: str
    state: LifeState
    since: datetime
    """When it entered its state; for a release that is only built, when it was received."""
    reason: str | None
    approvals: int


def releases(connection: Connection) -> list[ListedRelease]:
    """Every release, in order of id."""
    row, state = ReleaseRow, ReleaseStateRow
    rows = connection.execute(
        select(row.release_id, row.board, row.window, row.received_at, state.state, state.since, state.reason)
        .outerjoin(state, state.release_id == row.release_id)
        .order_by(row.release_id)
    ).all()
    approved = list(connection.scalars(select(ReleaseApprovalRow.release_id)))
    return [
        ListedRelease(
            r.release_id,
            r.board,
            r.window,
            LifeState(r.state or LifeState.BUILT),
            r.since or r.received_at,
            r.reason,
            approved.count(r.release_id),
        )
        for r in rows
    ]


class Correction(NamedTuple):
    """A notice that figures of a release are wrong."""

    at: datetime
    measure: str
    """Empty for all of the release."""
    fault: Fault
    others: bool = False
    """For a notice on the whole release: whether some measures had a notice already, so that it is about the others."""


def corrections(connection: Connection, release_id: str) -> tuple[Correction, ...]:
    """The correction notices of a release, oldest first."""
    row = ReleaseCorrectionRow
    rows = connection.execute(
        select(row.corrected_at, row.measure, row.reason).where(row.release_id == release_id).order_by(row.number)
    )
    notices = rows.all()
    some = any(measure for _, measure, _ in notices)
    return tuple(Correction(at, measure, Fault(reason), some and not measure) for at, measure, reason in notices)


def of_board(connection: Connection, board: str) -> list[tuple[str, Correction]]:
    """Window and notice of every correction to a shown release of a board, newest first."""
    row = ReleaseCorrectionRow
    rows = connection.execute(
        select(ReleaseRow.window, row.release_id, row.corrected_at, row.measure, row.reason)
        .join(ReleaseRow, ReleaseRow.release_id == row.release_id)
        .join(ReleaseStateRow, ReleaseStateRow.release_id == row.release_id)
        .where(ReleaseRow.board == board, ReleaseStateRow.state.in_([state.value for state in SHOWN]))
        .order_by(row.corrected_at.desc(), row.release_id, row.number)
    )
    notices = rows.all()
    some = {notice.release_id for notice in notices if notice.measure}
    return [
        (window, Correction(at, measure, Fault(reason), release_id in some and not measure))
        for window, release_id, at, measure, reason in notices
    ]


def newest_act(connection: Connection, release_id: str) -> int:
    """The number of the newest row about a release, for a form to carry; looking at it is no act."""
    return audit.newest(connection, release_id, READINGS)


def shown_body(connection: Connection, release_id: str) -> bytes | None:
    """The stored bytes of a release whose figures may be shown; None for any other, and if there is none."""
    return connection.scalar(
        select(ReleaseRow.body)
        .join(ReleaseStateRow, ReleaseStateRow.release_id == ReleaseRow.release_id)
        .where(ReleaseRow.release_id == release_id, ReleaseStateRow.state.in_([state.value for state in SHOWN]))
    )


def parse(body: bytes) -> Release:
    """A stored release; it was validated before it was stored."""
    return Release.model_validate_json(body)
