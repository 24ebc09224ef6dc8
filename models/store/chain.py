"""Whether the audit log holds: its hashes, and what retention has taken from its beginning.

Retention (`models/store/audit_retention.py`) takes rows from the beginning, and says so in a row of the log itself, a
checkpoint: how many rows are gone in all, the hash of the last of them, and the rule. The newest row that is past its
time stays. Its hash covers its time, so it proves that every row before it was past its time too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models.store.audit import START, AuditEntry, Breach, Head

RETENTION, REMOVE = "retention", "audit.remove"
"""Who takes rows away, and the act, in the log."""
SKEW = timedelta(days=1)
"""By how much clocks of those who write may differ."""
_DETAIL = re.compile(r"(\d+) rows, (\d+) days")


class Checkpoint(NamedTuple):
    """What a row of the log says that retention took away."""

    number: int
    """Of the row that says so."""
    at: datetime
    last: int
    """The number of the last row that is gone. Numbers begin at 1 and leave none out, so as many are gone."""
    hash: str
    """Of that row."""
    days: int
    """Older than this were the rows that went."""

    @classmethod
    def of(cls, entry: AuditEntry) -> Checkpoint | None:
        """The checkpoint that a row is; None for any other row."""
        if (entry.who, entry.action) != (RETENTION, REMOVE):
            return None
        found = _DETAIL.fullmatch(entry.detail)
        last, days = (int(found[1]), int(found[2])) if found else (0, 0)
        return cls(entry.number, entry.at, last, entry.subject, days)

    @staticmethod
    def detail(last: int, days: int) -> str:
        """How a row says it."""
        return f"{last} rows, {days} days"


class ChainVerdict(NamedTuple):
    """What was found."""

    breach: tuple[Breach, int] | None
    """The first thing wrong and the number of its row; None if the chain holds."""
    removed: Checkpoint | None
    """What retention took away, if anything."""
    head: Head


def check(log: Iterable[AuditEntry], kept: Head | None = None, kept_days: int = 0) -> ChainVerdict:
    """Check a log; `kept` is a head kept elsewhere, `kept_days` the time for which every row has to be kept.

    A head of a row that retention took away can no longer be compared, and counts as contained.
    """
    breach: tuple[Breach, int] | None = None
    first: AuditEntry | None = None
    checkpoint: Checkpoint | None = None
    before = Head(0, START)
    contains_kept = kept is None or kept == before
    for entry in log:
        if first is None:
            first = entry
            before = Head(entry.number - 1, START if entry.number == 1 else entry.previous)
            contains_kept = contains_kept or kept == before or (kept is not None and kept.number < before.number)
        breach = breach or _wrong(entry, before, checkpoint)
        before = Head(entry.number, entry.hash)
        contains_kept = contains_kept or before == kept
        checkpoint = Checkpoint.of(entry) or checkpoint
    breach = breach or _removal_wrong(first, checkpoint, kept_days)
    if breach is None and kept is not None and not contains_kept:
        breach = (Breach.HEAD, kept.number)
    return ChainVerdict(breach, checkpoint, before)


def first_breach(log: Iterable[AuditEntry], kept: Head | None = None) -> tuple[Breach, int] | None:
    """The first thing wrong and the number of its row; None if the chain holds and contains the head kept elsewhere."""
    return check(log, kept).breach


def _wrong(entry: AuditEntry, before: Head, checkpoint: Checkpoint | None) -> tuple[Breach, int] | None:
    if entry.number != before.number + 1:
        return Breach.GAP, before.number + 1
    if entry.previous != before.hash:
        return Breach.BROKEN, entry.number
    if entry.hash != entry.expected_hash():
        return Breach.CHANGED, entry.number
    if checkpoint is not None and entry.at < checkpoint.at - SKEW:
        return Breach.EARLY, checkpoint.number  # it claims to be of a later time than what came after it
    return None


def _removal_wrong(
    first: AuditEntry | None, checkpoint: Checkpoint | None, kept_days: int
) -> tuple[Breach, int] | None:
    if first is None:
        return None
    if checkpoint is None:
        return None if first.number == 1 else (Breach.GAP, 1)
    if (checkpoint.last, checkpoint.hash) != (first.number - 1, first.previous):
        return Breach.REMOVAL, checkpoint.number
    # The first row that is left was past its time, and with it all before it.
    if checkpoint.days < kept_days or first.at >= checkpoint.at - timedelta(days=checkpoint.days):
        return Breach.EARLY, checkpoint.number
    return None
