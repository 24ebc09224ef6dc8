"""Checks the audit log's own chain, and that the log agrees with the tables whose changes it records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from dashboards.life.states import TRANSITIONS, LifeAction, LifeState
from dashboards.life.states import told as noted
from models.store import ReleaseApprovalRow, ReleaseCorrectionRow, ReleaseStateRow
from models.store.audit import AuditEntry, Breach, Head, entries, hold
from models.store.chain import Checkpoint, check

RECEIVE = "receive"
"""The sink's act, with which the life of a release begins."""
_OURS = {action.value for action in LifeAction}
_WITH_REASON = {LifeAction.WITHDRAW.value, LifeAction.REFUSE.value}


class Mismatch(StrEnum):
    """The chain holds, but the tables disagree with it."""

    STATE = "audit.state-not-in-log"
    APPROVAL = "audit.approval-not-in-log"
    CORRECTION = "audit.correction-not-in-log"
    IMPOSSIBLE = "audit.impossible-act"
    """An act that the state machine does not allow."""


class LogVerdict(NamedTuple):
    """The verifier's result; `wrong` is None if all is well."""

    wrong: Breach | Mismatch | None
    where: str
    """The number of a row, or the id of a release."""
    head: Head
    removed: Checkpoint | None = None
    """What retention took away. What the tables hold from before the first row that is left cannot be compared."""


def verify(connection: Connection, kept: Head | None = None, kept_days: int = 0) -> LogVerdict:
    """Check everything, while nobody writes.

    `kept` is a head that was written down elsewhere, `kept_days` for how long rows have to be kept.
    """
    hold(connection)
    log = entries(connection)
    chain = check(log, kept, kept_days)
    if chain.breach is not None:
        return LogVerdict(chain.breach[0], f"row {chain.breach[1]}", chain.head, chain.removed)
    wrong, where = _tables_wrong(connection, log, chain.removed)
    return LogVerdict(wrong, where, chain.head, chain.removed)


def _tables_wrong(
    connection: Connection, log: list[AuditEntry], removed: Checkpoint | None
) -> tuple[Mismatch | None, str]:
    """What the tables say that the log does not, or the other way round. The chain holds."""
    begins = log[0].at if removed else None

    def old(at: datetime) -> bool:
        return begins is not None and at <= begins

    rows = connection.execute(
        select(*(getattr(ReleaseStateRow, name) for name in ("release_id", "state", "reason", "since")))
    )
    states = {row.release_id: ((LifeState(row.state), row.reason or ""), old(row.since)) for row in rows}
    rows = connection.execute(
        select(*(getattr(ReleaseApprovalRow, name) for name in ("release_id", "principal", "approved_at")))
    )
    approvals = {(row.release_id, row.principal): old(row.approved_at) for row in rows}
    replayed, approved, impossible = replay(log, from_beginning=removed is None)
    if impossible is not None:
        return Mismatch.IMPOSSIBLE, f"row {impossible}"
    # What was written before the log begins may be missing from it. What is in the log has to be in the tables.
    logged = {**{name: state for name, (state, before) in states.items() if before}, **replayed}
    stored = {name: state for name, (state, _) in states.items()}
    if different := sorted(stored.items() ^ logged.items()):
        return Mismatch.STATE, different[0][0]
    known = {key for key, before in approvals.items() if before} | approved
    if different_approvals := sorted(approvals.keys() ^ known):
        return Mismatch.APPROVAL, different_approvals[0][0]
    row = ReleaseCorrectionRow
    rows = connection.execute(select(row.release_id, row.measure, row.reason, row.corrected_at))
    notices = [(one.release_id, noted(one.reason, one.measure), old(one.corrected_at)) for one in rows]
    stored_notices = Counter((release_id, detail) for release_id, detail, _ in notices)
    in_log = Counter((entry.subject, entry.detail) for entry in log if entry.action == LifeAction.CORRECT)
    recent = Counter((release_id, detail) for release_id, detail, before in notices if not before)
    if wrong := (recent - in_log) + (in_log - stored_notices):
        return Mismatch.CORRECTION, min(wrong)[0]
    return None, ""


Replayed = tuple[dict[str, tuple[LifeState, str]], set[tuple[str, str]], int | None]


def replay(log: Iterable[AuditEntry], from_beginning: bool = True) -> Replayed:
    """From the log alone: states, approvals, and the number of an impossible act.

    A state has the reason of a withdrawal or refusal beside it.
    Reading stops at the first impossible act; its number is None if there is none. A log that does not go back to its
    beginning may not have the first acts on a release: its state is then unknown until an act says it.
    """
    state: dict[str, tuple[LifeState, str]] = {}
    approvals: set[tuple[str, str]] = set()
    received: set[str] = set()
    for entry in log:
        if entry.action == RECEIVE:
            received.add(entry.subject)
        if entry.action not in _OURS:
            continue  # an act of another part of the service: the chain guards it, and it changes no state
        begun = from_beginning or entry.subject in state or entry.subject in received
        before = state.get(entry.subject, (LifeState.BUILT, ""))[0]
        possible = {
            t.after for t in TRANSITIONS if t.action.value == entry.action and (t.before is before or not begun)
        }
        if entry.action == LifeAction.APPROVE:
            possible = {after for after in possible if after.value == entry.detail}
            approvals.add((entry.subject, entry.who))
        if entry.action == LifeAction.CORRECT and possible:
            continue  # the state stays the same
        if len(possible) != 1:
            return state, approvals, entry.number
        state[entry.subject] = (possible.pop(), entry.detail if entry.action in _WITH_REASON else "")
    return state, approvals, None
