"""Messages that the broker acknowledged and intake never read: they wait to be sent again.

Found in three ways. Intake says so (a gap receipt). Or it has decided something further on in the partition, which it
reads in order, and never this. Or the broker gives a place away a second time, and so has lost what lay there.

A message keeps its number, its id and its revision, and so its place in the sending order; should intake have read it
after all, the copy changes nothing. Its old place is forgotten: no receipt about that place is about this message. So
is that of a decided one whose place the broker gives away again: what the ledger says is about others there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from sqlite3 import Connection

from agencies.outbox.records import Sent
from models.contract.receipts import IntakeReceipt

_GIVEN_AGAIN = "given-again:"
"""Partition -> places that were given away twice, and when that was seen: older receipts are about what is lost."""

_ANY = 2**63 - 1
"""The largest offset that there is."""

AGAIN = "never-read"
"""`rule` of a message that waits to be sent again (`pending`), or was and is not decided yet (`sent`)."""
GONE = "never-read-gone"
"""`rule` of a message in state `sent` that was never read and whose payload is wiped: it has no place any more."""


def queue_again(db: Connection, partition: int, first: int, last: int) -> None:
    """Queue again what was sent to these offsets of a partition (both included) and is not decided."""
    db.execute(
        """UPDATE messages SET partition = NULL, "offset" = NULL,
               state = CASE WHEN payload IS NULL THEN 'sent' ELSE 'pending' END,
               rule = CASE WHEN payload IS NULL THEN ? ELSE ? END
           WHERE state = 'sent' AND partition = ? AND "offset" BETWEEN ? AND ?""",
        (GONE, AGAIN, partition, first, last),
    )


def forget_places(db: Connection, partition: int, first: int, last: int) -> None:
    """What was decided at these offsets (both included) is not there any more: the log has lost its end."""
    db.execute(
        """UPDATE messages SET partition = NULL, "offset" = NULL
           WHERE state IN ('confirmed', 'refused') AND partition = ? AND "offset" BETWEEN ? AND ?""",
        (partition, first, last),
    )


def give_up_places(db: Connection, sent: Iterable[Sent], at: datetime) -> None:
    """Queue again what was sent before `sent` to the same places or later ones: offsets only grow.

    The broker has lost the end of its log, or the topic was made anew. Call it before `sent` is marked; `at` is now.
    """
    lowest: dict[int, int] = {}
    for one in sent:
        if one.offset >= 0:  # a producer that repeats itself is told no offset: -1
            lowest[one.partition] = min(one.offset, lowest.get(one.partition, one.offset))
    for partition, offset in lowest.items():
        (last,) = db.execute(
            """SELECT max("offset") FROM messages WHERE state = 'sent' AND partition = ? AND "offset" >= ?""",
            (partition, offset),
        ).fetchone()
        if last is not None:
            queue_again(db, partition, offset, last)
            _doubt(db, partition, offset, last, at)
        forget_places(db, partition, offset, _ANY)


def about_these(db: Connection, receipt: IntakeReceipt) -> IntakeReceipt:
    """The receipt without what it says of messages that lay before in places since given away again.

    Told by the time: a clock here that is ahead makes a message come twice, which changes nothing.
    """
    doubt = db.execute("SELECT value FROM meta WHERE name = ?", (_GIVEN_AGAIN + str(receipt.partition),)).fetchone()
    if doubt is None:
        return receipt
    first, last, at = json.loads(doubt[0])
    if receipt.at > datetime.fromisoformat(at):
        return receipt
    before = ((begin, min(end, first - 1)) for begin, end in receipt.accepted if begin < first)
    after = ((max(begin, last + 1), end) for begin, end in receipt.accepted if end > last)
    refused = tuple(one for one in receipt.refused if not first <= one.offset <= last)
    return receipt.model_copy(update={"accepted": (*before, *after), "refused": refused})


def _doubt(db: Connection, partition: int, first: int, last: int, at: datetime) -> None:
    name = _GIVEN_AGAIN + str(partition)
    known = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    if known is not None:
        earlier_first, earlier_last, _ = json.loads(known[0])
        first, last = min(first, earlier_first), max(last, earlier_last)
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, json.dumps([first, last, at.isoformat()])))
