"""The way in and out: `/sign-in`, to the provider and back, `/sign-out`, and one's own account."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards import metrics
from dashboards.pages import Pages
from dashboards.people import changes
from dashboards.people.cookies import Cookies
from dashboards.people.entrance import RefusalPage, Shown
from dashboards.people.permissions import TABLE, Extent, may
from dashboards.people.person import Person
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader
from dashboards.sign_in import attempt as attempts
from dashboards.sign_in.attempt import Attempt, local
from dashboards.sign_in.claims import grants_in, name_in
from dashboards.sign_in.provider import NotSignedIn, Provider, SignInReason
from models.store.sessions import LONGEST_SUBJECT, AnswerUsed

log = logging.getLogger(__name__)

TYPED, THERE = "/typed", "/sign-out/there"
BEGUN, SIGNED_IN = "begun", "signed-in"
"""What becomes of a sign-in, beside the reasons why it does not happen."""
for _outcome in (BEGUN, SIGNED_IN, *SignInReason):
    metrics.SIGN_INS.labels(str(_outcome))

_AGAIN = "Start again from the sign-in page."
REFUSALS: Mapping[SignInReason, tuple[int, str, str]] = {
    SignInReason.NOT_ASKED: (
        400, "Sign in again",
        "This browser began no sign-in that fits, or began another one since, or it took longer than ten minutes. "
        f"{_AGAIN} If it happens again, allow this site its cookies.",
    ),
    SignInReason.DECLINED: (
        403, "You were not signed in",
        f"Your organisation's sign-in did not let you in. {_AGAIN} If it happens again, ask those who run it.",
    ),
    SignInReason.MIX_UP: (
        400, "You were not signed in",
        "The answer came from another sign-in service than the one that was asked. Somebody may be trying to read it. "
        f"{_AGAIN} Tell operations if it happens again.",
    ),
    SignInReason.TOKEN: (
        400, "You were not signed in",
        "The answer of your organisation's sign-in does not hold, so it was not believed. "
        f"{_AGAIN} Tell operations if it happens again.",
    ),
    SignInReason.USED: (400, "Sign in again", f"This sign-in was used before. {_AGAIN}"),
    SignInReason.AWAY: (
        503, "Nobody can sign in at the moment",
        "Your organisation's sign-in does not answer as it should. Try again in a few minutes. Whoever is signed in "
        "can go on.",
    ),
    SignInReason.BUSY: (503, "Too many at once", "Many people are signing in at this moment. Try again in a minute."),
    SignInReason.WEAK: (
        403, "Sign in again, more strongly",
        "Your organisation let you in, but with less than these pages ask for: a second factor, or a sign-in that is "
        f"more recent. {_AGAIN} If it happens again, ask those who run your organisation's sign-in.",
    ),
    SignInReason.NO_ROLE: (
        403, "You have no role here",
        "Your organisation knows you, but no board has given you a role. Ask whoever administers access for your "
        "board, then sign in again.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class SignIn:
    """How people sign in: the provider, and how it writes roles."""

    provider: Provider
    roles_claim: str
    translation: Mapping[str, tuple[str, ...]] | None = None

    def person(self, attempt: Attempt, answer: Mapping[str, str]) -> tuple[Person, str]:
        """Whoever the provider says it is, and its number of their session there, where it says one.

        Raises `NotSignedIn`. They may have no role.
        """
        claims = self.provider.claims(attempt, answer)
        grants = grants_in(claims, self.roles_claim, self.translation)
        there = claims.get("sid")
        known = there if isinstance(there, str) and len(there) <= LONGEST_SUBJECT else ""
        return Person(self.provider.issuer, claims["sub"], name_in(claims), grants), known


def add_sign_in(
    app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader, sign_in: SignIn | None, shown: Shown,
    cookies: Cookies,
) -> None:  # fmt: skip
    """Add the routes by which people come in and go out. Without sign-in they say that there is none."""

    def asked() -> SignIn:
        if sign_in is None:
            raise HTTPException(404)
        return sign_in

    @app.get("/sign-in", response_class=HTMLResponse)
    def sign_in_page(next: str = "/") -> Response:
        """What these pages are, and the way to the provider."""
        asked()
        text = "These pages are for people to whom a board has given a role."
        return shown(RefusalPage(200, "Sign in", text, local(next)), None)

    @app.get("/sign-in/start")
    def start(next: str = "/") -> Response:
        """To the provider, with numbers that only this browser keeps."""
        attempt = Attempt.new()
        try:
            answer = RedirectResponse(asked().provider.address(attempt), status_code=303)
        except NotSignedIn as refused:
            return _refused(refused.reason, shown)
        metrics.SIGN_INS.labels(BEGUN).inc()
        kept = attempts.written(attempt, local(next))
        cookies.keep(answer, cookies.attempt, kept, attempts.SECONDS)
        return answer

    @app.get("/sign-in/back")
    def back(request: Request) -> Response:
        """From the provider: check all of its answer, open a session, end the one that the browser had."""
        begun = attempts.read(request.cookies.get(cookies.attempt, ""))
        try:
            if begun is None:
                raise NotSignedIn(SignInReason.NOT_ASKED)
            attempt, after = begun
            person, there = asked().person(attempt, _once(request))
            opened = changes.signed_in(engine, attempt.state, person, request.cookies.get(cookies.session), there)
            if opened is None:
                refused_too = _refused(SignInReason.NO_ROLE, shown, person.who)
                cookies.forget(refused_too, cookies.attempt)
                return refused_too
        except (NotSignedIn, AnswerUsed) as refused:
            answer = _refused(refused.reason if isinstance(refused, NotSignedIn) else SignInReason.USED, shown)
            cookies.forget(answer, cookies.attempt)
            return answer
        metrics.SIGN_INS.labels(SIGNED_IN).inc()
        answer = RedirectResponse(TYPED if opened.typed else after, status_code=303)
        cookies.keep(answer, cookies.session, opened.number)
        cookies.forget(answer, cookies.attempt)
        return answer

    @app.post("/sign-out")
    def sign_out(visitor: Here) -> Response:
        """End the session here, and go on to end the provider's."""
        changes.signed_out(engine, visitor.number)
        answer = RedirectResponse(THERE, status_code=303)
        cookies.forget(answer, cookies.session)
        return answer

    @app.get(THERE, response_class=HTMLResponse)
    def sign_out_there() -> Response:
        """The session is over here; the browser goes on by itself to end the provider's."""
        elsewhere = sign_in.provider.sign_out_address() if sign_in else None
        if elsewhere is None:
            return RedirectResponse("/signed-out", status_code=303)
        # Not a redirect: the policy about where forms may lead would hold it up, as it follows a form.
        return HTMLResponse(pages.render("sign_out_there.html", registry.current(), elsewhere=elsewhere))

    @app.get("/signed-out", response_class=HTMLResponse)
    def signed_out() -> Response:
        """Where the provider sends people back to when its session is over too, or cannot be ended from here."""
        return HTMLResponse(pages.render("signed_out.html", registry.current()))


