"""`/back-channel-logout`: the provider says that somebody's session there has ended, and so it ends here.

The provider's server asks for it, with no browser between: nothing but the signature of what it sends says who asks.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards import metrics
from dashboards.people import changes
from dashboards.sign_in.logout_token import OLDEST, LogoutToken
from dashboards.sign_in.provider import LONGEST_TOKEN, NotSignedIn, SignInReason
from dashboards.sign_in.routes import SignIn
from dashboards.sign_in.strength import CLOCKS_APART
from models.service import clock

log = logging.getLogger(__name__)

ENDED, REFUSED, AGAIN = "ended", "refused", "used"
for _outcome in (ENDED, REFUSED, AGAIN):
    metrics.BACK_CHANNEL.labels(_outcome)


class Seldom:
    """Says in the log that messages are not believed, once a minute: anybody can send them."""

    def __init__(self) -> None:
        self._after = float("-inf")

    def warn(self) -> None:
        """Say so, unless it was said a moment ago."""
        if time.monotonic() > self._after:
            self._after = time.monotonic() + 60
            log.warning("a message about a session that ended at the sign-in provider was not believed")


class Used:
    """The numbers of the tokens that were obeyed, for as long as they could be sent again. Safe from several threads.

    Only the provider can make it longer, with tokens that it signed.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def first(self, number: str) -> bool:
        """Whether this number was not used before; it is from now on."""
        now = time.monotonic()
        with self._lock:
            self._until = {known: until for known, until in self._until.items() if until > now}
            if number in self._until:
                return False
            self._until[number] = now + OLDEST + 2 * CLOCKS_APART
            return True

    def forget(self, number: str) -> None:
        """Nothing came of this one."""
        with self._lock:
            self._until.pop(number, None)


def add_back_channel(app: FastAPI, engine: Engine, sign_in: SignIn | None) -> None:
    """Add the route. Without sign-in there is none."""
    used, said = Used(), Seldom()

    def obeyed(written: str) -> int:
        if sign_in is None:
            raise HTTPException(404)
        try:
            token: LogoutToken | None = sign_in.provider.logout(written)
        except NotSignedIn as refused:
            if refused.reason is not SignInReason.TOKEN:
                return 503  # the provider's keys cannot be read: it may send the token again
            token = None
        if token is None:
            metrics.BACK_CHANNEL.labels(REFUSED).inc()
            said.warn()
            return 400
        if not used.first(token.number):
            metrics.BACK_CHANNEL.labels(AGAIN).inc()
            return 400
        # On our own clock, which a demonstration sets to another day.
        until = clock.now() + timedelta(seconds=token.made_at + CLOCKS_APART - time.time())
        try:
            changes.ended_there(engine, sign_in.provider.issuer, token.subject, token.session, until)
        except BaseException:
            used.forget(token.number)  # the provider may send it again
            raise
        metrics.BACK_CHANNEL.labels(ENDED).inc()
        return 200

    @app.post("/back-channel-logout")
    async def back_channel_logout(request: Request) -> Response:
        """End what the provider says has ended."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > 2 * LONGEST_TOKEN:
                return Response(status_code=413)
        given = parse_qs(body.decode("ascii", "replace")).get("logout_token", [])
        if len(given) != 1:
            return Response(status_code=400)
        return Response(status_code=await run_in_threadpool(obeyed, given[0]))
