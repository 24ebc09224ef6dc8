"""Everything that `dashboards` writes about releases. Each change and its audit row share one transaction.

A test goes through the public functions here, and checks that no other module of `dashboards` writes to the database.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select

from dashboards.errors import DecisionRefused
from dashboards.life import states
from dashboards.life.requests import requesters
from dashboards.life.states import DecisionReason, Fault, LifeAction, LifeState, Placed, ReleaseLife, Transition
from models.service import clock
from models.store import (
    ReleaseApprovalRow,
    ReleaseCellRow,
    ReleaseCorrectionRow,
    ReleaseRow,
    ReleaseStateRow,
    audit,
    upsert,
    writing,
)


class _ReleaseFacts(NamedTuple):
    """What a change needs to know of a release; field names are column names."""

    board: str
    window: str
    ends_before: date
    received_at: datetime


def approve(engine: Engine, release_id: str, who: str) -> LifeState:
    """Approve a release and return its new state; raises `DecisionRefused` if the rules do not allow it."""
    states.check_principal(who)
    with writing(engine).begin() as connection:
        release = _find(connection, release_id)
        asked = requesters(connection, release.board, release.window, release.ends_before, release.received_at)
        approvers = frozenset(
            connection.scalars(select(ReleaseApprovalRow.principal).where(ReleaseApprovalRow.release_id == release_id))
        )
        change = states.approve(ReleaseLife(_state(connection, release_id), asked, approvers), who)
        connection.execute(
            insert(ReleaseApprovalRow).values(release_id=release_id, principal=who, approved_at=clock.now())
        )
        _apply(connection, release_id, change, who)
        _follow_up(connection, release.board, who)
    return change.after


def withdraw(engine: Engine, release_id: str, who: str, reason: DecisionReason) -> LifeState:
    """Withdraw a release and return its new state; one person is enough. Raises `DecisionRefused` as `approve` does."""
    states.check_principal(who)
    with writing(engine).begin() as connection:
        release = _find(connection, release_id)
        change = states.withdraw(ReleaseLife(_state(connection, release_id), frozenset(), frozenset()))
        _apply(connection, release_id, change, who, reason)
        _follow_up(connection, release.board, who)
    return change.after


def correct(engine: Engine, release_id: str, who: str, fault: Fault, measure: str = "") -> LifeState:
    """Put a dated correction notice beside a release. It says what is wrong, never what is right.

    One person is enough, because a warning must not wait. `measure` names one of the release's measures; empty means
    all its figures. Each figure is corrected once at most, whatever the reason, so a notice on the whole release after
    one on a measure is about the other measures. Raises `DecisionRefused` if the release is not shown, has no such
    measure, or already has notices on every figure that this one would be about.
    """
    states.check_principal(who)
    with writing(engine).begin() as connection:
        _find(connection, release_id)
        change = states.correct(ReleaseLife(_state(connection, release_id), frozenset(), frozenset()))
        cell, row = ReleaseCellRow, ReleaseCorrectionRow
        measures = set(connection.scalars(select(cell.measure).where(cell.release_id == release_id).distinct()))
        if measure and measure not in measures:
            raise DecisionRefused("the release has no such measure")
        noticed = set(connection.scalars(select(row.measure).where(row.release_id == release_id)))
        if noticed and ("" in noticed or ({measure} if measure else measures) <= noticed):
            raise DecisionRefused(
                "these figures have a notice already: a wrong figure is corrected once. If readers must not see them, "
                "withdraw the release"
            )
        last = connection.scalar(select(func.max(row.number)).where(row.release_id == release_id)) or 0
        notice = {"measure": measure, "reason": fault.value, "corrected_at": clock.now()}
        connection.execute(insert(row).values(release_id=release_id, number=last + 1, **notice))
        audit.append(connection, who, change.action.value, release_id, states.told(fault, measure))
    return change.after


class ReadingKind(StrEnum):
    """How somebody saw the figures of a release."""

    VIEW = "view"
    """On a page; the detail is the view. The overview is noted under the board's code."""
    DOWNLOAD = "download"
    """As a file through the pages; the detail is its format."""
    EXPORT = "export"
    """As files at the terminal."""


def note_reading(engine: Engine, reading: ReadingKind, subject: str, detail: str = "", *, who: str) -> None:
    """Record in the audit log who reads which release. Call it before showing: what cannot be recorded is not shown."""
    with writing(engine).begin() as connection:
        audit.append(connection, who, reading.value, subject, detail)


def _find(connection: Connection, release_id: str) -> _ReleaseFacts:
    # Lock the log first: what is read now must still be true when the change is written.
    audit.hold(connection)
    columns = [getattr(ReleaseRow, name) for name in _ReleaseFacts._fields]
    row = connection.execute(select(*columns).where(ReleaseRow.release_id == release_id)).one_or_none()
    if row is None:
        raise DecisionRefused("there is no such release here: `python -m dashboards releases` lists them")
    return _ReleaseFacts(*row)


def _state(connection: Connection, release_id: str) -> LifeState:
    state = connection.scalar(select(ReleaseStateRow.state).where(ReleaseStateRow.release_id == release_id))
    return LifeState(state) if state else LifeState.BUILT


def _apply(
    connection: Connection, release_id: str, change: Transition, who: str, reason: DecisionReason | None = None
) -> None:
    """Write the new state and its audit row: the one place that does either."""
    row = upsert(connection.engine, ReleaseStateRow).values(
        release_id=release_id, state=change.after.value, reason=reason and reason.value, since=clock.now()
    )
    changed = {name: row.excluded[name] for name in ("state", "reason", "since")}
    connection.execute(row.on_conflict_do_update(index_elements=["release_id"], set_=changed))
    # An approval leads to one of two states, so the log says which.
    detail = change.after.value if change.action is LifeAction.APPROVE else (reason or "")
    audit.append(connection, who, change.action.value, release_id, detail)


def _follow_up(connection: Connection, board: str, who: str) -> None:
    """Supersede or restore the releases that this change affects, in the name of the person who made it."""
    row = ReleaseRow
    rows = connection.execute(
        select(row.release_id, row.starts_on, row.ends_before, row.ladder_version, ReleaseStateRow.state)
        .join(ReleaseStateRow, ReleaseStateRow.release_id == row.release_id)
        .where(row.board == board)
    )
    placed = [Placed(r.release_id, r.starts_on, r.ends_before, r.ladder_version, LifeState(r.state)) for r in rows]
    for release_id, change in states.follow_ups(placed):
        _apply(connection, release_id, change, who)
