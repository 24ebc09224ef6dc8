"""/metrics, /live and /ready of the HTTP intake, on a port of their own."""

from __future__ import annotations

from agencies.serve import metrics
from models.service import health
from models.service.health import Reason
from models.service.server import Server

ALIVE_WITHIN = 30.0
"""Seconds since the event loop last turned, after which the process counts as stuck."""


class Pulse(health.Pulse):
    """When the event loop last turned, and whether requests are taken."""

    def __init__(self) -> None:
        super().__init__(ALIVE_WITHIN)

    def turned(self, reason: Reason | None) -> None:
        """The loop turned; `reason`: no broker can be reached, or somebody asked us to stop."""
        super().turned(reason)
        metrics.READY.set(0 if reason else 1)


def serve(pulse: Pulse, host: str, port: int) -> Server | None:
    """Serve from a daemon thread; the caller closes the server. Port 0 serves nothing.

    Raises `models.service.server.PortTaken`.
    """
    return health.serve(pulse.live, pulse.ready, host, port)
