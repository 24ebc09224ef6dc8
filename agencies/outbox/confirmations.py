"""What intake and ledger said about the messages in the outbox."""

from __future__ import annotations

from collections import Counter
from sqlite3 import Connection

from agencies.outbox.store import Outbox
from models.contract.receipts import IntakeReceipt, LedgerReceipt, WarnedRecord

_POSITION = "receipts_position"
_LEDGER = "ledger:"
_REMOVED = "removed"
_WARNED = "warned|"
"""`warned|<partition>|<rule>|<path>` -> `<last offset>|<count>`."""


def position(outbox: Outbox) -> int:
    """The first offset of the receipts topic that was not taken in yet."""
    return int(outbox.meta(_POSITION) or 0)


def take_in(outbox: Outbox, receipts: list[IntakeReceipt | LedgerReceipt], next_offset: int) -> None:
    """Mark messages as decided, keep the newest ledger figures and where to read on; all or nothing."""
    fallen = 0
    with outbox.transaction() as db:
        for receipt in receipts:
            if isinstance(receipt, LedgerReceipt):
                fallen += _fallen(db, receipt)
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
            for warning in receipt.warnings:
                _note_warned(db, receipt.partition, warning)
        _note_removed(db, fallen)
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


def removed(outbox: Outbox) -> int:
    """Accepted messages that the ledger had counted and, past the board's retention, counts no more."""
    return int(outbox.meta(_REMOVED) or 0)


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
