"""How the sink is: alive means that its loop turned lately, ready that its last turn succeeded."""

from __future__ import annotations

from models.service.health import Pulse, Reason

LIVE_SECONDS = 120.0
READY_SECONDS = 60.0


def sink_pulse() -> Pulse:
    """What the sink's loop says of itself, for `models.service.health.serve`."""
    return Pulse(LIVE_SECONDS, ready_seconds=READY_SECONDS, first=Reason.NO_TURN)
