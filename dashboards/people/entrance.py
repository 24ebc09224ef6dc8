"""The door: every request is checked here before any handler runs.

In this order: `Host`, the route, the session, how often somebody asks, the permission, and for a form its token. What
is refused is answered with a page that says why and what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import parse_qs, quote

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards import metrics
from dashboards.people import changes, refusals, typed
from dashboards.people.cookies import is_form_token
from dashboards.people.limits import Limits, RateLimit
from dashboards.people.mapped import BETWEEN_SERVERS, COSTLY, OPEN, OPEN_FOLDERS, ROUTES, board_of
from dashboards.people.permissions import Act
from dashboards.people.refusals import KeptOut, RefusalPage, Shown, TooLate
from dashboards.people.sessions import Sessions, WithoutSignIn, WithSessions
from dashboards.people.visitor import Visitor
from models.store import SchemaState, schema_state

log = logging.getLogger(__name__)

__all__ = ["Entrance", "KeptOut", "RefusalPage", "Sessions", "Shown", "WithSessions", "WithoutSignIn"]

LONGEST_FORM = 64 * 1024
_NO_PAGE = "/sign-out"
"""The one form that is on every page, and has none of its own."""
_FOLDERS = frozenset(("GET", folder) for folder in OPEN_FOLDERS)


class Entrance:
    """The door, as middleware around the application."""

    def __init__(
        self, app: ASGIApp, routes: Sequence[BaseRoute], engine: Engine, sessions: Sessions, shown: Shown,
        no_tables: Callable[[SchemaState], str], limits: Limits | None = None,
    ) -> None:  # fmt: skip
        """`shown` makes the page of a refusal, `no_tables` says what to do about a database without our tables."""
        self._app, self._routes, self._engine = app, routes, engine
        self._limits = limits or Limits()
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
                    body = await _form_of(request, visitor.number, visitor)
                    await run_in_threadpool(self._sent, visitor)
                    receive = _again(body, receive)
        except TooLate as late:
            refused = await self._too_late(request, late)
            await self._shown(refused, None)(scope, receive, send)
            return
        except KeptOut as refused:
            await self._shown(refused.refusal, refused.visitor)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _let_in(self, request: Request) -> tuple[Visitor | None, bool]:
        """Whoever may do what is asked, and whether that changes something; raises `KeptOut`.

        Nobody for what needs no session.
        """
        if not _known(request.headers.getlist("host"), self._sessions.hosts):
            raise KeptOut(refusals.HOST)
        key, parameters = self._asked(request)
        if key in OPEN or key in _FOLDERS:
            if key in OPEN and key not in BETWEEN_SERVERS:
                _in_time(*self._limits.stranger(request), None)
            return None, False
        visitor = self._visitor(request)
        if visitor is None:
            _in_time(*self._limits.stranger(request), None)
            number = request.cookies.get(self._sessions.cookies.session, "")
            if key is not None and key[0] == "POST" and ROUTES.get(key) not in (None, Act.SIGN_OUT):
                raise TooLate(number)
            raise KeptOut(_sign_in(request, number))
        if key is None or ROUTES.get(key) is not Act.SIGN_OUT:  # nobody is kept from signing out
            _in_time(*self._limits.person(visitor.who, key in COSTLY), visitor)
        if key is None:
            return visitor, False  # no such address, or no such method: the application says which
        act = ROUTES.get(key)
        if act is None:
            raise KeptOut(refusals.NOT_MAPPED, visitor)
        if visitor.scope is not None and request.method != "GET":
            raise KeptOut(refusals.READS_ONLY, visitor)
        answer = visitor.answer(act, board_of(parameters), parameters.get("agency", ""))
        if not answer.allowed:
            self._note(visitor, act)
            code = visitor.who if visitor.signed_in else ""
            raise KeptOut(RefusalPage(403, "Not for your role", answer.why, code=code), visitor)
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
        tokens = _tokens(request)
        try:
            if tokens:
                # A token counts alone: no request is half a program's and half a person's.
                service = self._sessions.service(tokens[0]) if len(tokens) == 1 else None
                metrics.TOKENS.labels("accepted" if service else "refused").inc()
                if service is None:
                    _in_time(*self._limits.stranger(request), None)
                    raise KeptOut(refusals.NO_TOKEN)
                return service
            return self._sessions.visitor(request.cookies.get(self._sessions.cookies.session))
        except DBAPIError as error:
            log.error("the database failed (%s)", type(error).__name__)
            raise KeptOut(self._without_database()) from None

    async def _too_late(self, request: Request, late: TooLate) -> RefusalPage:
        """Keep the form of a session that has timed out, if it was sent from a page of it; what to tell its person."""
        body = b""
        try:
            body = await _body_of(request, None)
            _check_token(request, body, late.number, None)
            path = request.scope["path"]
            kept = bool(late.number) and await run_in_threadpool(self._sessions.keep, late.number, path, body)
        except KeptOut:
            kept = False
        except DBAPIError as error:
            log.error("the database failed (%s)", type(error).__name__)
            kept = False
        return refusals.KEPT if kept else _with_typed(request, body, _sign_in(request, late.number))

    def _sent(self, visitor: Visitor) -> None:
        """A form of this session goes on to its handler, so what was kept of it is not offered again."""
        try:
            self._sessions.sent(visitor.number)
        except DBAPIError as error:
            log.error("the database failed (%s)", type(error).__name__)
            raise KeptOut(self._without_database(), visitor) from None

    def _without_database(self) -> RefusalPage:
        try:
            state = schema_state(self._engine)
        except DBAPIError:
            return refusals.AWAY
        return (
            refusals.AWAY
            if state is SchemaState.CURRENT
            else RefusalPage(503, refusals.AWAY.title, self._no_tables(state))
        )

    def _note(self, visitor: Visitor, act: Act) -> None:
        """Record the refusal; one that cannot be recorded is a refusal all the same."""
        try:
            changes.refused(self._engine, visitor.who, act)
        except DBAPIError as error:
            log.error("a refusal could not be noted (%s)", type(error).__name__)


def _in_time(limit: RateLimit, seconds: int, visitor: Visitor | None) -> None:
    """Raise `KeptOut` for somebody who has to wait."""
    if seconds:
        metrics.LIMITED.labels(limit.value).inc()
        raise KeptOut(refusals.too_often(limit, seconds, visitor is not None), visitor)


def _known(given: list[str], hosts: frozenset[str]) -> bool:
    """Whether the one `Host` header is on the list."""
    if len(given) != 1:
        return False
    host = given[0].lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return host in hosts or name in hosts


def _tokens(request: Request) -> list[str]:
    """The tokens that a request presents as a service account. Other kinds of `Authorization` are a proxy's matter."""
    given = [header.partition(" ") for header in request.headers.getlist("authorization")]
    return [token.strip() for kind, _, token in given if kind.lower() == "bearer"]


