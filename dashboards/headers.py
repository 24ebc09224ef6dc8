"""Sets the headers of every answer, errors included: nothing from other sites, no scripts, no cached copies.

A HEAD is answered like a GET, without the body.
"""

from __future__ import annotations

import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards import metrics

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""For pages that are reached over TLS: browsers then use nothing else for a year, for their name and names below it."""


class Headers:
    """Middleware that adds the headers and counts requests. It wraps the whole application, error pages included."""

    def __init__(self, app: ASGIApp, tls: bool = False) -> None:
        """`tls`: whether browsers reach the pages over TLS alone."""
        self._app = app
        self._headers = HEADERS | (TLS_ONLY if tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        bare = scope["method"] == "HEAD"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if "GET" in (allowed := headers.get("allow", "").split(", ")):
                    headers["allow"] = ", ".join(sorted({*allowed, "HEAD"}))
                metrics.REQUESTS.labels(str(message["status"])).inc()
                metrics.SECONDS.observe(time.perf_counter() - started)
            elif bare and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"} if bare else scope, receive, with_headers)
