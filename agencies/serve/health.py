"""/metrics, /live and /ready of the HTTP intake, on a port of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import REGISTRY, make_wsgi_app

from agencies.serve import metrics

ALIVE_WITHIN = 30.0
"""Seconds since the event loop last turned, after which the process counts as stuck."""


class Pulse:
    """When the event loop last turned, and whether requests are taken."""

    def __init__(self) -> None:
        self.last_turn = time.monotonic()
        self.ready = False

    def beat(self, ready: bool) -> None:
        """The loop turned; `ready` says whether the broker can be reached and nobody asked us to stop."""
        self.last_turn, self.ready = time.monotonic(), ready
        metrics.READY.set(1 if ready else 0)

    @property
    def alive(self) -> bool:
        """Whether it turned lately."""
        return time.monotonic() - self.last_turn < ALIVE_WITHIN


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """A scrape every few seconds is no news."""


def serve(pulse: Pulse, host: str, port: int) -> WSGIServer:
    """Serve from a daemon thread; the caller closes the server."""
    scrape = make_wsgi_app(REGISTRY)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return cast("Iterable[bytes]", scrape(environ, start_response))
        healthy = {"/live": pulse.alive, "/ready": pulse.ready}.get(path)
        status = "404 Not Found" if healthy is None else "200 OK" if healthy else "503 Service Unavailable"
        start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
        return [status.encode() + b"\n"]

    server = make_server(host, port, application, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
