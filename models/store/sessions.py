"""Sessions of people at the pages: a row for each, found by a random number that only the browser has.

The row holds the hash of that number, so whoever reads the table cannot use a session. A session ends when it has been
idle, when it is too old, at sign-out, or when somebody ends it. Its roles are those of the sign-in that opened it, and
those that an administrator has given and not taken away (`models/store/access.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Index, String, Text, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from models.service import clock
from models.service.errors import ForeseenError
from models.store import access
from models.store.base import Base, UtcDateTime
from models.store.hashes import hash_of

IDLE = timedelta(minutes=15)
"""After so long without a request a session has ended."""
NOTED = timedelta(minutes=1)
"""How often it is noted that a session was seen: not at every request. So it may end by that much sooner."""
LONGEST = timedelta(hours=8)
"""After so long it has ended, whatever was done."""
KEPT = timedelta(days=2)
"""How long a row is kept, counted from the sign-in: longer than a session, so that no answer opens a second one."""
LONGEST_SUBJECT = 255
HANDLE = 16
"""How much of a hash names a session to its person."""


class AnswerUsed(ForeseenError):
    """The provider's answer has opened a session already."""


class SessionRow(Base):
    """One session."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "who"),)

    session_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the `state` of the provider's answer: each opens one session at most."""
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    who: Mapped[str] = mapped_column(String(64))
    """As the audit log names the person."""
    name: Mapped[str] = mapped_column(String(80))
    """What the page calls the person; it decides nothing."""
    grants: Mapped[str] = mapped_column(Text)
    """Roles and boards at sign-in, with spaces between them."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_session: Mapped[str | None] = mapped_column(String(64))
    """Hash of the provider's number of its own session, where it says one."""


class OpenSession(NamedTuple):
    """One of somebody's sessions, as they may see it."""

    handle: str
    """A part of its hash: enough to name it, and no use for anything else."""
    opened_at: datetime
    seen_at: datetime
    own: bool
    """Whether it is the one that asks."""


class Session(NamedTuple):
    """A session that is in force; field names are column names."""

    issuer: str
    subject: str
    who: str
    name: str
    grants: str
    opened_at: datetime


def open_session(
    connection: Connection, answer: str, *, issuer: str, subject: str, who: str, name: str, grants: Iterable[str],
    there: str = "",
) -> str:  # fmt: skip
    """Open a session and return the number that the browser keeps; raises `AnswerUsed` for an answer used before.

    `there` is the provider's number of its own session. Rows whose time is over go, so the table holds two days of
    sign-ins at most.
    """
    now = clock.now()
    connection.execute(delete(SessionRow).where(SessionRow.opened_at <= now - KEPT))
    number = secrets.token_urlsafe(32)
    values = {"issuer": issuer, "subject": subject, "who": who, "name": name, "grants": " ".join(sorted(grants))}
    times = {"opened_at": now, "seen_at": now, "ended_at": None, "provider_session": hash_of(there) if there else None}
    hashes = {"session_hash": hash_of(number), "answer_hash": hash_of(answer)}
    try:
        connection.execute(insert(SessionRow).values(**hashes, **values, **times))
    except IntegrityError:
        raise AnswerUsed("this answer of the sign-in provider was used before: sign in again") from None
    return number


def visit(connection: Connection, number: str) -> Session | None:
    """The session of a browser's number, noted as seen, once a minute; None if there is none, or it has ended."""
    now = clock.now()
    row, is_it = SessionRow, SessionRow.session_hash == hash_of(number)
    found = connection.execute(
        select(*(getattr(row, name) for name in Session._fields)).where(is_it, *_in_force(now))
    ).one_or_none()
    if found is None:
        return None
    connection.execute(update(row).where(is_it, row.seen_at <= now - NOTED).values(seen_at=now))
    session = Session(*found)
    given = map(str, access.in_force(connection, session.who, clock.today()))
    return session._replace(grants=" ".join(sorted({*session.grants.split(), *given})))


def timed_out(connection: Connection, number: str) -> str:
    """Whose session it was that ended because it was idle or too old; nothing for any other."""
    row, now = SessionRow, clock.now()
    over = or_(row.seen_at <= now - IDLE, row.opened_at <= now - LONGEST)
    of = (row.session_hash == hash_of(number), row.ended_at.is_(None), row.opened_at > now - KEPT, over)
    return connection.scalar(select(row.who).where(*of)) or ""


def end_session(connection: Connection, number: str) -> str:
    """End the session of a browser's number; returns whose it was, or nothing if it had ended."""
    row = SessionRow
    of = (row.session_hash == hash_of(number), row.ended_at.is_(None))
    who = connection.scalar(select(row.who).where(*of))
    connection.execute(update(row).where(*of).values(ended_at=clock.now()))
    return who or ""


def end_sessions_of(connection: Connection, who: str) -> int:
    """End every session of a person, as the audit log names them; returns how many were open."""
    row = SessionRow
    of = (row.who == who, row.ended_at.is_(None), row.opened_at > clock.now() - LONGEST)
    return connection.execute(update(row).where(*of).values(ended_at=clock.now())).rowcount


def end_other_roles(connection: Connection, who: str, grants: Iterable[str]) -> int:
    """End the sessions of a person whose roles at sign-in were others than these; returns how many.

    So a role that the provider has taken away is gone everywhere once its person signs in anywhere.
    """
    row = SessionRow
    of = (row.who == who, row.ended_at.is_(None), row.grants != " ".join(sorted(grants)))
    return connection.execute(update(row).where(*of).values(ended_at=clock.now())).rowcount


def end_there(connection: Connection, issuer: str, subject: str, there: str, until: datetime) -> list[str]:
    """End what goes with a session that ended at the provider; returns whose sessions ended, once for each.

    Without `there` it is every session of the subject; without a subject every person's that goes with `there`. What
    was opened after `until` stays.
    """
    row = SessionRow
    of = [row.issuer == issuer, row.ended_at.is_(None), row.opened_at <= until, row.opened_at > clock.now() - LONGEST]
    of += [row.subject == subject] if subject else []
    of += [row.provider_session == hash_of(there)] if there else []
    if not (subject or there):
        return []
    found = [str(who) for who in connection.scalars(select(row.who).where(*of).order_by(row.opened_at))]
    connection.execute(update(row).where(*of).values(ended_at=clock.now()))
    return found


def sessions_of(connection: Connection, who: str, number: str) -> list[OpenSession]:
    """A person's sessions that are in force, newest first; `number` is that of the one that asks."""
    row, own = SessionRow, hash_of(number)
    of = (row.who == who, *_in_force(clock.now()))
    found = connection.execute(
        select(row.session_hash, row.opened_at, row.seen_at).where(*of).order_by(row.opened_at.desc())
    )
    return [OpenSession(hashed[:HANDLE], opened, seen, hashed == own) for hashed, opened, seen in found]


def end_own(connection: Connection, who: str, number: str, handles: Iterable[str]) -> int:
    """End some of a person's sessions, never the one that asks and nobody else's; returns how many."""
    row, wanted, own = SessionRow, set(handles), hash_of(number)
    hashes = connection.scalars(select(row.session_hash).where(row.who == who, row.ended_at.is_(None)))
    chosen = [hashed for hashed in hashes if hashed[:HANDLE] in wanted and hashed != own]
    return connection.execute(update(row).where(row.session_hash.in_(chosen)).values(ended_at=clock.now())).rowcount


def _in_force(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a session has neither ended nor timed out."""
    row = SessionRow
    return row.ended_at.is_(None), row.seen_at > now - IDLE, row.opened_at > now - LONGEST
