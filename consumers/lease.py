"""One sink writes at a time: a row that says who and until when."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, or_, select

from consumers.errors import LeaseHeld
from models.service import clock
from models.store import LeaseRow, upsert

log = logging.getLogger(__name__)


class Lease:
    """The right to write, held under a random name; every writing transaction renews it first."""

    def __init__(self, engine: Engine, seconds: int, name: str = "sink") -> None:
        self._engine = engine
        self._seconds = seconds
        self._name = name
        self.holder = secrets.token_hex(16)

    def take(self, connection: Connection) -> None:
        """Take or renew it within the caller's transaction; raises `LeaseHeld` if another sink has it.

        The row stays locked until that transaction ends, so no two sinks can be writing at once.
        """
        now = clock.now()
        insert = upsert(self._engine, LeaseRow).values(
            name=self._name, holder=self.holder, expires_at=now + timedelta(seconds=self._seconds)
        )
        taken = connection.execute(
            insert.on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": insert.excluded.holder, "expires_at": insert.excluded.expires_at},
                where=or_(LeaseRow.holder == self.holder, LeaseRow.expires_at <= now),
            ).returning(LeaseRow.holder)
        ).one_or_none()
        if taken is None:
            until = connection.execute(select(LeaseRow.expires_at).where(LeaseRow.name == self._name)).scalar_one()
            raise LeaseHeld(
                "another sink is writing to this database; stop it first. If it has died, its lease ends at "
                f"{until:%H:%M:%S} UTC: start again then."
            )

    def give_back(self) -> None:
        """Let the next sink start at once; does nothing if another has it by now."""
        with self._engine.begin() as connection:
            connection.execute(delete(LeaseRow).where(LeaseRow.name == self._name, LeaseRow.holder == self.holder))
