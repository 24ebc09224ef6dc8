"""Ends a process that was stopped for so long that others may have taken its partitions over (ADR 0003, 0010).

A worker that is paused (SIGSTOP, a frozen container, a suspended machine) past its session goes on, when it is let go,
with what it was about to send: rows of the ledger that another worker has folded further since. The broker would take
them, for Kafka fences no plain producer. So every request of the producer is preceded by a look at the clocks, and a
thread looks twice a second: when much time has passed and this process was given none of it, it ends at once, exit 70,
with nothing acknowledged. A process that is merely starved or busy uses its share of the processor, and goes on.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from models.service.exits import FAULT

log = logging.getLogger(__name__)

EVERY = 0.5
SHARE = 0.02
"""Of the time that has passed; a process that got less of the processor was stopped."""


def clock() -> tuple[float, float]:
    """Seconds that have passed, those of a suspended machine included, and seconds this process was given."""
    return time.clock_gettime(time.CLOCK_BOOTTIME), time.process_time()


def end_at_once() -> None:
    """Say so and end; input was not acknowledged and will be read by whoever has it now."""
    log.critical(
        "frozen: this process was stopped for half its session; another worker may have its partitions. Stopping"
    )
    logging.shutdown()
    os._exit(FAULT)


class Fence:
    """Looks whether the process was stopped for more than `seconds`."""

    def __init__(
        self,
        seconds: float,
        end: Callable[[], None] = end_at_once,
        clock: Callable[[], tuple[float, float]] = clock,
    ) -> None:
        self._seconds = seconds
        self._end = end
        self._clock = clock
        self._last = clock()

    def look(self) -> None:
        """End the process if it was stopped since the last look."""
        passed, given = (now - before for now, before in zip(self._clock(), self._last, strict=True))
        if passed > self._seconds and given < SHARE * passed:
            self._end()
        self._last = self._clock()

    def start(self) -> None:
        """Look from now on, in a thread, and as soon as the process is let go."""

        def again() -> None:
            while True:
                time.sleep(EVERY)
                self.look()

        threading.Thread(target=again, name="fence", daemon=True).start()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGCONT, lambda *_: self.look())

    def before_each_request(self, client: Any) -> None:
        """Let no request of this aiokafka client go out without a look."""
        send = client.send

        async def fenced(*args: Any, **kwargs: Any) -> Any:
            self.look()
            return await send(*args, **kwargs)

        client.send = fenced
