"""How the HTTP intake is: alive means that its event loop turned lately, ready that requests are taken."""

from __future__ import annotations

from agencies.serve import metrics
from models.service.health import Pulse, Reason

ALIVE_WITHIN = 30.0
"""Seconds since the event loop last turned, after which the process counts as stuck."""


def intake_pulse() -> Pulse:
    """What the event loop says of itself, for `models.service.health.serve`; the metric says the same."""
    return Pulse(ALIVE_WITHIN, show=_show)


def _show(reason: Reason | None) -> None:
    metrics.READY.set(0 if reason else 1)
