"""The names beside the codes: what the provider called a person at their latest sign-in. A name decides nothing.

The log, requests and approvals hold the code alone (`sub:...`). So the name can go while they stay, and change where it
is shown without a change to them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, String, delete, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from models.service import clock
from models.store.audit import AuditRow
from models.store.base import Base, UtcDateTime
from models.store.engine import upsert
from models.store.sessions import SessionRow


class PersonRow(Base):
    """One person who signed in, and had a role."""

    __tablename__ = "people"

    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    """As the audit log names them."""
    name: Mapped[str] = mapped_column(String(80))
    signed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)


def remember(connection: Connection, who: str, name: str) -> None:
    """Keep the name of somebody who signs in, instead of an earlier one; without a name nothing is kept."""
    if not name:
        return
    values = {"name": name, "signed_in_at": clock.now()}
    row = upsert(connection.engine, PersonRow).values(who=who, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["who"], set_=values))


def every_name(connection: Connection) -> dict[str, str]:
    """Code -> name, of all whose name is kept: as many as have signed in within the time of the audit log."""
    return {found.who: found.name for found in connection.execute(select(PersonRow.who, PersonRow.name))}


def forget_the_unknown(connection: Connection) -> int:
    """Forget the names of people who are in no row of the log and have no session; returns how many."""
    row = PersonRow
    in_log = exists().where((AuditRow.who == row.who) | (AuditRow.subject == row.who))
    has_session = exists().where(SessionRow.who == row.who)
    return connection.execute(delete(row).where(~in_log, ~has_session)).rowcount
