"""What a client is told: JSON with a request id, rules and paths; nothing that it sent comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import JSONResponse

from agencies.errors import RequestError
from agencies.serve.events import EventOutcome
from models.contract.refusals import Refusal

PROBLEM = "application/problem+json"
RETRY_SECONDS = 5

TITLES = {
    400: "This cannot be read as a request.",
    401: "A valid bearer credential is needed.",
    403: "The agency of this credential is not in the register.",
    404: "There is nothing here.",
    405: "This address takes another method.",
    408: "The body took too long to arrive.",
    409: "A person has to decide; nothing was published.",
    413: "Too large.",
    415: "This content type is not accepted here.",
    422: "Nothing in it can be accepted; see the refusals.",
    429: "Too many requests are under way; try again.",
    500: "A fault in the service; nothing was confirmed.",
    503: "Not everything is confirmed; send the same request again.",
}


class ProblemAnswer(RequestError):
    """Ends a request with this status.

    `detail` is a fixed sentence, which repeats nothing from the client; `log` is for the log.
    """

    def __init__(
        self, status: int, detail: str = "", headers: Mapping[str, str] | None = None, log: str = "", **more: Any
    ) -> None:
        super().__init__(status)
        self.status, self.detail, self.headers, self.more = status, detail, dict(headers or {}), more
        self.log = log
        if status in (429, 503):
            self.headers.setdefault("Retry-After", str(RETRY_SECONDS if status == 503 else 1))
        if status == 401:
            self.headers.setdefault("WWW-Authenticate", "Bearer")


def problem(found: ProblemAnswer, request_id: str) -> JSONResponse:
    """RFC 9457, without `instance`: an address may hold what should not be repeated."""
    body: dict[str, Any] = {"title": TITLES[found.status], "status": found.status, "request_id": request_id}
    if found.detail:
        body["detail"] = found.detail
    return JSONResponse(body | found.more, found.status, found.headers, media_type=PROBLEM)


def refusals(found: Iterable[Refusal]) -> list[dict[str, str]]:
    """Rule and path of each."""
    return [{"rule": rule, "path": path} for rule, path in found]


def outcomes(found: Iterable[EventOutcome]) -> list[dict[str, Any]]:
    """One entry an event."""
    return [
        {"index": one.index, "status": "refused", "refusals": refusals(one.refusals)}
        if one.queued is None
        else {"index": one.index, "status": "accepted"} | warnings(one)
        for one in found
    ]


def warnings(taken: EventOutcome) -> dict[str, Any]:
    """What to add about an event that was taken: what was dropped beside it, if anything was."""
    return {"warnings": refusals(taken.warnings)} if taken.warnings else {}
