"""/metrics, /live and /ready: alive means "the loop turned lately", ready means "its last turn succeeded"."""

from __future__ import annotations

from models.service import health
from models.service.health import Pulse, Reason
from models.service.server import Server

LIVE_SECONDS = 120.0
READY_SECONDS = 60.0


class Health:
    """What the loop says of itself; read by the endpoints from another thread."""

    def __init__(self) -> None:
        self._pulse = Pulse(LIVE_SECONDS, first=Reason.NO_TURN)

    def turned(self, failed: Reason | None) -> None:
        """A turn has ended: well, or not, and by what."""
        self._pulse.turned(failed)

    def live(self) -> Reason | None:
        """Whether the loop still turns; when not, restart the process."""
        return self._pulse.live()

    def ready(self) -> Reason | None:
        """Whether the last turn succeeded, and lately."""
        late = Reason.STUCK if self._pulse.since > READY_SECONDS else None
        return self._pulse.ready() or late


def serve(sink: Health, host: str, port: int) -> Server | None:
    """Serve the three endpoints from a daemon thread; the caller closes the server. Port 0 serves nothing.

    Raises `models.service.server.PortTaken`.
    """
    return health.serve(sink.live, sink.ready, host, port)
