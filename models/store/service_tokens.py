"""Tokens of service accounts: what a program presents to read pages and files, and which acts and boards it is for.

The table holds the hash of a token, so whoever reads it cannot use one. A token is shown once, when it is made. It ends
when its time is over or when somebody revokes it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, String, Text, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from models.service import clock
from models.service.errors import ForeseenError
from models.store import audit
from models.store.base import Base, UtcDateTime
from models.store.hashes import hash_of

PREFIX = "ypsem-st-"
"""Every token begins so, that a scanner of repositories can find one that was left there."""
TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
LONGEST_DAYS = 365


class TokenError(ForeseenError):
    """A token cannot be made or revoked as asked; says what to do."""


class ServiceTokenRow(Base):
    """One token."""

    __tablename__ = "service_tokens"

    name: Mapped[str] = mapped_column(String(31), primary_key=True)
    """The service account. A name is used once, so the audit log is never about two."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    acts: Mapped[str] = mapped_column(Text)
    """What it may do, with spaces between."""
    boards: Mapped[str] = mapped_column(Text)
    """The boards' codes, with spaces between."""
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ServiceToken(NamedTuple):
    """A token without its secret; field names are column names."""

    name: str
    acts: str
    boards: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @property
    def who(self) -> str:
        """How the audit log names the account."""
        return f"service:{self.name}"

    def in_force(self) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and self.expires_at > clock.now()


_COLUMNS = tuple(getattr(ServiceTokenRow, name) for name in ServiceToken._fields)


def make(connection: Connection, name: str, *, acts: Iterable[str], boards: Iterable[str], days: int, who: str) -> str:
    """Make a token and return it; it cannot be had again. Raises `TokenError`."""
    if not NAME.fullmatch(name):
        raise TokenError("a service account's name has 2 to 31 letters, digits or hyphens, and begins with a letter")
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenError(f"a token is for 1 to {LONGEST_DAYS} days")
    scope = {"acts": " ".join(sorted(set(acts))), "boards": " ".join(sorted(set(boards)))}
    if not all(scope.values()):
        raise TokenError("a token is for one act and one board at least")
    now, token = clock.now(), PREFIX + secrets.token_urlsafe(32)
    times = {"made_at": now, "expires_at": now + timedelta(days=days), "revoked_at": None}
    try:
        connection.execute(
            insert(ServiceTokenRow).values(name=name, token_hash=hash_of(token), made_by=who, **scope, **times)
        )
    except IntegrityError:
        raise TokenError("there is, or was, a service account of that name: choose another") from None
    audit.append(connection, who, "service-token.made", f"service:{name}", f"{days} days")
    return token


def revoke(connection: Connection, name: str, who: str) -> None:
    """End a token at once. Raises `TokenError` if there is none in force of that name."""
    row = ServiceTokenRow
    done = connection.execute(
        update(row).where(row.name == name, row.revoked_at.is_(None)).values(revoked_at=clock.now())
    )
    if not done.rowcount:
        raise TokenError("no token of that name can be revoked: python -m dashboards service-tokens list has them all")
    audit.append(connection, who, "service-token.revoked", f"service:{name}")


def presented(connection: Connection, token: str) -> ServiceToken | None:
    """The token that somebody presents, if it is in force."""
    if not TOKEN.fullmatch(token):
        return None
    found = connection.execute(select(*_COLUMNS).where(ServiceTokenRow.token_hash == hash_of(token))).one_or_none()
    known = ServiceToken(*found) if found else None
    return known if known and known.in_force() else None


def every(connection: Connection) -> list[ServiceToken]:
    """All tokens that were ever made, newest first."""
    made = select(*_COLUMNS).order_by(ServiceTokenRow.made_at.desc(), ServiceTokenRow.name)
    return [ServiceToken(*row) for row in connection.execute(made)]
