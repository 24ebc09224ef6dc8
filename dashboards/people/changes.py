"""Everything that `dashboards` writes about people: sessions, sign-ins, refusals. Each has its audit row beside it.

Somebody who is not known adds no row to the audit log, so nobody can fill it from outside.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from dashboards.people import typed
from dashboards.people.permissions import Act
from dashboards.people.person import Person
from dashboards.people.typed import Typed
from models.service import clock
from models.store import access, audit, people, service_tokens, writing
from models.store import typed as waiting_forms
from models.store.service_tokens import ServiceToken
from models.store.sessions import (
    OpenSession,
    Session,
    end_other_roles,
    end_own,
    end_session,
    end_sessions_of,
    end_there,
    open_session,
    sessions_of,
    timed_out,
    visit,
)
from models.store.typed import TypedForm

PAGES = "pages"
"""What the audit rows are about."""


def seen(engine: Engine, number: str) -> Session | None:
    """The session of a browser's number, noted as seen now; None if it is over."""
    with writing(engine).begin() as connection:
        return visit(connection, number)


class Opened(NamedTuple):
    """A session that was opened."""

    number: str
    """What the browser keeps."""
    typed: bool
    """Whether a form waits that its person could not send before."""


def signed_in(engine: Engine, answer: str, person: Person, before: str | None, there: str = "") -> Opened | None:
    """Open a session for a person and end the one that the browser had. What was typed in that one comes along.

    Sessions of theirs with other roles end: the provider does not say those any more. `there` is the provider's number
    of its own session.

    None for somebody to whom neither the provider nor an administrator gave a role; they get no session. Raises
    `models.store.sessions.AnswerUsed`.
    """
    with writing(engine).begin() as connection:
        left = _left_behind(connection, before, person) if before else None
        if not person.grants and not access.in_force(connection, person.who, clock.today()):
            audit.append(connection, person.who, "sign-in.refused", PAGES, "no-role")
            return None
        if others := end_other_roles(connection, person.who, map(str, person.grants)):
            audit.append(connection, person.who, "end-sessions", person.who, f"{others}, other roles"[:32])
        number = open_session(
            connection, answer, issuer=person.issuer, subject=person.subject, who=person.who, name=person.name,
            grants=map(str, person.grants), there=there,
        )  # fmt: skip
        people.remember(connection, person.who, person.name)
        if left is not None:
            path, body = left
            sealed = typed.seal(number, person.who, path, body)
            waiting_forms.keep(connection, number, TypedForm(person.who, path, sealed))
        audit.append(connection, person.who, "sign-in", PAGES)
        return Opened(number, left is not None)


def _left_behind(connection: Connection, before: str, person: Person) -> tuple[str, bytes] | None:
    """End the session that the browser had; where its form goes to and its body, if this person typed one in it."""
    form = waiting_forms.waiting(connection, before)
    waiting_forms.forget(connection, before)
    end_session(connection, before)
    if form is None or form.who != person.who:
        return None
    body = typed.unseal(before, form.who, form.path, form.sealed)
    return None if body is None else (form.path, body)


def typed_too_late(engine: Engine, number: str, path: str, body: bytes) -> bool:
    """Keep a form that came after its session had timed out; False for any other, which keeps nothing.

    So nobody makes the table grow who has not signed in, nor with a session that was ended.
    """
    with writing(engine).begin() as connection:
        if who := timed_out(connection, number):
            sealed = typed.seal(number, who, path, body)
            waiting_forms.keep(connection, number, TypedForm(who, path, sealed))
        return bool(who)


def typed_before(engine: Engine, number: str) -> Typed | None:
    """The form that waits for a session to send it."""
    with engine.connect() as connection:
        form = waiting_forms.waiting(connection, number)
    if form is None:
        return None
    body = typed.unseal(number, form.who, form.path, form.sealed)
    return None if body is None else typed.read(form.path, body)


def typed_is_done(engine: Engine, number: str) -> None:
    """Let go of what waits for a session: it was sent, or is not wanted."""
    with writing(engine).begin() as connection:
        waiting_forms.forget(connection, number)


def presented(engine: Engine, token: str) -> ServiceToken | None:
    """The token of a service account, if it is in force. Nothing is written, whoever asks."""
    with engine.connect() as connection:
        return service_tokens.presented(connection, token)


def token_made(engine: Engine, name: str, acts: Iterable[Act], boards: Iterable[str], days: int, who: str) -> str:
    """Make a token for a service account and return it, once; raises `models.store.service_tokens.TokenError`."""
    with writing(engine).begin() as connection:
        scope = {"acts": [act.name.lower() for act in acts], "boards": boards}
        return service_tokens.make(connection, name, **scope, days=days, who=who)


def token_revoked(engine: Engine, name: str, who: str) -> None:
    """End the token of a service account; raises `models.store.service_tokens.TokenError`."""
    with writing(engine).begin() as connection:
        service_tokens.revoke(connection, name, who)


def signed_out(engine: Engine, number: str) -> None:
    """End the session of a browser's number, if it is in force."""
    with writing(engine).begin() as connection:
        waiting_forms.forget(connection, number)
        if who := end_session(connection, number):
            audit.append(connection, who, "sign-out", PAGES)


def ended_there(engine: Engine, issuer: str, subject: str, there: str, until: datetime) -> None:
    """End the sessions that go with one that ended at the provider, if they were opened before `until`."""
    with writing(engine).begin() as connection:
        for who in dict.fromkeys(end_there(connection, issuer, subject, there, until)):
            audit.append(connection, who, "sign-out", PAGES, "at the provider")


def own_sessions(engine: Engine, who: str, number: str) -> list[OpenSession]:
    """A person's sessions that are in force."""
    with engine.connect() as connection:
        return sessions_of(connection, who, number)


def ended_own(engine: Engine, who: str, number: str, handles: Iterable[str]) -> int:
    """End some of a person's other sessions at their own wish; returns how many were open."""
    with writing(engine).begin() as connection:
        ended_now = end_own(connection, who, number, handles)
        audit.append(connection, who, "end-sessions", who, str(ended_now))
    return ended_now


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
    audit.append_once(engine, who, "refused", PAGES, act.name.lower())
