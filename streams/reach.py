"""Whether the broker is within this process's reach: it answers, and it confirms what was sent. For /ready.

And the end of a process that was cut off for most of its session: another worker may have taken its partitions over
and folded further, and what this one still has under way, in its memory or in a socket's buffer, would be written
after that and win by being last (ADR 0003; `streams.fence` does the same for a process that was stopped). It ends
with exit code 70 before it sends anything more, and its sockets are reset, so that what they have buffered is lost.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import struct
import time
from collections.abc import Callable
from typing import Protocol

from models.service.exits import FAULT
from streams import metrics

log = logging.getLogger(__name__)

ANSWER_WITHIN = 5.0
"""Most seconds for the answer to a small request."""
CONFIRM_WITHIN = 10.0
"""Seconds that a chunk may wait to be confirmed: some fifty times what it takes."""
LOOK_EVERY = 3.0
"""Most seconds between two looks."""
SHARE = 0.75
"""Of its session that a worker may be cut off."""


class Asked(Protocol):
    """The connection that is asked: `streams.outputs.Outputs`."""

    @property
    def waiting(self) -> float:
        """Seconds that the oldest unconfirmed chunk has waited."""
        ...

    @property
    def silent(self) -> bool:
        """Whether the last question found a connection, and no answer on it."""
        ...

    async def answers(self, within: float) -> bool:
        """Whether a broker answers in time."""
        ...


def end_at_once() -> None:
    """Say so, throw away what is unsent, and end; input was not acknowledged and is read by whoever has it now."""
    log.critical(
        "cut off: no broker was in reach for most of the session; another worker may have the partitions. Stopping"
    )
    logging.shutdown()
    reset_sockets()
    os._exit(FAULT)


def reset_sockets() -> None:
    """Have every socket of this process end with a reset: without that the kernel delivers what is buffered, later."""
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else map(str, range(3, 256)):
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(name))) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Reach:
    """Asks again and again, says once when the answer changes, and ends a process that was cut off for too long."""

    def __init__(
        self,
        outputs: Asked,
        session: float,
        end: Callable[[], None] = end_at_once,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outputs = outputs
        self._limit = SHARE * session
        self._end = end
        self._clock = clock
        self._unanswered_since: float | None = None
        self._lost_at: float | None = None
        self.answer_within = min(ANSWER_WITHIN, session / 3)
        self.look_every = min(LOOK_EVERY, session / 6)
        self.good = True
        """What the last look found."""

    async def look(self) -> None:
        """Ask once; bounded by `answer_within`, raises nothing of Kafka's."""
        began = self._clock()
        answers = await self._outputs.answers(self.answer_within)
        if answers:
            self.check()
            self._unanswered_since = None
        elif self._unanswered_since is None:
            self._unanswered_since = began
        elif self._outputs.silent:
            # The connection stands and nothing comes: what was written to it may arrive whenever the line is mended.
            self.check()
        self._say(answers)

    def check(self) -> None:
        """To be called before anything is sent: end the process if it was cut off for too long."""
        if self._unanswered_since is not None and self._clock() - self._unanswered_since > self._limit:
            self._end()

    def _say(self, answers: bool) -> None:
        self.good = answers and self._outputs.waiting < CONFIRM_WITHIN
        metrics.BROKER_REACHED.set(1 if self.good else 0)
        if not self.good and self._lost_at is None:
            self._lost_at = self._clock()
            log.error("broker out of reach: %s", "it confirms nothing" if answers else "no answer")
        elif self.good and self._lost_at is not None:
            log.warning("broker within reach again after %.0f s", self._clock() - self._lost_at)
            self._lost_at = None
