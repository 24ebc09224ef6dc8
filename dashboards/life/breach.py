"""What a data protection officer needs in the first 72 hours (Article 33): which releases were out, and who had them.

It is read from the audit log alone. The log holds no figure, token or child, so the report holds none either.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from dashboards.life.changes import ReadingKind
from dashboards.life.states import SHOWN, LifeAction, LifeState
from models.store.audit import AuditEntry

_READING = {reading.value for reading in ReadingKind}
_LIFE = {action.value for action in LifeAction}
LIMITS = (
    "Readers of pages are identified by the subject of the sign-in provider, those at the terminal by what they typed.",
    "Copies that were passed on after a download or an export are in no log.",
    "Reads of Kafka's topics and of the database by other means than these commands are not in this log.",
    "Which keys were in use, and from which epochs tokens are: python -m analysis dpia-facts --keys DIRECTORY.",
)


class Exposed(NamedTuple):
    """A release whose figures could be seen at some time in the period."""

    release_id: str
    state: LifeState
    """At the end of the period."""
    approved_by: tuple[str, ...]
    readers: dict[str, dict[str, int]]
    """Who -> how (view, download, export, pack) -> times in the period."""


class BreachReport(NamedTuple):
    """One period of the log."""

    exposed: tuple[Exposed, ...]
    others: dict[str, dict[str, int]]
    """Who -> every other act in the period -> times: requests, withdrawals, erasures, remedies."""


def report(log: Iterable[AuditEntry], since: datetime, until: datetime) -> BreachReport:
    """Who did and saw what from `since` up to, not including, `until`."""
    state: dict[str, LifeState] = {}
    approvers: defaultdict[str, dict[str, None]] = defaultdict(dict)
    shown: dict[str, None] = {}
    readers: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    others: defaultdict[str, Counter[str]] = defaultdict(Counter)
    started = False
    for entry in log:
        if entry.at >= until:
            break
        if not started and entry.at >= since:
            started = True
            shown |= dict.fromkeys(release_id for release_id, now in state.items() if now in SHOWN)
        if entry.action in _LIFE and entry.action != LifeAction.CORRECT:
            state[entry.subject] = _after(entry)
            if entry.action == LifeAction.APPROVE:
                approvers[entry.subject][entry.who] = None
            if started and state[entry.subject] in SHOWN:
                shown[entry.subject] = None
        if started and entry.action in _READING:
            # The sheet of an agency is noted under the release and the agency.
            of = entry.subject.partition(":")[0] if entry.action == ReadingKind.PACK else entry.subject
            readers[of][entry.who][entry.action] += 1
        elif started:
            others[entry.who][entry.action] += 1
    if not started:
        shown |= dict.fromkeys(release_id for release_id, now in state.items() if now in SHOWN)
    listed = sorted({*shown, *readers})
    return BreachReport(
        tuple(
            Exposed(
                release_id,
                state.get(release_id, LifeState.BUILT),
                tuple(approvers[release_id]),
                {who: dict(times) for who, times in sorted(readers[release_id].items())},
            )
            for release_id in listed
        ),
        {who: dict(times) for who, times in sorted(others.items())},
    )


def _after(entry: AuditEntry) -> LifeState:
    """The state that an act leads to; an approval has two, and the log says which."""
    after = {
        LifeAction.WITHDRAW: LifeState.WITHDRAWN,
        LifeAction.REFUSE: LifeState.REFUSED,
        LifeAction.SUPERSEDE: LifeState.SUPERSEDED,
    }
    if entry.action == LifeAction.APPROVE:
        return LifeState(entry.detail)
    return after.get(LifeAction(entry.action), LifeState.APPROVED)