def _sign_in(request: Request, number: str) -> RefusalPage:
    """What somebody without a session is told; whoever had one is told that it ended."""
    query = request.scope["query_string"].decode("latin-1")
    after = quote(request.scope["path"]) + (f"?{query}" if query else "")
    if request.method != "GET":
        text = "Your session has ended, so nothing was done. Sign in, and fill in the form again."
        return RefusalPage(401, "Sign in again", text, "/")
    if number:
        text = "Your session has ended: after 15 minutes without a page, or after 8 hours. Sign in to go on."
        return RefusalPage(401, "Sign in again", text, after)
    text = "These pages are for people to whom a board has given a role. Sign in to go on."
    return RefusalPage(401, "Sign in", text, after)


async def _form_of(request: Request, number: str, visitor: Visitor | None) -> bytes:
    """The body of a form; raises `KeptOut` unless it was sent from a page of the session that has this number."""
    body = await _body_of(request, visitor)
    _check_token(request, body, number, visitor)
    return body


async def _body_of(request: Request, visitor: Visitor | None) -> bytes:
    """The body of a form; raises `KeptOut` for one of another site, for what is no form, and for what is too long."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise KeptOut(refusals.FROM_ELSEWHERE, visitor)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise KeptOut(refusals.FORM_KIND, visitor)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            raise KeptOut(refusals.TOO_LONG, visitor)
    return body


def _check_token(request: Request, body: bytes, number: str, visitor: Visitor | None) -> None:
    """Raise `KeptOut` unless a form carries the token of the session that has this number."""
    given = parse_qs(body.decode("utf-8", "replace")).get("form_token", [])
    if len(given) != 1 or not is_form_token(given[0], number):
        raise KeptOut(_with_typed(request, body, refusals.FROM_ELSEWHERE), visitor)


def _with_typed(request: Request, body: bytes, refusal: RefusalPage) -> RefusalPage:
    """The refusal of a form, with what was typed into it if the browser says that it was sent from these pages.

    No browser keeps what was typed into a page that is not to be stored, so the back button brings an empty form. A
    page of another site cannot say so, and writes nothing into ours.
    """
    path = request.scope["path"]
    if request.headers.get("sec-fetch-site") != "same-origin" or not body or path == _NO_PAGE:
        return refusal
    shown = tuple(typed.read(path, body).shown)
    if refusal.sign_in_for is None:
        return replace(refusal, typed=shown, again=quote(path))
    return replace(refusal, typed=shown, sign_in_for=quote(path))


def _again(body: bytes, receive: Receive) -> Receive:
    """What was read here, for the handler to read; after it what comes."""
    waiting = [body]

    async def read() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return read
