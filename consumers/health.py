"""/metrics, /live and /ready: alive means "the loop turned lately", ready means "its last turn succeeded"."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

LIVE_SECONDS = 120.0
READY_SECONDS = 60.0


class Health:
    """What the loop says of itself; read by the endpoints from another thread."""

    def __init__(self) -> None:
        self._turned = time.monotonic()
        self._succeeded: float | None = None
        self.reason = ""
        """Why it is not ready, in words of ours, as far as that is known."""

    def turned(self, succeeded: bool, reason: str = "") -> None:
        """A turn has ended, well or not; `reason` is shown by `/ready`."""
        self.reason = reason
        self._turned = time.monotonic()
        self._succeeded = self._turned if succeeded else None

    @property
    def live(self) -> bool:
        """Whether the loop still turns; when not, restart the process."""
        return time.monotonic() - self._turned < LIVE_SECONDS

    @property
    def ready(self) -> bool:
        """Whether the last turn succeeded, and lately."""
        return self._succeeded is not None and time.monotonic() - self._succeeded < READY_SECONDS


def serve(health: Health, host: str, port: int) -> ThreadingHTTPServer:
    """Serve the three endpoints from a daemon thread; the caller closes the server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, generate_latest(), CONTENT_TYPE_LATEST)
            elif self.path in ("/live", "/ready"):
                good = health.live if self.path == "/live" else health.ready
                why = f": {health.reason}" if health.reason and self.path == "/ready" else ""
                body = "ok\n" if good else f"not yet{why}\n"
                self._answer(200 if good else 503, body.encode(), "text/plain; charset=utf-8")
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
