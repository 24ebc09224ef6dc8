"""/metrics, /live and /ready of a stream process, on the loopback interface unless told otherwise."""

from __future__ import annotations

import time

from models.service import health
from models.service.health import Pulse, Reason
from models.service.server import Server
from streams import metrics

ALIVE_WITHIN = 60.0
"""Seconds since the loop last turned, after which the process counts as stuck."""

PULSE = Pulse(ALIVE_WITHIN, starts_live=False)
"""Of this process: it has one loop."""


def turned(reason: Reason | None) -> None:
    """The loop has turned; `reason` says why the worker is not ready, if it is not."""
    metrics.LAST_TURN.set(time.time())
    metrics.READY.set(0 if reason else 1)
    PULSE.turned(reason)


def serve(port: int, host: str = "127.0.0.1") -> Server | None:
    """Serve from a daemon thread; port 0 serves nothing. Raises `models.service.server.PortTaken`."""
    return health.serve(PULSE.live, PULSE.ready, host, port)
