"""What intake and ledger said about the messages in the outbox."""

from __future__ import annotations

from collections import Counter

from agencies.outbox.store import Outbox
from models.contract.receipts import IntakeReceipt, LedgerReceipt

_POSITION = "receipts_position"
_LEDGER = "ledger:"


def position(outbox: Outbox) -> int:
    """The first offset of the receipts topic that was not taken in yet."""
    return int(outbox.meta(_POSITION) or 0)


def take_in(outbox: Outbox, receipts: list[IntakeReceipt | LedgerReceipt], next_offset: int) -> None:
    """Mark messages as decided, keep the newest ledger figures and where to read on; all or nothing."""
    with outbox.transaction() as db:
        for receipt in receipts:
            if isinstance(receipt, LedgerReceipt):
                db.execute(
                    "INSERT OR REPLACE INTO meta VALUES (?, ?)", (_LEDGER + receipt.board, receipt.model_dump_json())
                )
                continue
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
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_POSITION, str(next_offset)))


def undecided(outbox: Outbox) -> int:
    """Messages the broker has and intake has not spoken about."""
    return _count(outbox.read("SELECT count(*) FROM messages WHERE state = 'sent'"))


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


def _count(rows: list[tuple[object, ...]]) -> int:
    return int(str(rows[0][0]))
