"""What is wrong with a database that fails: its disk full, read-only, locked by somebody, or away.

It is known by the codes of SQLite and PostgreSQL, never by an error's text, which may hold an address or a value.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError


class Trouble(StrEnum):
    """A closed code; the label of a metric."""

    FULL = "full"
    READ_ONLY = "read_only"
    LOCKED = "locked"
    DOWN = "down"
    OTHER = "other"

    @property
    def words(self) -> str:
        """What it is and what to do, in one line."""
        return _WORDS[self]


_WORDS = {
    Trouble.FULL: "its disk is full or fails: free some space there",
    Trouble.READ_ONLY: "it is read-only: make its disk writable, or point to the primary server",
    Trouble.LOCKED: "somebody holds a lock: end the statement or the program that has it open",
    Trouble.DOWN: "it is away: start it, or see to the network",
    Trouble.OTHER: "look at its own log",
}
_SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_BUSY: Trouble.LOCKED,
    sqlite3.SQLITE_LOCKED: Trouble.LOCKED,
    sqlite3.SQLITE_CANTOPEN: Trouble.DOWN,
}
_POSTGRES = {
    "53100": Trouble.FULL,  # disk_full
    "58030": Trouble.FULL,  # io_error
    "25006": Trouble.READ_ONLY,  # read_only_sql_transaction
    "55P03": Trouble.LOCKED,  # lock_not_available: lock_timeout
    "57014": Trouble.LOCKED,  # query_canceled: statement_timeout
    "40P01": Trouble.LOCKED,  # deadlock_detected
    "53300": Trouble.DOWN,  # too_many_connections
    "57P01": Trouble.DOWN,  # admin_shutdown
    "57P02": Trouble.DOWN,  # crash_shutdown
    "57P03": Trouble.DOWN,  # cannot_connect_now
    "57P05": Trouble.DOWN,  # idle_session_timeout
}


def trouble_of(error: Exception) -> Trouble:
    """The trouble behind an error of SQLAlchemy; never raises."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF, Trouble.OTHER)
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRES.get(state, Trouble.DOWN if state.startswith("08") else Trouble.OTHER)
    # A connection that was refused, cut or not there in time has no code of the server's.
    return Trouble.DOWN if cause is None or isinstance(error, OperationalError | InterfaceError) else Trouble.OTHER
