"""The audit log: who did what to which thing and when, each row bound to the one before it by a hash.

The database refuses to change a row, and to delete one before its time. If somebody switches that off, the hashes show
it (models/store/chain.py), unless every later row is rewritten too: for that case the head (number and hash) of an
earlier day is kept elsewhere.
No row holds a figure, a token or free text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Engine, Index, String, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.service import clock
from models.store.base import Base, UtcDateTime
from models.store.engine import writing

START = "0" * 64
"""The `previous` hash of the first row."""
_ADVISORY_LOCK = 0x4155444954  # "AUDIT"


class AuditRow(Base):
    """One act. `number` counts from 1 without gaps."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index(None, "subject", "number"),
        Index(None, "who", "number"),
        Index("ix_audit_log_who_at", "who", "at"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    """What it was done to: the id of a release."""
    detail: Mapped[str] = mapped_column(String(32))
    """A closed code, or empty."""
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditEntry(NamedTuple):
    """A row of the log as the verifier reads it."""

    number: int
    at: datetime
    who: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str

    def expected_hash(self) -> str:
        """What the hash must be: SHA-256 over every other field, as JSON."""
        fields = [self.number, self.at.astimezone(UTC).isoformat(), *self[2:7]]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


class Breach(StrEnum):
    """The first thing wrong with the chain."""

    CHANGED = "audit.row-changed"
    """The hash of a row is not that of its fields."""
    GAP = "audit.row-missing"
    """Numbers are left out."""
    BROKEN = "audit.chain-broken"
    """A row does not name the hash of the row before it: a row was inserted, removed or rewritten."""
    HEAD = "audit.head-differs"
    """The row of a head kept elsewhere is gone, or is another one."""
    REMOVAL = "audit.removal-differs"
    """The log does not begin where its newest checkpoint says that retention left off."""
    EARLY = "audit.removed-too-early"
    """Rows are gone that were not past their time."""


class Head(NamedTuple):
    """The last row of a log, to be kept where people who can write to the database cannot."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, written: str) -> Head:
        """From `number:hash`; raises `ValueError` on anything else."""
        number, _, digest = written.partition(":")
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError("a head is written number:hash, the hash 64 hexadecimal characters")
        return cls(int(number), digest)


def hold(connection: Connection) -> None:
    """Let nobody else write to the log until this transaction ends.

    SQLite has one writer anyway, if the transaction was begun with `writing`.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})


def append(connection: Connection, who: str, action: str, subject: str, detail: str = "") -> Head:
    """Write one act down, in the transaction of the act itself; returns the new head."""
    hold(connection)
    last = connection.execute(
        select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.hash) if last else (1, START)
    entry = AuditEntry(
        number=number,
        at=clock.now(),
        who=who,
        action=action,
        subject=subject,
        detail=detail,
        previous=previous,
        hash="",
    )
    entry = entry._replace(hash=entry.expected_hash())
    connection.execute(insert(AuditRow).values(entry._asdict()))
    return Head(number, entry.hash)


def newest(connection: Connection, subject: str, leave_out: Iterable[str] = ()) -> int:
    """The number of the newest row about a subject, but for some acts; 0 if there is none.

    A form carries it, so that whoever sends the form can be told what happened since.
    """
    wanted = (AuditRow.subject == subject, AuditRow.action.not_in(list(leave_out)))
    return connection.scalar(select(func.max(AuditRow.number)).where(*wanted)) or 0


def since(connection: Connection, subject: str, number: int, leave_out: Iterable[str] = ()) -> list[AuditEntry]:
    """The rows about a subject after a number, oldest first, but for some acts."""
    columns = [getattr(AuditRow, name) for name in AuditEntry._fields]
    wanted = (AuditRow.subject == subject, AuditRow.number > number, AuditRow.action.not_in(list(leave_out)))
    return [AuditEntry(*row) for row in connection.execute(select(*columns).where(*wanted).order_by(AuditRow.number))]


def noted_since(connection: Connection, at: datetime, who: str, action: str, subject: str, detail: str) -> bool:
    """Whether the same is in the log already, written after this time."""
    row = AuditRow
    same = (row.who == who, row.action == action, row.subject == subject, row.detail == detail, row.at > at)
    return connection.scalar(select(row.number).where(*same).limit(1)) is not None


AGAIN = timedelta(minutes=15)
"""How long a row stands for further ones that say the same: as long as a session may be idle."""


def append_once(engine: Engine, who: str, action: str, subject: str, detail: str = "") -> None:
    """Write one act down in a transaction of its own, unless the same is in the log from the last quarter of an hour.

    So nobody fills the log by doing the same for ever, and the row says that somebody did it in the quarter of an hour
    after it.
    """
    after = clock.now() - AGAIN
    with engine.connect() as connection:
        if noted_since(connection, after, who, action, subject, detail):
            return
    with writing(engine).begin() as connection:
        hold(connection)
        if not noted_since(connection, after, who, action, subject, detail):
            append(connection, who, action, subject, detail)


def entries(connection: Connection) -> list[AuditEntry]:
    """The whole log, in order."""
    columns = [getattr(AuditRow, name) for name in AuditEntry._fields]
    return [AuditEntry(*row) for row in connection.execute(select(*columns).order_by(AuditRow.number))]
