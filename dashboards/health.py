"""/metrics, /live and /ready on a port of their own: operations' figures are not for readers of the pages."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from dashboards import metrics
from dashboards.queries import newest_received
from models.contract import clock
from models.store import SchemaState, schema_state
from models.store.actions import overdue


def ready(engine: Engine) -> bool:
    """Whether the database answers and has the tables; notes the newest release and overdue actions on the way."""
    try:
        if schema_state(engine) is not SchemaState.CURRENT:
            return False
        with engine.connect() as connection:
            if newest := newest_received(connection):
                metrics.NEWEST_RELEASE.set(newest.timestamp())
            metrics.OVERDUE_ACTIONS.set(overdue(connection, clock.today()))
    except DBAPIError:
        return False
    return True


def serve(engine: Engine, host: str, port: int) -> ThreadingHTTPServer:
    """Serve the three endpoints from a daemon thread; the caller closes the server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                ready(engine)
                self._answer(200, generate_latest(), CONTENT_TYPE_LATEST)
            elif self.path in ("/live", "/ready"):
                good = self.path == "/live" or ready(engine)
                self._answer(200 if good else 503, b"ok\n" if good else b"not yet\n", "text/plain; charset=utf-8")
            else:
                self._answer(404, b"not here\n", "text/plain; charset=utf-8")

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a scrape every few seconds is no news."""

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
