"""The outbox: what is stored, what is to be sent, what the broker and the intake said about it.

Every method is one transaction. Intents are recorded before anything is sent and marked only after the broker's
acknowledgement, so a process killed between any two steps repeats a send at worst, which changes nothing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Self

from agencies.outbox import unread
from agencies.outbox.connection import OutboxError, connect, lock
from agencies.outbox.records import Changes, Queued, Sent, Stored
from models.service import clock

_STORED = """
SELECT e.event_id, e.record_digest, e.event_type, e.board, e.day, e.revision, e.content_hash, e.withdrawn,
       m.state = 'refused'
FROM events e JOIN messages m ON m.event_id = e.event_id AND m.revision = e.revision
"""


class Outbox:
    """One agency's outbox, held by this process until closed."""

    def __init__(self, path: Path) -> None:
        """Raises `OutboxError` when another process holds it or the file cannot be used."""
        self.path = path
        self._lock = lock(path)
        try:
            self._db = connect(path)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; safe to repeat."""
        self._db.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or, on any exception, nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk may have ended it already
                self._db.execute("ROLLBACK")
            raise

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """Rows of a read-only query."""
        return self._db.execute(sql, parameters).fetchall()

    # -- who it belongs to ------------------------------------------------------------------------------------

    def meta(self, name: str) -> str | None:
        """A remembered value, or None."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, name: str, value: str) -> None:
        """Keep a value under a name."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def belongs_to(self, agency: str, key_check: str) -> None:
        """Bind an empty outbox to an agency and its event-id key; raises `OutboxError` when bound to another.

        With another event-id key every event would get a new id and be counted twice.
        """
        bound = self.meta("agency")
        if bound is None:
            with self.transaction() as db:
                db.executemany("INSERT INTO meta VALUES (?, ?)", [("agency", agency), ("key_check", key_check)])
        elif bound != agency:
            raise OutboxError(f"{self.path}: this is the outbox of {bound}; give --outbox another file for {agency}")
        elif self.meta("key_check") != key_check:
            raise OutboxError(f"{self.path}: made with another event-id.key; restore that key, it never rotates")

    @property
    def agency(self) -> str:
        """The agency it is bound to; raises `OutboxError` before the first publish."""
        agency = self.meta("agency")
        if agency is None:
            raise OutboxError(f"{self.path}: nothing was published from this outbox yet; run: publish")
        return agency

    # -- what is stored ---------------------------------------------------------------------------------------

    def of_records(self, digests: Iterable[str]) -> dict[str, list[Stored]]:
        """Stored events of these records, under whatever board, by record digest."""
        wanted, found = list(digests), dict[str, list[Stored]]()
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for row in self._db.execute(f"{_STORED} WHERE e.record_digest IN ({marks})", part):
                stored = _stored(row)
                found.setdefault(stored.record_digest, []).append(stored)
        return found

    def in_scope(self, source: str, board: str | None, first: date, last: date) -> list[Stored]:
        """Events of one kind of file (and board) that happened between two days, both included, not withdrawn."""
        rows = self._db.execute(
            f"{_STORED} WHERE e.source = ? AND e.day BETWEEN ? AND ? AND NOT e.withdrawn AND ? IN (e.board, '*')",
            (source, first.isoformat(), last.isoformat(), board or "*"),
        )
        return [_stored(row) for row in rows]

    # -- recording intents ------------------------------------------------------------------------------------

    def record(self, changes: Changes) -> None:
        """Store the changes and queue their messages, withdrawals first; all or nothing."""
        with self.transaction() as db:
            db.executemany(
                "UPDATE events SET revision = ?, content_hash = NULL, withdrawn = 1 WHERE event_id = ?",
                [(t.revision, t.event_id) for t in changes.withdraw],
            )
            db.executemany(
                "INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        o.event_id,
                        o.record_digest,
                        o.event_type,
                        o.board,
                        changes.source,
                        o.day,
                        o.revision,
                        o.content_hash,
                        o.content_hash is None,
                    )
                    for o in changes.publish
                ],
            )
            messages = [(t.event_id, t.revision, 1, t.board, t.payload) for t in changes.withdraw]
            messages += [(o.event_id, o.revision, o.content_hash is None, o.board, o.payload) for o in changes.publish]
            db.executemany(
                "INSERT INTO messages (event_id, revision, withdrawal, board, payload) VALUES (?, ?, ?, ?, ?)", messages
            )
            db.execute("INSERT OR REPLACE INTO meta VALUES ('last_publish', ?)", (changes.at,))

    # -- sending ----------------------------------------------------------------------------------------------

    def pending(self) -> int:
        """Messages that the broker has not acknowledged."""
        return int(self._db.execute("SELECT count(*) FROM messages WHERE state = 'pending'").fetchone()[0])

    def next_batch(self, limit: int) -> list[Queued]:
        """The next messages that may be in flight together, in sending order.

        A batch never holds two revisions of one event, nor a withdrawal before something else: a withdrawal is
        acknowledged before what replaces it is sent, and an event before its withdrawal.
        """
        batch: list[Queued] = []
        seen: set[str] = set()
        rows = self._db.execute(
            """SELECT seq, event_id, withdrawal, board, payload FROM messages
               WHERE state = 'pending' ORDER BY seq LIMIT ?""",
            (limit,),
        )
        for seq, event_id, withdrawal, board, payload in rows:
            after_withdrawal = bool(batch) and batch[-1].withdrawal and not withdrawal
            if event_id in seen or after_withdrawal:
                break
            seen.add(event_id)
            batch.append(Queued(seq, event_id, bool(withdrawal), board, payload))
        return batch

    def acknowledge(self, sent: Iterable[Sent]) -> int:
        """The broker has these; payloads that a later revision replaces are wiped.

        Returns how many of them were sent again because the service had never read them (`agencies.outbox.unread`).
        """
        sent = list(sent)
        rows = [(s.partition, s.offset, s.seq) for s in sent]
        with self.transaction() as db:
            again = db.execute("SELECT seq FROM messages WHERE state = 'pending' AND rule = ?", (unread.AGAIN,))
            repeated = {seq for (seq,) in again} & {s.seq for s in sent}
            db.executemany(
                """UPDATE messages SET payload = NULL WHERE state <> 'pending' AND payload IS NOT NULL
                   AND event_id = (SELECT event_id FROM messages WHERE seq = ?)
                   AND revision < (SELECT revision FROM messages WHERE seq = ?)""",
                [(seq, seq) for _, _, seq in rows],
            )
            unread.give_up_places(db, sent, clock.now())
            db.executemany(
                "UPDATE messages SET state = 'sent', partition = ?, \"offset\" = ? WHERE seq = ?",
                rows,
            )
        return len(repeated)

    def resend_all(self) -> int:
        """Queue the latest revision of every event again, and erasures, for a broker that lost its topics; how many."""
        with self.transaction() as db:
            return db.execute(
                """UPDATE messages SET state = 'pending', partition = NULL, "offset" = NULL, rule = NULL
                   WHERE state <> 'pending' AND payload IS NOT NULL
                   AND revision = coalesce((SELECT revision FROM events e WHERE e.event_id = messages.event_id), 0)"""
            ).rowcount


def _stored(row: tuple[str, str, str, str, str, int, bytes | None, int, int]) -> Stored:
    event_id, digest, event_type, board, day, revision, content, withdrawn, refused = row
    return Stored(event_id, digest, event_type, board, day, revision, content, bool(withdrawn), bool(refused))
