"""/metrics, /live and /ready of a stream process, on the loopback interface unless told otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, cast
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import REGISTRY, make_wsgi_app

from streams import metrics

ALIVE_WITHIN = 60.0
"""Seconds since the loop last turned, after which the process counts as stuck."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged."""


def _app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path == "/metrics":
        return cast("Iterable[bytes]", make_wsgi_app(REGISTRY)(environ, start_response))
    healthy = {
        "/live": time.time() - _value(metrics.LAST_TURN) < ALIVE_WITHIN,
        "/ready": _value(metrics.READY) == 1,
    }.get(path)
    status = "404 Not Found" if healthy is None else "200 OK" if healthy else "503 Service Unavailable"
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [status.encode() + b"\n"]


def _value(gauge: Any) -> float:
    return float(gauge.collect()[0].samples[0].value)


def serve(port: int, host: str = "127.0.0.1") -> None:
    """Serve from a daemon thread; port 0 serves nothing."""
    if port:
        server = make_server(host, port, _app, handler_class=_Quiet)
        threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
