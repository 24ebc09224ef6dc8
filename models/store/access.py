"""Roles that an administrator gave to a person where the provider's claims do not: dated, revocable, never deleted.

Each change has its row in the audit log, in the same transaction. Who may give what is `dashboards/people`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, String, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.store import audit
from models.store.base import Base, UtcDateTime


class GrantRow(Base):
    """One role of one person on one board, from a day to a day, both included."""

    __tablename__ = "access_grants"

    grant_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), index=True)
    """As the audit log names people."""
    role: Mapped[str] = mapped_column(String(32))
    board: Mapped[str] = mapped_column(String(16))
    agency: Mapped[str] = mapped_column(String(40))
    """Whose viewer somebody is; empty for other roles."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    """Of a role that somebody gave to themselves: who else agreed. Until then it is not in force."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(64))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Granted(NamedTuple):
    """A grant as it is stored; field names are column names."""

    grant_id: str
    person: str
    role: str
    board: str
    agency: str
    starts_on: date
    ends_on: date
    given_by: str
    given_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    revoked_by: str | None
    revoked_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether a second person still has to agree."""
        return self.given_by == self.person and self.confirmed_by is None

    def in_force(self, on: date) -> bool:
        """Whether it counts on a day."""
        return not self.waits and self.revoked_at is None and self.starts_on <= on <= self.ends_on

    def __str__(self) -> str:
        """As a session keeps a role."""
        return ":".join(filter(None, (self.role, self.board, self.agency)))


def give(connection: Connection, who: str, granted: Granted) -> bool:
    """Store a grant; False if one of this id is there already, and then nothing is written."""
    audit.hold(connection)
    if find(connection, granted.grant_id) is not None:
        return False
    connection.execute(insert(GrantRow).values(**granted._asdict()))
    _note(connection, who, "access.give", granted)
    return True


def confirm(connection: Connection, who: str, granted: Granted, at: datetime) -> None:
    """Record that a second person agreed."""
    _change(connection, granted, confirmed_by=who, confirmed_at=at)
    _note(connection, who, "access.confirm", granted)


def revoke(connection: Connection, who: str, granted: Granted, at: datetime) -> None:
    """Take a grant away at once."""
    _change(connection, granted, revoked_by=who, revoked_at=at)
    _note(connection, who, "access.revoke", granted)


def find(connection: Connection, grant_id: str) -> Granted | None:
    """One grant; None if there is none of that id."""
    row = connection.execute(select(*_COLUMNS).where(GrantRow.grant_id == grant_id)).one_or_none()
    return None if row is None else Granted(*row)


def of_board(connection: Connection, board: str) -> list[Granted]:
    """Every grant on a board, newest first."""
    query = select(*_COLUMNS).where(GrantRow.board == board).order_by(GrantRow.given_at.desc(), GrantRow.grant_id)
    return [Granted(*row) for row in connection.execute(query)]


def in_force(connection: Connection, person: str, on: date) -> list[Granted]:
    """The grants of a person that count on a day."""
    query = select(*_COLUMNS).where(GrantRow.person == person)
    return [granted for row in connection.execute(query) if (granted := Granted(*row)).in_force(on)]


def _change(connection: Connection, granted: Granted, **values: str | datetime) -> None:
    connection.execute(update(GrantRow).where(GrantRow.grant_id == granted.grant_id).values(**values))


def _note(connection: Connection, who: str, action: str, granted: Granted) -> None:
    audit.append(connection, who, action, granted.person, f"{granted.role}:{granted.board}"[:32])


_COLUMNS = [getattr(GrantRow, name) for name in Granted._fields]
