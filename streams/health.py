"""How a stream process is: alive means that its loop turned lately, ready what the loop says of itself."""

from __future__ import annotations

import time

from models.service.health import Pulse, Reason
from streams import metrics

ALIVE_WITHIN = 60.0
"""Seconds since the loop last turned, after which the process counts as stuck."""


def _show(reason: Reason | None) -> None:
    metrics.LAST_TURN.set(time.time())
    metrics.READY.set(0 if reason else 1)


PULSE = Pulse(ALIVE_WITHIN, starts_live=False, show=_show)
"""Of this process: it has one loop."""
turned = PULSE.turned
