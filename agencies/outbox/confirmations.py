"""What intake and ledger said about the messages in the outbox."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from sqlite3 import Connection
from typing import NamedTuple

from pydantic import ValidationError

from agencies.outbox.store import Outbox
from agencies.outbox.unread import AGAIN, GONE, about_these, forget_places, queue_again
from models.contract.receipts import GapReceipt, IntakeReceipt, LedgerReceipt, Receipt, WarnedRecord

_POSITION = "receipts_position"
_LEDGER = "ledger:"
_WARNED = "warned|"
"""`warned|<partition>|<rule>|<path>` -> `<last offset>|<count>`."""
_ACCEPTED = """FROM messages m LEFT JOIN events e ON e.event_id = m.event_id
    WHERE m.state = 'confirmed' AND m.partition IS NOT NULL AND (e.event_id IS NULL OR e.revision = m.revision)"""
"""Accepted messages that stand: the latest revision of each event, and erasures, which have no event."""


class Gone(NamedTuple):
    """Messages that were never read and cannot be sent again, where that leaves the service without what they said."""

    events: int
    """Their latest revision was refused, and the one before it is what was never read: publishing again mends it."""
    erasures: int
    """Older than erasures are kept: the child's rows have to be handed over again."""


NOTHING_GONE = Gone(0, 0)


def position(outbox: Outbox) -> int:
    """The first offset of the receipts topic that was not taken in yet."""
    return int(outbox.meta(_POSITION) or 0)


def take_in(outbox: Outbox, receipts: list[Receipt], next_offset: int) -> None:
    """Mark messages as decided, queue again what was never read, keep the newest ledger figures; all or nothing.

    `receipts` are in the order of their topic, and `next_offset` is where to read on.
    """
    with outbox.transaction() as db:
        for receipt in receipts:
            if isinstance(receipt, LedgerReceipt):
                db.execute(
                    "INSERT OR REPLACE INTO meta VALUES (?, ?)", (_LEDGER + receipt.board, receipt.model_dump_json())
                )
                continue
            if isinstance(receipt, GapReceipt):
                queue_again(db, receipt.partition, receipt.first, receipt.last)
                if receipt.cause == "truncated":
                    forget_places(db, receipt.partition, receipt.first, receipt.last)
                continue
            receipt = about_these(db, receipt)
            db.executemany(
                # Also what was refused before: operations may let a record through after mending a rule.
                """UPDATE messages SET state = 'confirmed', rule = NULL
                   WHERE state IN ('sent', 'refused') AND partition = ? AND "offset" BETWEEN ? AND ?""",
                [(receipt.partition, first, last) for first, last in receipt.accepted],
            )
            db.executemany(
                """UPDATE messages SET state = 'refused', rule = ?
                   WHERE state = 'sent' AND partition = ? AND "offset" = ?""",
                [(refused.rule, receipt.partition, refused.offset) for refused in receipt.refused],
            )
            # Intake reads a partition in order: what lies before and is not decided by now was passed by.
            queue_again(db, receipt.partition, -1, _furthest(receipt))
            for warning in receipt.warnings:
                _note_warned(db, receipt.partition, warning)
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_POSITION, str(next_offset)))


def undecided(outbox: Outbox) -> int:
    """Messages the broker has and intake has not spoken about."""
    return _count(outbox.read("SELECT count(*) FROM messages WHERE state = 'sent' AND rule IS NOT ?", (GONE,)))


def waiting_again(outbox: Outbox) -> int:
    """Messages that wait to be sent again."""
    return _count(outbox.read("SELECT count(*) FROM messages WHERE state = 'pending' AND rule = ?", (AGAIN,)))


def gone(outbox: Outbox) -> Gone:
    """What was never read and cannot be sent again. What a later revision has replaced is not counted: it need not."""
    events = """SELECT count(DISTINCT m.event_id) FROM messages m JOIN events e ON e.event_id = m.event_id
                JOIN messages latest ON latest.event_id = e.event_id AND latest.revision = e.revision
                WHERE m.rule = ? AND latest.state = 'refused'"""
    erasures = """SELECT count(*) FROM messages m JOIN meta ON meta.name = 'erasure:' || m.event_id
                  WHERE m.rule = ?"""
    return Gone(_count(outbox.read(events, (GONE,))), _count(outbox.read(erasures, (GONE,))))


def accepted(outbox: Outbox) -> int:
    """Messages intake accepted."""
    return _count(outbox.read("SELECT count(*) FROM messages WHERE state = 'confirmed'"))


def refused_by_rule(outbox: Outbox) -> Counter[str]:
    """Messages intake refused, by rule."""
    rows = outbox.read("SELECT rule, count(*) FROM messages WHERE state = 'refused' GROUP BY rule")
    return Counter({str(rule): int(str(n)) for rule, n in rows})


def ledger(outbox: Outbox) -> list[LedgerReceipt]:
    """The newest figures of the ledger, one per board."""
    rows = outbox.read("SELECT value FROM meta WHERE name LIKE ? ORDER BY name", (_LEDGER + "%",))
    found = []
    for (value,) in rows:
        # One of an older version cannot be read any more; the ledger's next receipt takes its place.
        with suppress(ValidationError):
            found.append(LedgerReceipt.model_validate_json(str(value)))
    return found


def not_in_ledger(outbox: Outbox) -> int:
    """Accepted messages that the ledger has not taken in yet, by their places on the raw topic.

    What a later revision has replaced is not asked about: its place may be one of an earlier topic. Nor is what was
    accepted at places that the broker has given away again since: the ledger speaks of the log as it is.
    """
    through = {(one.board, partition): last for one in ledger(outbox) for partition, last in one.through}
    behind = 0
    for board, partition in outbox.read(f"SELECT DISTINCT m.board, m.partition {_ACCEPTED}"):
        last = through.get((str(board), int(str(partition))), -1)
        query = f'SELECT count(*) {_ACCEPTED} AND m.board = ? AND m.partition = ? AND m."offset" > ?'
        behind += _count(outbox.read(query, (board, partition, last)))
    return behind


def warned(outbox: Outbox) -> Counter[tuple[str, str]]:
    """(rule, place) -> accepted messages with a key, header or attribute that was dropped and looks like an identifier.

    Stretches that intake tells of again after a restart count once, so that it may be a few too few.
    """
    found: Counter[tuple[str, str]] = Counter()
    for name, value in outbox.read("SELECT name, value FROM meta WHERE name LIKE ?", (_WARNED + "%",)):
        _, _, rule, path = str(name).split("|")
        found[rule, path] += int(str(value).partition("|")[2])
    return found


def _note_warned(db: Connection, partition: int, warning: WarnedRecord) -> None:
    name = f"{_WARNED}{partition}|{warning.rule}|{warning.path}"
    before = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    last, _, count = str(before[0]).partition("|") if before else ("-1", "", "0")
    if warning.last > int(last):
        # Of a stretch that overlaps with an earlier one no more than what lies behind that one.
        new = min(warning.count, warning.last - int(last))
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, f"{warning.last}|{int(count) + new}"))


def _furthest(receipt: IntakeReceipt) -> int:
    return max((*(last for _, last in receipt.accepted), *(one.offset for one in receipt.refused)), default=-1)


def _count(rows: list[tuple[object, ...]]) -> int:
    return int(str(rows[0][0]))
