"""The releases there are, with where each stands: for the command that lists them and for exports."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from dashboards.life.states import SHOWN, Fault, LifeState
from models.releases import Release
from models.store import ReleaseApprovalRow, ReleaseCorrectionRow, ReleaseRow, ReleaseStateRow


class ListedRelease(NamedTuple):
    """One line of the list: no figure is in it."""

    release_id: str
    board: str
    window: str
    state: LifeState
    since: datetime
    """Of the state; of a release that only was built, when it was received."""
    reason: str | None
    approvals: int


def releases(connection: Connection) -> list[ListedRelease]:
    """Every release, in order of id."""
    row, state = ReleaseRow, ReleaseStateRow
    found = connection.execute(
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
        for r in found
    ]


class Correction(NamedTuple):
    """A notice that figures of a release are wrong."""

    at: datetime
    measure: str
    """Empty for all of the release."""
    fault: Fault
    others: bool = False
    """Of a notice on all of the release: whether some of its measures had one already, so that it is about the others.
    """


def corrections(connection: Connection, release_id: str) -> tuple[Correction, ...]:
    """The correction notices of a release, oldest first."""
    row = ReleaseCorrectionRow
    found = connection.execute(
        select(row.corrected_at, row.measure, row.reason).where(row.release_id == release_id).order_by(row.number)
    )
    listed = found.all()
    some = any(measure for _, measure, _ in listed)
    return tuple(Correction(at, measure, Fault(reason), some and not measure) for at, measure, reason in listed)


def of_board(connection: Connection, board: str) -> list[tuple[str, Correction]]:
    """Window and notice of every correction of a release of a board that is shown, newest first."""
    row = ReleaseCorrectionRow
    found = connection.execute(
        select(ReleaseRow.window, row.release_id, row.corrected_at, row.measure, row.reason)
        .join(ReleaseRow, ReleaseRow.release_id == row.release_id)
        .join(ReleaseStateRow, ReleaseStateRow.release_id == row.release_id)
        .where(ReleaseRow.board == board, ReleaseStateRow.state.in_([state.value for state in SHOWN]))
        .order_by(row.corrected_at.desc(), row.release_id, row.number)
    )
    listed = found.all()
    some = {one.release_id for one in listed if one.measure}
    return [
        (window, Correction(at, measure, Fault(reason), release_id in some and not measure))
        for window, release_id, at, measure, reason in listed
    ]


def shown_body(connection: Connection, release_id: str) -> bytes | None:
    """The stored bytes of a release whose figures may leave; None for any other, and for none at all."""
    return connection.scalar(
        select(ReleaseRow.body)
        .join(ReleaseStateRow, ReleaseStateRow.release_id == ReleaseRow.release_id)
        .where(ReleaseRow.release_id == release_id, ReleaseStateRow.state.in_([state.value for state in SHOWN]))
    )


def parse(body: bytes) -> Release:
    """A stored release; it was validated before it was stored."""
    return Release.model_validate_json(body)