def add_typed(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the page of what somebody had typed when their session ended."""

    @app.get(TYPED, response_class=HTMLResponse)
    def typed(visitor: Here) -> Response:
        """What waits to be sent, with a button that sends it now."""
        form = changes.typed_before(engine, visitor.number)
        return HTMLResponse(pages.render("typed.html", registry.current(), visitor=visitor, form=form))

    @app.post(TYPED)
    def not_wanted(visitor: Here) -> Response:
        """Let go of it. The door has done so, as for any form that is sent."""
        return RedirectResponse("/", status_code=303)


def add_account(app: FastAPI, pages: Pages, registry: RegisterReader) -> None:
    """Add the page of one's own roles, and of what they are for."""

    @app.get("/account", response_class=HTMLResponse)
    def account(visitor: Here) -> Response:
        """Who one is here, and what one may do on each board, with the reason where not."""
        register = registry.current()
        person = visitor.person
        own = [board for board in register.boards if person.roles_on(board.code)]
        listed = [(board.name, _acts(person, board.code)) for board in own]
        general = _acts(person, "")
        view: dict[str, Any] = {
            "boards": listed,
            "general": general,
            "roles": [str(grant) for grant in sorted(person.grants)],
        }
        return HTMLResponse(pages.render("account.html", register, visitor=visitor, **view))


def _acts(person: Person, board: str) -> list[tuple[str, bool, str]]:
    """Act, whether the person may do it, and why not: those about a board, or without one those that are not."""
    about = (Extent.BOARD, Extent.AGENCY) if board else (Extent.ALL,)
    agency = next((grant.agency for grant in person.grants if grant.on(board) and grant.agency), "")
    acts = [act for act, rule in TABLE.items() if rule.reach in about]
    answers = [(act, may(person, act, board, agency)) for act in acts]
    return [(act.value, answer.allowed, answer.why) for act, answer in answers]


def _once(request: Request) -> dict[str, str]:
    """The parameters of the answer; raises `NotSignedIn` if one of them is there twice."""
    pairs = request.query_params.multi_items()
    if len({name for name, _ in pairs}) != len(pairs):
        raise NotSignedIn(SignInReason.NOT_ASKED)
    return dict(pairs)


def _refused(reason: SignInReason, shown: Shown, code: str = "") -> Response:
    """The page of a refusal; `code` is the person's own, where it is known."""
    log.warning("somebody was not signed in: %s", reason.value)
    metrics.SIGN_INS.labels(reason.value).inc()
    status, title, text = REFUSALS[reason]
    return shown(RefusalPage(status, title, text, "/", code=code), None)
