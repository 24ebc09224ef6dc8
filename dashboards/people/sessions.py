"""How visitors of the pages are known: by a session, by a service account's token, or without sign-in as anybody."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Engine

from dashboards.people import changes
from dashboards.people.cookies import Cookies, form_token
from dashboards.people.permissions import FOR_SERVICES, Scope
from dashboards.people.person import NOBODY, SERVICE, Person, stored
from dashboards.people.visitor import Visitor


class Sessions(Protocol):
    """How visitors are recognised."""

    @property
    def hosts(self) -> frozenset[str]:
        """What `Host` may be, port included where it has one; a name without a port goes with any port."""

    @property
    def cookies(self) -> Cookies:
        """The cookies that the pages keep."""

    def visitor(self, number: str | None) -> Visitor | None:
        """Whoever has this session, or None. May raise what the database raises."""

    def service(self, token: str) -> Visitor | None:
        """The service account that has this token, or None. May raise what the database raises."""

    def keep(self, number: str, path: str, body: bytes) -> bool:
        """Keep a form that came after its session had timed out; False if it was not kept."""

    def sent(self, number: str) -> None:
        """Let go of what was kept: a form of this session is being sent."""


@dataclass(frozen=True)
class WithoutSignIn:
    """Everybody is one person with every role: for tests, and for a look on this machine."""

    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
    number: str = field(default_factory=secrets.token_urlsafe)
    """Pages of other sites in the same browser do not know it, so they cannot send our forms."""
    cookies: Cookies = field(default_factory=Cookies)

    def visitor(self, number: str | None) -> Visitor | None:
        """Always the same."""
        return Visitor(NOBODY, form_token(self.number), self.number)

    def service(self, token: str) -> Visitor | None:
        """There are none."""
        return None

    def keep(self, number: str, path: str, body: bytes) -> bool:
        """No session ends here."""
        return False

    def sent(self, number: str) -> None:
        """Nothing was kept."""


@dataclass(frozen=True)
class WithSessions:
    """Whoever has a session in the database."""

    engine: Engine
    hosts: frozenset[str]
    cookies: Cookies = field(default_factory=Cookies)

    def visitor(self, number: str | None) -> Visitor | None:
        """Whoever has this session; it counts as seen now."""
        if not number:
            return None
        session = changes.seen(self.engine, number)
        if session is None:
            return None
        person = Person(session.issuer, session.subject, session.name, stored(session.grants.split()))
        return Visitor(person, form_token(number), number)

    def service(self, token: str) -> Visitor | None:
        """The service account of a token that is in force."""
        known = changes.presented(self.engine, token)
        if known is None:
            return None
        acts = frozenset(act for act in FOR_SERVICES.values() if act.name.lower() in known.acts.split())
        person = Person(SERVICE, known.name, "", frozenset())
        # It sends no forms, so this number is nobody's.
        number = secrets.token_urlsafe()
        return Visitor(person, form_token(number), number, scope=Scope(acts, frozenset(known.boards.split())))

    def keep(self, number: str, path: str, body: bytes) -> bool:
        """For an hour, and for its own person alone."""
        return changes.typed_too_late(self.engine, number, path, body)

    def sent(self, number: str) -> None:
        """Whatever was kept of this session."""
        changes.typed_is_done(self.engine, number)
