"""What intake and ledger said about the messages in the outbox."""

from __future__ import annotations

from collections import Counter
from sqlite3 import Connection
from typing import NamedTuple

from agencies.outbox.store import Outbox
from agencies.outbox.unread import AGAIN, GONE, about_these, queue_again
from models.contract.receipts import GapReceipt, IntakeReceipt, LedgerReceipt, Receipt

_POSITION = "receipts_position"
_LEDGER = "ledger:"
_REMOVED = "removed"


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
    fallen = 0
    with outbox.transaction() as db:
        for receipt in receipts:
            if isinstance(receipt, LedgerReceipt):
                fallen += _fallen(db, receipt)
                db.execute(
                    "INSERT OR REPLACE INTO meta VALUES (?, ?)", (_LEDGER + receipt.board, receipt.model_dump_json())
                )
                continue
            if isinstance(receipt, GapReceipt):
                queue_again(db, receipt.partition, receipt.first, receipt.last)
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
        _note_removed(db, fallen)
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
    return [LedgerReceipt.model_validate_json(str(value)) for (value,) in rows]


def removed(outbox: Outbox) -> int:
    """Accepted messages that the ledger had counted and, past the board's retention, counts no more."""
    return int(outbox.meta(_REMOVED) or 0)


def _furthest(receipt: IntakeReceipt) -> int:
    return max((*(last for _, last in receipt.accepted), *(one.offset for one in receipt.refused)), default=-1)


def _fallen(db: Connection, receipt: LedgerReceipt) -> int:
    """By how much a board's account fell: only its retention does that, and a ledger that is being built anew."""
    before = db.execute("SELECT value FROM meta WHERE name = ?", (_LEDGER + receipt.board,)).fetchone()
    return max(0, LedgerReceipt.model_validate_json(str(before[0])).counted - receipt.counted) if before else 0


def _note_removed(db: Connection, fallen: int) -> None:
    """What fell out of the accounts, as far as they are short of what was accepted: one built anew rises again."""
    accounts = db.execute("SELECT value FROM meta WHERE name LIKE ?", (_LEDGER + "%",)).fetchall()
    counted = sum(LedgerReceipt.model_validate_json(str(value)).counted for (value,) in accounts)
    (confirmed,) = db.execute("SELECT count(*) FROM messages WHERE state = 'confirmed'").fetchone()
    before = db.execute("SELECT value FROM meta WHERE name = ?", (_REMOVED,)).fetchone()
    now = max(0, min((int(before[0]) if before else 0) + fallen, confirmed - counted))
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_REMOVED, str(now)))


def _count(rows: list[tuple[object, ...]]) -> int:
    return int(str(rows[0][0]))
