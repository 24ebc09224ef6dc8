"""The central intake: tokenised canonical events only, one or many, answered 202 once the broker has all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agencies.serve import metrics, modes
from agencies.serve.answers import ProblemAnswer, outcomes, refusals, warnings
from agencies.serve.events import Checker, EventOutcome, UnknownAgency
from agencies.serve.front import Front
from agencies.serve.publisher import NotPublished, Publisher
from models.contract.refusals import Refusal
from models.register import Register
from models.service import clock

SINGLE, BINARY = modes.SINGLE, modes.BINARY
BATCHES = (modes.LINES, modes.BATCH)
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
            self._front.route("/v1/events:batch", self._batch, BATCHES, limits.body),
        ]

    async def _single(self, request: Request, agency: str, body: bytes) -> Response:
        if not body.strip():
            raise ProblemAnswer(400, "there is no event in the body")
        binary = modes.media(request.headers).partition(";")[0].strip().lower() == BINARY
        if binary:
            found = modes.attributes(request.headers.items())
            if "specversion" not in found:
                raise ProblemAnswer(415, f"accepted here: {SINGLE}, or {BINARY} with the headers of a CloudEvent")
            body = modes.binary(found, body)
        (one,) = await self._take(agency, [body], modes.warnings(request.headers, binary))
        if one.queued is None:
            too_much = any(refusal.rule in OVER_LIMIT for refusal in one.refusals)
            raise ProblemAnswer(413 if too_much else 422, refusals=refusals(one.refusals))
        return JSONResponse({"status": "accepted", "request_id": request.state.request_id} | warnings(one), 202)

    async def _batch(self, request: Request, agency: str, body: bytes) -> Response:
        limit = self._front.limits.lines
        if modes.media(request.headers).partition(";")[0].strip().lower() == modes.BATCH:
            try:
                events = await anyio.to_thread.run_sync(modes.batch, body, limit, limiter=self._threads)
            except modes.NotABatch:
                raise ProblemAnswer(400, "the body is not a JSON array of events") from None
        else:
            events = body.split(b"\n")
            if not events[-1].strip():
                events.pop()
        if len(events) > limit:
            raise ProblemAnswer(413, f"a batch may have {limit} events")
        # A header is the request's: what it looks like is said of the first event, once.
        found = await self._take(agency, events, modes.warnings(request.headers, binary_mode=False))
        if not found:
            raise ProblemAnswer(400, "there is no event in the body")
        if all(one.queued is None for one in found):
            raise ProblemAnswer(422, outcomes=outcomes(found))
        return JSONResponse({"outcomes": outcomes(found), "request_id": request.state.request_id}, 202)

    async def _take(self, agency: str, events: list[bytes], beside: tuple[Refusal, ...]) -> list[EventOutcome]:
        """Check, send, wait for the broker. In a thread: checking is work, and the broker may be slow."""
        try:
            # Not abandoned when the client goes away: what is being sent is sent, and its slot stays taken.
            return await anyio.to_thread.run_sync(self._work, agency, events, beside, limiter=self._threads)
        except UnknownAgency:
            raise ProblemAnswer(403) from None
        except NotPublished as reason:
            raise ProblemAnswer(503, log=str(reason)) from None

    def _work(self, agency: str, events: list[bytes], beside: tuple[Refusal, ...]) -> list[EventOutcome]:
        found = Checker(agency, self._register(), clock.today(), clock.now()).check(events)
        taken = next((place for place, one in enumerate(found) if one.queued is not None), None)
        if taken is not None and beside:
            found[taken] = replace(found[taken], warnings=found[taken].warnings + beside)
        for one in found:
            for refusal in one.refusals:
                metrics.REFUSED.labels(refusal.rule).inc()
        if good := [one.queued for one in found if one.queued is not None]:
            self._publisher.confirm(agency, good)
        for one in found:
            for warning in one.warnings:
                metrics.WARNED.labels(warning.rule).inc()
        return found
