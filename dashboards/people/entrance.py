"""The door: every request is checked here before any handler runs.

In this order: `Host`, the route, the session, the permission, and for a form its token. What is refused is answered
with a page that says why and what to do.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs, quote

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.errors import NotShown
from dashboards.people import changes, cookies
from dashboards.people.mapped import OPEN, OPEN_FOLDERS, ROUTES, board_of
from dashboards.people.permissions import Act, may
from dashboards.people.person import NOBODY, Person, stored
from dashboards.people.visitor import Visitor
from models.store import SchemaState, schema_state

log = logging.getLogger(__name__)

LONGEST_FORM = 64 * 1024
_FOLDERS = frozenset(("GET", folder) for folder in OPEN_FOLDERS)


class Sessions(Protocol):
    """How visitors are recognised."""

    @property
    def hosts(self) -> frozenset[str]:
        """What `Host` may be, port included where it has one; a name without a port goes with any port."""

    def visitor(self, number: str | None) -> Visitor | None:
        """Whoever has this session, or None. May raise what the database raises."""


@dataclass(frozen=True)
class WithoutSignIn:
    """Everybody is one person with every role: for tests, and for the demo on a loopback address."""

    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
    number: str = field(default_factory=secrets.token_urlsafe)
    """Pages of other sites in the same browser do not know it, so they cannot send our forms."""

    def visitor(self, number: str | None) -> Visitor | None:
        """Always the same."""
        return Visitor(NOBODY, cookies.form_token(self.number), self.number)


@dataclass(frozen=True)
class WithSessions:
    """Whoever has a session in the database."""

    engine: Engine
    hosts: frozenset[str]

    def visitor(self, number: str | None) -> Visitor | None:
        """Whoever has this session; it counts as seen now."""
        if not number:
            return None
        session = changes.seen(self.engine, number)
        if session is None:
            return None
        person = Person(session.issuer, session.subject, session.name, stored(session.grants.split()))
        return Visitor(person, cookies.form_token(number), number)


@dataclass(frozen=True)
class Refusal:
    """What the page of a refusal says. The text is ours, or from the table of permissions."""

    status: int
    title: str
    text: str
    sign_in_for: str | None = None
    """Where to go on to after signing in, where that helps."""


class KeptOut(NotShown):
    """The door refuses a request."""

    def __init__(self, refusal: Refusal, visitor: Visitor | None = None) -> None:
        """`visitor` is whoever is refused, if known."""
        super().__init__(refusal.title)
        self.refusal = refusal
        self.visitor = visitor


Shown = Callable[[Refusal, Visitor | None], Response]
"""Makes the page of a refusal."""

_HOST = Refusal(
    400,
    "Wrong address",
    "These pages are not served under the name in the address. Use the address that you were given for them. "
    "For operations: YPSEM_WEB_URL and YPSEM_WEB_HOSTS say which names there are.",
)
_NOT_MAPPED = Refusal(403, "Not allowed", "Nobody may do this: it is in no table of permissions. Tell operations.")
_FROM_ELSEWHERE = Refusal(
    403,
    "Not allowed",
    "This form was not sent from these pages, or it is older than your sign-in. Nothing was done. Go back, load the "
    "page again, and send it once more.",
)
_TOO_LONG = Refusal(
    413, "Too long", "The form holds more than these pages take. Nothing was done. Go back and shorten it."
)
_FORM_KIND = Refusal(415, "Not a form", "These pages take forms only. Nothing was done.")
_AWAY = Refusal(
    503, "The figures cannot be read at the moment", "The database does not answer. Try again in a few minutes."
)


class Entrance:
    """The door, as middleware around the application."""

    def __init__(
        self, app: ASGIApp, routes: Sequence[BaseRoute], engine: Engine, sessions: Sessions, shown: Shown,
        no_tables: Callable[[SchemaState], str],
    ) -> None:  # fmt: skip
        """`shown` makes the page of a refusal, `no_tables` says what to do about a database without our tables."""
        self._app, self._routes, self._engine = app, routes, engine
        self._sessions, self._shown, self._no_tables = sessions, shown, no_tables

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no websockets here
        request = Request(scope, receive)
        try:
            visitor, acts = await run_in_threadpool(self._let_in, request)
            if visitor is not None:
                request.state.visitor = visitor
                if acts:
                    receive = _again(await _form_of(request, visitor), receive)
        except KeptOut as refused:
            await self._shown(refused.refusal, refused.visitor)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _let_in(self, request: Request) -> tuple[Visitor | None, bool]:
        """Whoever may do what is asked, and whether that changes something; raises `KeptOut`.

        Nobody for what needs no session.
        """
        if not _known(request.headers.getlist("host"), self._sessions.hosts):
            raise KeptOut(_HOST)
        key, parameters = self._asked(request)
        if key in OPEN or key in _FOLDERS:
            return None, False
        visitor = self._visitor(request)
        if visitor is None:
            raise KeptOut(_sign_in(request))
        if key is None:
            return visitor, False  # no such address, or no such method: the application says which
        act = ROUTES.get(key)
        if act is None:
            raise KeptOut(_NOT_MAPPED, visitor)
        answer = may(visitor.person, act, board_of(parameters), parameters.get("agency", ""))
        if not answer.allowed:
            self._note(visitor, act)
            raise KeptOut(Refusal(403, "Not for your role", answer.why), visitor)
        return visitor, request.method != "GET"

    def _asked(self, request: Request) -> tuple[tuple[str, str] | None, dict[str, str]]:
        """Method and path of the route that will answer, and the parameters in the address; None if none will.

        It is found as the application finds it, so what is checked is what runs.
        """
        for route in self._routes:
            match, child = route.matches(request.scope)
            if match is Match.FULL:
                return (request.method, getattr(route, "path", "")), dict(child.get("path_params", {}))
        return None, {}

    def _visitor(self, request: Request) -> Visitor | None:
        try:
            return self._sessions.visitor(request.cookies.get(cookies.SESSION))
        except DBAPIError as error:
            log.error("the database failed (%s)", type(error).__name__)
            raise KeptOut(self._without_database()) from None

    def _without_database(self) -> Refusal:
        try:
            state = schema_state(self._engine)
        except DBAPIError:
            return _AWAY
        return _AWAY if state is SchemaState.CURRENT else Refusal(503, _AWAY.title, self._no_tables(state))

    def _note(self, visitor: Visitor, act: Act) -> None:
        """Record the refusal; one that cannot be recorded is a refusal all the same."""
        try:
            changes.refused(self._engine, visitor.who, act)
        except DBAPIError as error:
            log.error("a refusal could not be noted (%s)", type(error).__name__)


def _known(given: list[str], hosts: frozenset[str]) -> bool:
    """Whether the one `Host` header is on the list."""
    if len(given) != 1:
        return False
    host = given[0].lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return host in hosts or name in hosts


def _sign_in(request: Request) -> Refusal:
    """What somebody without a session is told; whoever had one is told that it ended."""
    query = request.scope["query_string"].decode("latin-1")
    after = quote(request.scope["path"]) + (f"?{query}" if query else "")
    if request.method != "GET":
        text = (
            "Your session has ended, so nothing was done. Sign in in another tab, then go back here and send the form "
            "again: what you typed is still in it."
        )
        return Refusal(401, "Sign in again", text, "/")
    if request.cookies.get(cookies.SESSION):
        text = "Your session has ended: after 15 minutes without a page, or after 8 hours. Sign in to go on."
        return Refusal(401, "Sign in again", text, after)
    text = "These pages are for people to whom a board has given a role. Sign in to go on."
    return Refusal(401, "Sign in", text, after)


async def _form_of(request: Request, visitor: Visitor) -> bytes:
    """The body of a form; raises `KeptOut` unless it was sent from a page of this session."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise KeptOut(_FROM_ELSEWHERE, visitor)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise KeptOut(_FORM_KIND, visitor)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            raise KeptOut(_TOO_LONG, visitor)
    given = parse_qs(body.decode("utf-8", "replace")).get("form_token", [])
    if len(given) != 1 or not cookies.is_form_token(given[0], visitor.number):
        raise KeptOut(_FROM_ELSEWHERE, visitor)
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """What was read here, for the handler to read; after it what comes."""
    waiting = [body]

    async def read() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return read
