"""Checks the audit log against itself and against the tables it tells of: their last row may not be missing in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from dashboards.life.states import TRANSITIONS, LifeAction, LifeState
from dashboards.life.states import told as noted
from models.store import ReleaseApprovalRow, ReleaseCorrectionRow, ReleaseStateRow
from models.store.audit import START, AuditEntry, Breach, Head, entries, first_breach, hold

_OURS = {action.value for action in LifeAction}


class Mismatch(StrEnum):
    """The chain holds, and yet the tables say something else."""

    STATE = "audit.state-not-in-log"
    APPROVAL = "audit.approval-not-in-log"
    CORRECTION = "audit.correction-not-in-log"
    IMPOSSIBLE = "audit.impossible-act"
    """An act that the state machine does not have."""


class LogVerdict(NamedTuple):
    """What the verifier found; `wrong` is None if nothing."""

    wrong: Breach | Mismatch | None
    where: str
    """The number of a row, or the id of a release."""
    head: Head


def verify(connection: Connection, kept: Head | None = None) -> LogVerdict:
    """Check everything, while nobody writes; `kept` is a head that was written down elsewhere."""
    hold(connection)
    log = entries(connection)
    head = Head(log[-1].number, log[-1].hash) if log else Head(0, START)
    if breach := first_breach(log, kept):
        return LogVerdict(breach[0], f"row {breach[1]}", head)
    rows = connection.execute(select(ReleaseStateRow.release_id, ReleaseStateRow.state, ReleaseStateRow.reason))
    stored = {row.release_id: (LifeState(row.state), row.reason or "") for row in rows}
    rows = connection.execute(select(ReleaseApprovalRow.release_id, ReleaseApprovalRow.principal))
    approvals = {(row.release_id, row.principal) for row in rows}
    told, approved, impossible = replay(log)
    if impossible is not None:
        return LogVerdict(Mismatch.IMPOSSIBLE, f"row {impossible}", head)
    if different := sorted(stored.items() ^ told.items()):
        return LogVerdict(Mismatch.STATE, different[0][0], head)
    if different_approvals := sorted(approvals ^ approved):
        return LogVerdict(Mismatch.APPROVAL, different_approvals[0][0], head)
    row = ReleaseCorrectionRow
    rows = connection.execute(select(row.release_id, row.measure, row.reason))
    notices = Counter((one.release_id, noted(one.reason, one.measure)) for one in rows)
    logged = Counter((entry.subject, entry.detail) for entry in log if entry.action == LifeAction.CORRECT)
    if notices != logged:
        return LogVerdict(Mismatch.CORRECTION, min((notices - logged) + (logged - notices))[0], head)
    return LogVerdict(None, "", head)


Told = tuple[dict[str, tuple[LifeState, str]], set[tuple[str, str]], int | None]


def replay(log: Iterable[AuditEntry]) -> Told:
    """States (each with the reason of a withdrawal) and approvals as the log tells, and an impossible act's number.

    Reading ends at the first impossible act; its number is None if every one was possible.
    """
    state: dict[str, tuple[LifeState, str]] = {}
    approvals: set[tuple[str, str]] = set()
    for entry in log:
        if entry.action not in _OURS:
            continue  # of another part of the service: the chain guards it, and it changes no state
        before = state.get(entry.subject, (LifeState.BUILT, ""))[0]
        possible = [t.after for t in TRANSITIONS if t.before is before and t.action.value == entry.action]
        if entry.action == LifeAction.APPROVE:
            possible = [after for after in possible if after.value == entry.detail]
            approvals.add((entry.subject, entry.who))
        if len(possible) != 1:
            return state, approvals, entry.number
        if entry.action == LifeAction.CORRECT:
            continue  # the release stays where it stands
        state[entry.subject] = (possible[0], entry.detail if entry.action == LifeAction.WITHDRAW else "")
    return state, approvals, None
