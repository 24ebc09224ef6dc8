"""Everything that `dashboards` writes about releases. Each change and its audit row share one transaction.

A test goes through the public functions here, and checks that no other module of `dashboards` writes to the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select

from dashboards.errors import DecisionRefused, DoneAlready
from dashboards.life import states
from dashboards.life.requests import BUILD, closed, covers, requesters
from dashboards.life.states import DecisionReason, Fault, LifeAction, LifeState, Placed, ReleaseLife, Transition
from dashboards.overtaken import check_as_seen
from models.contract.periods import bounds
from models.register import Board
from models.releases import RequestBuild
from models.service import clock
from models.store import (
    ReleaseAnnotationRow,
    ReleaseApprovalRow,
    ReleaseCellRow,
    ReleaseCorrectionRow,
    ReleaseRow,
    ReleaseStateRow,
    audit,
    upsert,
    writing,
)
from models.store.requests import StoredRequest, add_request, asked
from models.store.texts import TextRefused, check_text

ASK_AGAIN = timedelta(hours=1)
"""How long a request is taken to be on its way."""
ANNOTATE = "annotate"
"""In the audit log: somebody wrote something beside a release."""


class _ReleaseFacts(NamedTuple):
    """What a change needs to know of a release; field names are column names."""

    board: str
    window: str
    ends_before: date
    received_at: datetime
    synthetic: bool


def request(engine: Engine, who: str, board: Board, windows: Sequence[str], request_id: str) -> None:
    """Ask the ledger for the releases of some windows; the sink passes it on.

    Raises `DoneAlready` for a form that was sent twice, and `DecisionRefused` if a window has a release, was asked
    for within the last hour, or is not one that the board releases.
    """
    states.check_principal(who)
    if not windows or not set(windows) <= set(closed(board)):
        raise DecisionRefused("choose at least one period that has ended and that the board releases")
    now = clock.now()
    with writing(engine).begin() as connection:
        audit.hold(connection)
        earlier = asked(connection, board.code, BUILD)
        if any(one.request_id == request_id for one in earlier):
            raise DoneAlready("you asked for this already")
        released = select(ReleaseRow.window).where(ReleaseRow.board == board.code, ReleaseRow.window.in_(windows))
        if connection.scalars(released).first() is not None:
            raise DecisionRefused("a period that you chose has a release already: nothing was asked for")
        if any(_covers_any(one, windows) for one in earlier if now - one.requested_at < ASK_AGAIN):
            raise DecisionRefused(
                "somebody asked for a period that you chose within the last hour: the release comes by itself, and who "
                "asked cannot approve it. Nothing more was asked for"
            )
        build = RequestBuild(request_id=request_id, board=board.code, windows=tuple(windows), requested_at=now)
        add_request(connection, build, who)


def approve(engine: Engine, release_id: str, who: str, seen: int | None = None) -> LifeState:
    """Approve a release and return its new state; raises `DecisionRefused` if the rules do not allow it.

    `seen` is the newest row about the release when the person looked (`listing.newest_act`). If others acted since,
    this raises `Overtaken`; if this person did the same since, `DoneAlready`.
    """
    states.check_principal(who)
    with writing(engine).begin() as connection:
        release = _find(connection, release_id)
        _check_as_seen(connection, release_id, seen, who, LifeAction.APPROVE)
        asked_by = requesters(
            asked(connection, release.board, BUILD), release.window, release.ends_before, release.received_at
        )
        approvers = frozenset(
            connection.scalars(select(ReleaseApprovalRow.principal).where(ReleaseApprovalRow.release_id == release_id))
        )
        life = ReleaseLife(_state(connection, release_id), asked_by, approvers, release.synthetic)
        change = states.approve(life, who)
        connection.execute(
            insert(ReleaseApprovalRow).values(release_id=release_id, principal=who, approved_at=clock.now())
        )
        _apply(connection, release_id, change, who)
        _follow_up(connection, release.board, who)
    return change.after


def refuse(engine: Engine, release_id: str, who: str, reason: DecisionReason, seen: int | None = None) -> LifeState:
    """Refuse a release that waits, for good, and return its new state; one person is enough. Raises as `approve`."""
    return _end(engine, release_id, who, reason, seen, LifeAction.REFUSE)


def withdraw(engine: Engine, release_id: str, who: str, reason: DecisionReason, seen: int | None = None) -> LifeState:
    """Withdraw a release and return its new state; one person is enough. Raises `DecisionRefused` as `approve` does."""
    return _end(engine, release_id, who, reason, seen, LifeAction.WITHDRAW)


def _end(
    engine: Engine, release_id: str, who: str, reason: DecisionReason, seen: int | None, action: LifeAction
) -> LifeState:
    states.check_principal(who)
    with writing(engine).begin() as connection:
        release = _find(connection, release_id)
        _check_as_seen(connection, release_id, seen, who, action)
        life = ReleaseLife(_state(connection, release_id), frozenset(), frozenset())
        change = states.refuse(life) if action is LifeAction.REFUSE else states.withdraw(life)
        _apply(connection, release_id, change, who, reason)
        _follow_up(connection, release.board, who)
    return change.after


def correct(
    engine: Engine, release_id: str, who: str, fault: Fault, measure: str = "", seen: int | None = None
) -> LifeState:
    """Put a dated correction notice beside a release. It says what is wrong, never what is right.

    One person is enough, because a warning must not wait. `measure` names one of the release's measures; empty means
    all its figures. Each figure is corrected once at most, whatever the reason, so a notice on the whole release after
    one on a measure is about the other measures. Raises `DecisionRefused` if the release is not shown, has no such
    measure, or already has notices on every figure that this one would be about; else as `approve` does.
    """
    states.check_principal(who)
    with writing(engine).begin() as connection:
        _find(connection, release_id)
        _check_as_seen(connection, release_id, seen, who, LifeAction.CORRECT)
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


def annotate(engine: Engine, release_id: str, who: str, text: str, annotation_id: str) -> None:
    """Write something beside a release, for people who signed in. It changes no state, and no file has it.

    Raises `TextRefused` for a text that may name someone, and `DoneAlready` for a form that was sent twice.
    """
    states.check_principal(who)
    check_text(text)
    if not text.strip():
        raise TextRefused("write something")
    row = ReleaseAnnotationRow
    with writing(engine).begin() as connection:
        _find(connection, release_id)
        if connection.scalar(select(row.annotation_id).where(row.annotation_id == annotation_id)) is not None:
            raise DoneAlready("you wrote this already")
        values = {"annotation_id": annotation_id, "release_id": release_id, "text": text}
        connection.execute(insert(row).values(**values, by=who, at=clock.now()))
        audit.append(connection, who, ANNOTATE, release_id)


class ReadingKind(StrEnum):
    """How somebody saw the figures of a release."""

    VIEW = "view"
    """On a page; the detail is the view. The overview is noted under the board's code."""
    DOWNLOAD = "download"
    """As a file through the pages; the detail is its format."""
    EXPORT = "export"
    """As files at the terminal."""
    PACK = "pack"
    """As a paper of the meeting pack; the detail is its kind and how its checksum begins. The subject of an agency's
    sheet is the release and, after a colon, the agency."""


READINGS = tuple(reading.value for reading in ReadingKind)


def note_reading(engine: Engine, reading: ReadingKind, subject: str, detail: str = "", *, who: str) -> None:
    """Record in the audit log who reads which release. Call it before showing: what cannot be recorded is not shown.

    The same person who reads the same again within a quarter of an hour is in the log once.
    """
    audit.append_once(engine, who, reading.value, subject, detail)


def _check_as_seen(connection: Connection, release_id: str, seen: int | None, who: str, action: LifeAction) -> None:
    """Raise unless the release is as the person saw it; what follows from an approval is that person's too."""
    own = {action.value, LifeAction.SUPERSEDE.value, LifeAction.RESTORE.value}
    check_as_seen(connection, release_id, seen, who, own, READINGS)


def _covers_any(earlier: StoredRequest, windows: Iterable[str]) -> bool:
    return any(covers(earlier.body, window, bounds(window)[1], earlier.requested_at) for window in windows)


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
