"""Erasing in the outbox: what is forgotten, and that it is not published again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from agencies.outbox.store import Outbox
from agencies.outbox.unread import GONE

_ERASED, _ERASURE = "erased:", "erasure:"


@dataclass(frozen=True, slots=True)
class ToErase:
    """What the outbox holds of a child or record: event ids by board, and the records they came from."""

    event_ids: dict[str, set[str]] = field(default_factory=dict)
    digests: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ErasureOut:
    """An erasure to publish; its id is the same for the same request."""

    event_id: str
    board: str
    payload: bytes = field(repr=False)


def find(outbox: Outbox, digests: Collection[str], tokens: Collection[str]) -> ToErase:
    """Events of these records, and every other event whose payload carries one of these tokens."""
    event_ids: dict[str, set[str]] = {}
    for stored in (one for found in outbox.of_records(digests).values() for one in found):
        event_ids.setdefault(stored.board, set()).add(stored.event_id)
    of_child = set(digests)
    wanted = [token.encode() for token in tokens]
    rows = outbox.read(
        """SELECT m.event_id, m.board, e.record_digest, m.payload
           FROM messages m JOIN events e ON e.event_id = m.event_id WHERE m.payload IS NOT NULL"""
    )
    for event_id, board, digest, payload in rows:
        if any(token in bytes(payload) for token in wanted):  # type: ignore[call-overload]
            event_ids.setdefault(str(board), set()).add(str(event_id))
            of_child.add(str(digest))
    return ToErase(event_ids, frozenset(of_child))


def record(outbox: Outbox, found: ToErase, erasures: Iterable[ErasureOut], on: date) -> int:
    """Queue the erasures, forget what they erase, and remember never to publish it again; all or nothing.

    Returns how many erasures are new: the same request a second time queues nothing.
    """
    gone = [(event_id,) for ids in found.event_ids.values() for event_id in sorted(ids)]
    with outbox.transaction() as db:
        db.executemany("DELETE FROM messages WHERE event_id = ? AND state = 'pending'", gone)
        db.executemany("UPDATE messages SET payload = NULL WHERE event_id = ?", gone)
        db.executemany("DELETE FROM events WHERE event_id = ?", gone)
        db.executemany(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)", [(_ERASED + one, on.isoformat()) for one in found.digests]
        )
        erasures = list(erasures)
        for one in erasures:
            # One that was never read and is not kept any more is asked for again: it is as good as new.
            if db.execute("DELETE FROM messages WHERE event_id = ? AND rule = ?", (one.event_id, GONE)).rowcount:
                db.execute("DELETE FROM meta WHERE name = ?", (_ERASURE + one.event_id,))
        db.executemany(
            "INSERT OR IGNORE INTO meta VALUES (?, ?)", [(_ERASURE + one.event_id, on.isoformat()) for one in erasures]
        )
        before = db.total_changes
        db.executemany(
            "INSERT OR IGNORE INTO messages (event_id, revision, withdrawal, board, payload) VALUES (?, 0, 1, ?, ?)",
            [(one.event_id, one.board, one.payload) for one in erasures],
        )
        return int(db.total_changes - before)


def forget_sent(outbox: Outbox, before: date) -> None:
    """Wipe erasures that the broker has had since before a day: they name the child's tokens.

    Until then they can be sent again, should the brokers lose their disks and an older backup be restored.
    """
    with outbox.transaction() as db:
        rows = db.execute("SELECT name FROM meta WHERE name LIKE ? AND value < ?", (_ERASURE + "%", before.isoformat()))
        ids = [(str(name).removeprefix(_ERASURE),) for (name,) in rows.fetchall()]
        db.executemany("UPDATE messages SET payload = NULL WHERE event_id = ? AND state <> 'pending'", ids)


def is_erased(outbox: Outbox, digest: str) -> bool:
    """Whether a record was erased: it is not published again, whatever an export holds."""
    return outbox.meta(_ERASED + digest) is not None
