"""Takes rows from the beginning of the audit log once they are past their time. The log's chain still holds after."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, delete, select

from models.service import clock
from models.service.errors import ForeseenError
from models.store import people
from models.store.audit import AuditRow, append, entries, hold
from models.store.chain import REMOVE, RETENTION, Checkpoint, check
from models.store.engine import writing

SLACK = timedelta(days=30)
"""Nothing is taken away before a row is so much past its time: each time adds a row to the log."""


class LogBroken(ForeseenError):
    """The log does not hold, so nothing of it is taken away: it is evidence."""


def remove_past(engine: Engine, days: int) -> int:
    """Take away what is older than so many days, all but the newest such row; returns how many rows went.

    In one transaction with its checkpoint. Raises `LogBroken`, and what the database raises for a login without the
    right.
    """
    now = clock.now()
    with engine.connect() as connection:
        # Once a day, and seldom anything to take: reading the whole log while nobody may write is for that day alone.
        oldest = connection.scalar(select(AuditRow.at).order_by(AuditRow.number).limit(1))
    if oldest is None or oldest >= now - timedelta(days=days) - SLACK:
        return 0
    with writing(engine).begin() as connection:
        hold(connection)
        log = entries(connection)
        chain = check(log)
        if chain.breach is not None:
            raise LogBroken(
                f"the audit log does not hold ({chain.breach[0]} at row {chain.breach[1]}): nothing was removed"
            )
        past = 0
        while past < len(log) and log[past].at < now - timedelta(days=days):
            past += 1
        if past < 2:
            return 0
        first = log[past - 1]
        append(connection, RETENTION, REMOVE, first.previous, Checkpoint.detail(first.number - 1, days))
        return connection.execute(delete(AuditRow).where(AuditRow.number < first.number)).rowcount


def forget_names(engine: Engine) -> int:
    """Forget the names of people who are in no row of the log and have no session; returns how many."""
    with writing(engine).begin() as connection:
        return people.forget_the_unknown(connection)
