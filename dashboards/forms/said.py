"""What a page says once about what was done just before: "You approved the release".

A short cookie carries a code from a closed list to the next page. Nobody can write other words into a page by it, and
nothing of it is in an address.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.people.cookies import Cookies
from dashboards.people.visitor import Visitor

_SECONDS = 60


class Said(StrEnum):
    """What was done; the value is what the page says."""

    ALREADY = "That was done already: the form was sent twice, and the first time counted."
    ASKED = "You asked for the release. The ledger builds it in a minute or two, and somebody else has to approve it."
    APPROVED = "You approved the release. Its figures are shown from now on."
    APPROVED_ONCE = "Your approval is recorded. A second person has to approve the release too."
    REFUSED = "You refused the release. Its figures will not be shown."
    WITHDRAWN = "You withdrew the release. Its figures are no longer shown."
    CORRECTED = "The correction notice stands beside the figures from now on."
    ANNOTATED = "Your annotation was added."
    ACTION_ADDED = "The action was added."
    ACTION_CHANGED = "The action was changed."
    ACTION_CLOSED = "The action was closed."
    TOLD = "It is recorded who was told."
    IMPACT = "The impact was recorded."
    ACKNOWLEDGED = "You acknowledged the action for your agency."
    ERASURE_ASKED = "You asked for the erasure. This page says how far it is."
    SCAN_ASKED = "You asked for the full scan. Signals are published at six in the morning, as every day."
    REMEDY_ASKED = "You asked for it. This page says what becomes of it."
    SKIP_ASKED = "You asked for the record to be skipped. Somebody else with your role has to agree within a day."
    SKIP_CONFIRMED = "You agreed. The record is skipped within a minute, if nobody has handled it."
    GIVEN = "The role was given. It counts from the person's next page on."
    GIVEN_TO_ONESELF = "The role was asked for. Another administrator has to confirm it before it counts."
    CONFIRMED = "The role was confirmed."
    SESSIONS_ENDED = "The sessions were ended. Whoever was there has to sign in again."
    REVOKED = "The role was taken away. It no longer counts."


_BY_NAME = {said.name.lower(): said for said in Said}


def say(answer: Response, said: Said, cookies: Cookies) -> None:
    """Have the next page say it."""
    cookies.keep(answer, cookies.said, said.name.lower(), _SECONDS)


class Saying:
    """Middleware inside the door that hands the message to the page, and forgets it once the page has shown it."""

    def __init__(self, app: ASGIApp, cookies: Cookies) -> None:
        self._app, self._cookies = app, cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with the message for its page."""
        visitor = scope.get("state", {}).get("visitor")
        given = self._given(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        if given is None or not isinstance(visitor, Visitor):
            await self._app(scope, receive, send)
            return
        scope["state"]["visitor"] = replace(visitor, said=given.value)

        async def forgetting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                taken = Response()
                self._cookies.forget(taken, self._cookies.said)
                MutableHeaders(scope=message).append("set-cookie", taken.headers["set-cookie"])
            await send(message)

        await self._app(scope, receive, forgetting)

    def _given(self, scope: Scope) -> Said | None:
        headers = dict(scope["headers"])
        kept = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
        return _BY_NAME.get(kept.get(self._cookies.said, ""))
