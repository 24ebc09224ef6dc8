"""Rows of the audit log as lines that people read."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards.life.states import DecisionReason, Fault
from dashboards.people.permissions import Act
from dashboards.words import capital, moment
from models.store.audit import AuditEntry

ACTS: Mapping[str, str] = {
    "receive": "received from the ledger",
    "approve": "approved",
    "refuse": "refused",
    "withdraw": "withdrawn",
    "correct": "correction notice",
    "annotate": "annotated",
    "supersede": "superseded by a later release",
    "restore": "shown as the newest again",
    "request": "asked for",
    "action.open": "opened",
    "action.tell": "told",
    "action.move": "due date changed",
    "action.close": "closed",
    "action.impact": "impact recorded",
    "action.acknowledge": "acknowledged",
    "access.give": "role given",
    "access.confirm": "role confirmed",
    "access.revoke": "role taken away",
    "view": "viewed",
    "download": "downloaded",
    "export": "exported at the terminal",
    "pack": "took a paper of the meeting pack",
    "sign-in": "signed in",
    "sign-in.refused": "sign-in refused",
    "sign-out": "signed out",
    "end-sessions": "sessions ended",
    "remedy.ask": "asked operations' service for it",
    "remedy.confirm": "agreed to what operations asked for",
    "remedy.answer": "answered by operations' service",
    "audit.remove": "rows of the log past their time removed",
    "refused": "refused, for want of a role",
    "hold": "an agency's topic held",
    "resume": "an agency's topic read again",
    "skip": "a record skipped",
    "lift": "a skipped record let through",
    "quarantine": "a record put in quarantine",
    "gap": "a loss found",
    "gap.closed": "a loss made good",
    "remove": "removed past its retention",
    "erase": "a child's events erased",
    "erase.agency": "an agency's events erased",
}
"""Acts of the audit log, as pages say them. One that is not here is said by its code."""
_DETAILS: Mapping[str, str] = {
    **{reason.value: reason.words for reason in DecisionReason},
    **{fault.value: fault.words for fault in Fault},
    **{act.name.lower(): act.value for act in Act},
    "build_releases": "a release",
    "full_scan": "a full scan for signals",
    "erase_agency": "the erasure of all that an agency sent",
    "approved": "its figures are shown",
    "approved_once": "the first of two",
}

PAPERS: Mapping[str, str] = {
    "meeting": "meeting pack",
    "brief": "brief for chief officers",
    "agency": "sheet for one agency",
    "slides": "slides",
    "police": "annex for the problem profile",
    "inspect": "evidence for inspectors",
}
"""The kinds of paper in the meeting pack, in words."""


def request_words(kind: str) -> str:
    """A kind of request to the ledger, as a page begins a line with it."""
    return capital(_DETAILS.get(kind, kind))


def words_of(action: str) -> str:
    """An act in words."""
    return ACTS.get(action, action)


def detail_of(entry: AuditEntry) -> str:
    """The detail of an act in words, where it has any."""
    if entry.action == "correct":
        fault, _, measure = entry.detail.partition(" ")
        return f"{_DETAILS.get(fault, fault)}{f': {measure}' if measure else ''}"
    if entry.action == "pack":
        paper, _, checksum = entry.detail.partition(" ")
        return f"{PAPERS.get(paper, paper)}, checksum begins {checksum}"
    return _DETAILS.get(entry.detail, entry.detail)


def line(entry: AuditEntry) -> str:
    """One row as a line."""
    detail = detail_of(entry)
    return f"{moment(entry.at)}: {words_of(entry.action)}{f' ({detail})' if detail else ''}, by {entry.who}"
