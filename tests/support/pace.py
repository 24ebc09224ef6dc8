"""How much longer things take now than on a free machine. Limits on waiting are multiplied by this.

A limit says when to give up, not how long something may take, so a busy machine makes only the limit longer.
"""

from __future__ import annotations

import os
import time

MOST = 12.0
"""Beyond this the machine is not busy but unusable, and waiting longer would only hide it."""
_MEASURED_SECONDS = 0.2
_measured = 1.0


def measure() -> float:
    """Work for a fifth of a second of this process's own time, and keep how much longer it took by the clock."""
    global _measured
    began, worked = time.monotonic(), time.process_time()
    while (own := time.process_time() - worked) < _MEASURED_SECONDS:
        pass
    _measured = (time.monotonic() - began) / own
    return factor()


def factor() -> float:
    """From 1, on a free machine, to `MOST`: the last measurement, or the load for each core if that is more."""
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(MOST, max(1.0, _measured, waiting))


def patience(seconds: float) -> float:
    """A limit for a free machine, made longer for this one as it is now."""
    return seconds * factor()
