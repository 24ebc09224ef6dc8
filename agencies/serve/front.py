"""What every request passes through: who it is from, how large it is, whether there is room, and what is logged.

A log line holds the request id, our own name of the address, the status, the agency and the time: no address, header
or body of the client's.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Collection

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from agencies.serve import metrics, modes
from agencies.serve.answers import ProblemAnswer, problem
from agencies.serve.credentials import CredentialError, Doorkeeper
from agencies.serve.limits import IntakeLimits, Slots, TooBusy, TooLarge, TooSlow, read_body
from models.service.faults import where

log = logging.getLogger("agencies.serve")

Handler = Callable[[Request, str, bytes], Awaitable[Response]]
"""(request, agency, body) -> answer; may raise `ProblemAnswer`."""

HEADERS = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
TLS_ONLY = {b"strict-transport-security": b"max-age=31536000; includeSubDomains"}


class Front:
    """Makes routes that let in only an agency's credential, one media type, and so much at a time."""

    def __init__(self, doorkeeper: Doorkeeper, limits: IntakeLimits) -> None:
        self.limits = limits
        self._doorkeeper = doorkeeper
        self._slots = Slots(limits)

    def route(self, path: str, handler: Handler, media: Collection[str], body_limit: int) -> Route:
        """`POST path`."""

        async def endpoint(request: Request) -> Response:
            agency = self._agency(request)
            request.state.agency = agency
            content_type(request, media)
            try:
                with self._slots.one(agency):
                    metrics.IN_FLIGHT.set(self._slots.taken)
                    body = await read_body(
                        request.stream(), request.headers.get("content-length"), body_limit, self.limits.body_seconds
                    )
                    metrics.BODY_BYTES.observe(len(body))
                    return await handler(request, agency, body)
            except TooBusy:
                raise ProblemAnswer(429) from None
            except TooLarge:
                raise ProblemAnswer(413, f"the body may have {body_limit} bytes") from None
            except TooSlow:
                raise ProblemAnswer(408, headers={"Connection": "close"}) from None
            except ClientDisconnect:
                raise ProblemAnswer(400, "the body ended early") from None
            finally:
                metrics.IN_FLIGHT.set(self._slots.taken)

        return Route(path, endpoint, methods=["POST"])

    def _agency(self, request: Request) -> str:
        try:
            agency = self._doorkeeper.agency(request.headers.get("authorization"))
        except CredentialError as error:
            log.error("%s", error)
            raise ProblemAnswer(503, "credentials cannot be checked now") from None
        if agency is None:
            raise ProblemAnswer(401)
        return agency


def content_type(request: Request, media: Collection[str]) -> None:
    """Raises `ProblemAnswer` 415 unless the body is declared as one of these, uncompressed, in UTF-8."""
    name, _, parameter = modes.media(request.headers).partition(";")
    parameter = parameter.strip().lower().replace('"', "")
    plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    understood = parameter in ("", "charset=utf-8") or parameter.startswith("boundary=")
    if name.strip().lower() not in media or not plain or not understood:
        raise ProblemAnswer(415, f"accepted here: {', '.join(sorted(media))}, uncompressed")


class Witness:
    """Outermost: a request id, safe headers, one log line and one count for every answer, and no traceback's text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, request_id = time.monotonic(), secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_headed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {**HEADERS, b"x-request-id": request_id.encode()}
                if scope.get("scheme") == "https":  # behind a proxy it is the proxy's to say
                    own |= TLS_ONLY
                message["headers"] = [*message["headers"], *own.items()]
            await send(message)

        try:
            await self._app(scope, receive, send_headed)
        except Exception as error:
            log.error("request %s failed: %s", request_id, where(error))
            if not status:
                await problem(ProblemAnswer(500), request_id)(scope, receive, send_headed)
        metrics.REQUESTS.labels(str(status)).inc()
        route = scope.get("route")
        log.info(
            "request %s %s %d agency=%s %.3fs",
            request_id,
            getattr(route, "path", "-"),
            status,
            scope["state"].get("agency", "-"),
            time.monotonic() - started,
        )


def application(routes: list[Route], document: dict[str, object], lifespan: Lifespan[Starlette]) -> ASGIApp:
    """The ASGI application of these routes, which also serves its OpenAPI document."""

    async def openapi(request: Request) -> Response:
        return JSONResponse(document)

    async def known(request: Request, error: Exception) -> Response:
        found = error if isinstance(error, ProblemAnswer) else ProblemAnswer(500)
        if found.log:
            log.warning("request %s: %s", request.state.request_id, found.log)
        return problem(found, request.state.request_id)

    async def other(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        return problem(
            ProblemAnswer(status if status in (404, 405) else 400, headers=headers), request.state.request_id
        )

    async def unforeseen(request: Request, error: Exception) -> Response:
        # Starlette raises it again after this answer, for `Witness` to log where it was.
        return problem(ProblemAnswer(500), request.state.request_id)

    listed = [*routes, Route("/v1/openapi.json", openapi, methods=["GET"])]
    handlers = {ProblemAnswer: known, HTTPException: other, Exception: unforeseen}
    app = Starlette(routes=listed, exception_handlers=handlers, lifespan=lifespan)
    app.router.redirect_slashes = False
    return Witness(app)
