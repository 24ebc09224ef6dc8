"""Checks the audit log's own chain, and that the log agrees with the tables whose changes it records."""

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
    replayed, approved, impossible = replay(log)
    if impossible is not None:
        return LogVerdict(Mismatch.IMPOSSIBLE, f"row {impossible}", head)
    if different := sorted(stored.items() ^ replayed.items()):
        return LogVerdict(Mismatch.STATE, different[0][0], head)
    if different_approvals := sorted(approvals ^ approved):
        return LogVerdict(Mismatch.APPROVAL, different_approvals[0][0], head)
    row = ReleaseCorrectionRow
    rows = connection.execute(select(row.release_id, row.measure, row.reason))
    notices = Counter((correction.release_id, noted(correction.reason, correction.measure)) for correction in rows)
    logged = Counter((entry.subject, entry.detail) for entry in log if entry.action == LifeAction.CORRECT)
    if notices != logged:
        return LogVerdict(Mismatch.CORRECTION, min((notices - logged) + (logged - notices))[0], head)
    return LogVerdict(None, "", head)


Replayed = tuple[dict[str, tuple[LifeState, str]], set[tuple[str, str]], int | None]


def replay(log: Iterable[AuditEntry]) -> Replayed:
    """From the log alone: states, approvals, and the number of an impossible act.

    A state has the reason of a withdrawal or refusal beside it.
    Reading stops at the first impossible act; its number is None if there is none.
    """
    state: dict[str, tuple[LifeState, str]] = {}
    approvals: set[tuple[str, str]] = set()
    for entry in log:
        if entry.action not in _OURS:
            continue  # an act of another part of the service: the chain guards it, and it changes no state
        before = state.get(entry.subject, (LifeState.BUILT, ""))[0]
        possible = [t.after for t in TRANSITIONS if t.before is before and t.action.value == entry.action]
        if entry.action == LifeAction.APPROVE:
            possible = [after for after in possible if after.value == entry.detail]
            approvals.add((entry.subject, entry.who))
        if len(possible) != 1:
            return state, approvals, entry.number
        if entry.action == LifeAction.CORRECT:
            continue  # the state stays the same
        state[entry.subject] = (possible[0], entry.detail if entry.action in _WITH_REASON else "")
    return state, approvals, None
