"""Hands checked events to the broker and waits for its word on every one; a broker that is away is not asked again
for a moment, nor about a topic that it refuses.

One producer for each agency, used by one request at a time: order is kept, and after a failure it is made anew.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence

from agencies.errors import AgencyError
from agencies.outbox import Queued
from agencies.publish.broker import BrokerProblem, KafkaSender
from agencies.serve import metrics
from agencies.settings import KafkaSettings
from models.service.addresses import addresses, listens

PAUSE = 2.0
"""Seconds after a failure in which requests are answered 503 without trying."""
LOOK_SECONDS = 5.0
"""Between two looks at whether a broker listens: each is a line in the log of one that expects TLS."""


class NotPublished(AgencyError):
    """The broker did not confirm every event, and any part may have arrived; the message is for the log."""


class Publisher:
    """Thread-safe; `confirm` blocks, bounded by the settings' `connect_seconds` and `delivery_seconds`."""

    def __init__(self, bootstrap: str, settings: KafkaSettings) -> None:
        self._bootstrap = bootstrap
        self._settings = settings
        self._senders: dict[str, KafkaSender] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._making = threading.Lock()
        self._not_before = 0.0
        self._not_before_of: dict[str, float] = {}
        """Agency -> when its topic may be tried again: one that is missing is no other agency's trouble."""
        self._looked: tuple[float, bool] = (0.0, False)

    def confirm(self, agency: str, events: Sequence[Queued]) -> None:
        """Return once the broker has all of them; raises `NotPublished`, and then any part may have arrived."""
        with self._making:
            lock = self._locks[agency]
        if not lock.acquire(timeout=self._settings.delivery_seconds):
            raise NotPublished("an earlier request of this agency is still waiting for the broker")
        try:
            if time.monotonic() < self._not_before:
                raise NotPublished("the broker was away a moment ago")
            if time.monotonic() < self._not_before_of.get(agency, 0.0):
                raise NotPublished("the broker refused this agency's topic a moment ago")
            with metrics.CONFIRM_SECONDS.time():
                self._send(agency, events)
        except NotPublished:
            metrics.UNCONFIRMED.inc()
            raise
        finally:
            lock.release()

    def _send(self, agency: str, events: Sequence[Queued]) -> None:
        try:
            sender = self._senders.get(agency)
            if sender is None:
                sender = self._senders[agency] = KafkaSender(self._bootstrap, agency, self._settings)
            sent, problem = sender.send(events)
            if problem is None and len(sent) != len(events):
                problem = BrokerProblem("not every event was confirmed")
        except BrokerProblem as found:
            problem = found
        if problem is not None:
            if problem.one_topic:
                self._not_before_of[agency] = time.monotonic() + PAUSE
            else:
                self._not_before = time.monotonic() + PAUSE
            self._forget(agency)
            raise NotPublished(str(problem))

    def _forget(self, agency: str) -> None:
        sender = self._senders.pop(agency, None)
        if sender is not None:
            sender.__exit__()

    def reachable(self) -> bool:
        """Whether a broker accepts connections, and none has failed a request this moment; looked at now and then."""
        at, found = self._looked
        if not at or time.monotonic() - at > LOOK_SECONDS:
            found = any(map(listens, addresses(self._bootstrap)))
            self._looked = time.monotonic(), found
        return found and time.monotonic() >= self._not_before

    def close(self) -> None:
        """Close every producer; what was confirmed is confirmed."""
        for agency in list(self._senders):
            self._forget(agency)
