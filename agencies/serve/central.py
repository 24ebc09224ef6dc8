"""The central intake: tokenised canonical events only, one or many, answered 202 once the broker has all of them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agencies.mint import MintError
from agencies.serve import metrics
from agencies.serve.answers import Problem, outcomes, refusals
from agencies.serve.events import Checker, Outcome
from agencies.serve.front import Front
from agencies.serve.publisher import NotConfirmed, Publisher
from models.contract import clock
from models.register import Register

SINGLE = "application/cloudevents+json"
BINARY = "application/json"
BATCH = "application/x-ndjson"
OVER_LIMIT = frozenset({"too-large", "too-deep"})


class Central:
    """The two addresses of the central intake."""

    def __init__(self, front: Front, register: Callable[[], Register], publisher: Publisher) -> None:
        self._front = front
        self._register = register
        self._publisher = publisher
        self._threads = anyio.CapacityLimiter(front.limits.in_flight)

    def routes(self) -> list[Route]:
        """`POST /v1/events` and `POST /v1/events:batch`."""
        limits = self._front.limits
        return [
            self._front.route("/v1/events", self._single, (SINGLE, BINARY), limits.line),
            self._front.route("/v1/events:batch", self._batch, (BATCH,), limits.body),
        ]

    async def _single(self, request: Request, agency: str, body: bytes) -> Response:
        if not body.strip():
            raise Problem(400, "there is no event in the body")
        found = await self._take(agency, [_structured(request, body)])
        (one,) = found
        if one.queued is None:
            too_much = any(refusal.rule in OVER_LIMIT for refusal in one.refusals)
            raise Problem(413 if too_much else 422, refusals=refusals(one.refusals))
        return JSONResponse({"status": "accepted", "request_id": request.state.request_id}, 202)

    async def _batch(self, request: Request, agency: str, body: bytes) -> Response:
        lines = body.split(b"\n")
        if len(lines) > self._front.limits.lines + 1:
            raise Problem(413, f"a batch may have {self._front.limits.lines} lines")
        found = await self._take(agency, lines)
        if not found:
            raise Problem(400, "there is no event in the body")
        if all(one.queued is None for one in found):
            raise Problem(422, outcomes=outcomes(found))
        return JSONResponse({"outcomes": outcomes(found), "request_id": request.state.request_id}, 202)

    async def _take(self, agency: str, lines: list[bytes]) -> list[Outcome]:
        """Check, send, wait for the broker. In a thread: checking is work, and the broker may be slow."""
        try:
            # Not abandoned when the client goes away: what is being sent is sent, and its slot stays taken.
            return await anyio.to_thread.run_sync(self._work, agency, lines, limiter=self._threads)
        except MintError:
            raise Problem(403) from None
        except NotConfirmed as reason:
            raise Problem(503, log=str(reason)) from None

    def _work(self, agency: str, lines: list[bytes]) -> list[Outcome]:
        checker = Checker(agency, self._register(), self._front.limits, clock.today(), clock.now())
        found = checker.check(lines)
        for one in found:
            for refusal in one.refusals:
                metrics.REFUSED.labels(refusal.rule).inc()
        if good := [one.queued for one in found if one.queued is not None]:
            self._publisher.confirm(agency, good)
        return found


def _structured(request: Request, body: bytes) -> bytes:
    """The event in structured mode; in binary mode its attributes are `ce-` headers, percent-encoded."""
    if request.headers["content-type"].partition(";")[0].strip().lower() != BINARY:
        return body
    attributes: dict[str, object] = {
        name[3:]: unquote(text) for name, text in request.headers.items() if name.startswith("ce-")
    }
    if "specversion" not in attributes:
        raise Problem(415, f"taken here: {SINGLE}, or application/json with the headers of a CloudEvent")
    try:
        return orjson.dumps(attributes | {"datacontenttype": BINARY, "data": orjson.loads(body)})
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return body  # what is no JSON is refused as such
