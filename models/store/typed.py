"""What somebody had typed into a form when their session had ended: kept for an hour, sealed, one form for a session.

The caller seals it with a key that only the person's browser can give, so the table alone tells nobody what was typed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, LargeBinary, String, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.service import clock
from models.store.base import Base, UtcDateTime
from models.store.hashes import hash_of

KEPT = timedelta(hours=1)
"""How long it waits for its person to sign in and to send it."""


class TypedFormRow(Base):
    """One form. Rows past their time go when another one comes, or somebody signs in."""

    __tablename__ = "typed_forms"

    session_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    who: Mapped[str] = mapped_column(String(64))
    """As the audit log names whoever typed it: nobody else gets it."""
    path: Mapped[str] = mapped_column(String(200))
    """Where the form goes to."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    kept_until: Mapped[datetime] = mapped_column(UtcDateTime)


class TypedForm(NamedTuple):
    """A form that waits; field names are column names."""

    who: str
    path: str
    sealed: bytes


def keep(connection: Connection, number: str, form: TypedForm) -> None:
    """Keep a form for a session instead of the one it may have; rows past their time go."""
    row, now = TypedFormRow, clock.now()
    forget(connection, number)
    connection.execute(delete(row).where(row.kept_until <= now))
    connection.execute(insert(row).values(session_hash=hash_of(number), kept_until=now + KEPT, **form._asdict()))


def waiting(connection: Connection, number: str) -> TypedForm | None:
    """The form that waits for a session, or None."""
    row = TypedFormRow
    columns = (getattr(row, name) for name in TypedForm._fields)
    of = (row.session_hash == hash_of(number), row.kept_until > clock.now())
    found = connection.execute(select(*columns).where(*of)).one_or_none()
    return TypedForm(*found) if found else None


def forget(connection: Connection, number: str) -> None:
    """Let go of the form of a session, if it has one."""
    connection.execute(delete(TypedFormRow).where(TypedFormRow.session_hash == hash_of(number)))
