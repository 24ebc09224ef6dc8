"""Opens the outbox file: owner-only, write-ahead log, every commit on disk, one process at a time."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

from agencies.errors import AgencyError
from models.service.atomic import NotWritten, disk_words, make_folder

SCHEMA_VERSION = 1

_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run it again",
    sqlite3.SQLITE_IOERR: "the disk fails or is full; free some space or look at the machine's log, then run it again",
    sqlite3.SQLITE_READONLY: "the disk or the file is read-only; make it writable and run it again",
    sqlite3.SQLITE_CANTOPEN: "it, or a file beside it, cannot be opened: the disk is full or read-only, or this user "
    "has no right to it; mend that and run it again",
    sqlite3.SQLITE_BUSY: "another program has it open; close that and run it again",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from its backup",
    sqlite3.SQLITE_NOTADB: "is not an outbox, or is damaged; restore it from its backup",
}
KEPT = "what was recorded before is kept, and what was sent and not noted is sent again, which changes nothing"

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row per event id: its latest revision, and what is needed to find it again. No identifier, no record key.
CREATE TABLE events (
    event_id TEXT PRIMARY KEY,
    record_digest TEXT NOT NULL,      -- keyed, the same for a record whatever its board
    event_type TEXT NOT NULL,
    board TEXT NOT NULL,
    source TEXT NOT NULL,             -- export format and mapping: whose file may withdraw it
    day TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content_hash BLOB,                -- NULL once withdrawn
    withdrawn INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX events_by_record ON events (record_digest);
CREATE INDEX events_by_source ON events (source, day);

-- Every revision, in sending order. The payload goes when a later revision has been acknowledged.
CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    withdrawal INTEGER NOT NULL,
    board TEXT NOT NULL,
    payload BLOB,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'confirmed', 'refused')),
    partition INTEGER,
    "offset" INTEGER,
    rule TEXT,
    UNIQUE (event_id, revision)
);
CREATE INDEX messages_pending ON messages (seq) WHERE state = 'pending';
CREATE INDEX messages_sent ON messages (partition, "offset") WHERE state = 'sent';
"""


class OutboxError(AgencyError):
    """An outbox that cannot be used now; the message says what to do."""


def outbox_error(path: Path, error: sqlite3.Error) -> OutboxError:
    """An error of SQLite in one line that says what to do, without any of its text: that may hold a value."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    what = _WORDS.get(code, f"it cannot be used ({type(error).__name__}); report that, and keep the file")
    return OutboxError(f"{path}: {what}" + f" ({KEPT})" * (code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)))


class _Told(sqlite3.Connection):
    """Raises `OutboxError` where SQLite says that disk or file cannot be used."""

    path = Path()

    def execute(self, *given: Any) -> sqlite3.Cursor:
        try:
            return super().execute(*given)
        except sqlite3.OperationalError as error:
            raise outbox_error(self.path, error) from None

    def executemany(self, *given: Any) -> sqlite3.Cursor:
        try:
            return super().executemany(*given)
        except sqlite3.OperationalError as error:
            raise outbox_error(self.path, error) from None


def lock(path: Path) -> int:
    """Hold the outbox for this process until the descriptor is closed; raises `OutboxError` if another has it.

    The kernel lets go when the process dies, however it dies.
    """
    try:
        make_folder(path.parent)
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutboxError(str(error) if isinstance(error, NotWritten) else f"{path}: {disk_words(error)}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise OutboxError(f"{path}: another publish, drain or receipts command is using it; wait for it") from None
    return handle


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the file with mode 0600; raises `OutboxError` if others can read it or it is no outbox."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise OutboxError(f"{path}: cannot be opened for writing: {disk_words(error)}") from None
    if mode & 0o077:
        raise OutboxError(f"{path}: others can read this outbox; run: chmod 600 {path}")
    connection = sqlite3.connect(path, isolation_level=None, timeout=10, factory=_Told)
    connection.path = path
    try:
        # FULL: a commit survives a power cut. secure_delete: a withdrawn payload is overwritten, not just unlinked.
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
        elif version != SCHEMA_VERSION:
            raise OutboxError(f"{path}: made by another version of this program (outbox format {version})")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise outbox_error(path, error) from None
    except OutboxError:
        connection.close()
        raise
    return connection
