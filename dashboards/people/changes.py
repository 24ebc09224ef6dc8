"""Everything that `dashboards` writes about people: sessions, sign-ins, refusals. Each has its audit row beside it.

Somebody who is not known adds no row to the audit log, so nobody can fill it from outside.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from dashboards.people.permissions import Act
from dashboards.people.person import Person
from models.service import clock
from models.store import access, audit, writing
from models.store.sessions import Session, end_session, end_sessions_of, open_session, visit

REFUSED_AGAIN = timedelta(minutes=15)
"""How long a refusal stands for further ones of the same kind."""
PAGES = "pages"
"""What the audit rows are about."""


def seen(engine: Engine, number: str) -> Session | None:
    """The session of a browser's number, noted as seen now; None if it is over."""
    with writing(engine).begin() as connection:
        return visit(connection, number)


def signed_in(engine: Engine, answer: str, person: Person, before: str | None) -> str | None:
    """Open a session for a person and end the one that the browser had; returns the new number.

    None for somebody to whom neither the provider nor an administrator gave a role; they get no session. Raises
    `models.store.sessions.AnswerUsed`.
    """
    with writing(engine).begin() as connection:
        if before:
            end_session(connection, before)
        if not person.grants and not access.in_force(connection, person.who, clock.today()):
            audit.append(connection, person.who, "sign-in.refused", PAGES, "no-role")
            return None
        number = open_session(
            connection, answer, issuer=person.issuer, subject=person.subject, who=person.who, name=person.name,
            grants=map(str, person.grants),
        )  # fmt: skip
        audit.append(connection, person.who, "sign-in", PAGES)
        return number


def signed_out(engine: Engine, number: str) -> None:
    """End the session of a browser's number, if it is in force."""
    with writing(engine).begin() as connection:
        if who := end_session(connection, number):
            audit.append(connection, who, "sign-out", PAGES)


def ended(engine: Engine, person: str, who: str) -> int:
    """End every session of a person, as the audit log names them; returns how many were open."""
    with writing(engine).begin() as connection:
        number = end_sessions_of(connection, person)
        audit.append(connection, who, "end-sessions", person, str(number))
    return number


def refused(engine: Engine, who: str, act: Act) -> None:
    """Record what somebody wanted and may not. Nothing of the address is in the row: anybody can write one.

    The same wish of the same person is in the log once in a quarter of an hour.
    """
    told = {"who": who, "action": "refused", "subject": PAGES, "detail": act.name.lower()}
    after = clock.now() - REFUSED_AGAIN
    with engine.connect() as connection:
        if audit.noted_since(connection, after, **told):
            return
    with writing(engine).begin() as connection:
        audit.append(connection, **told)
