"""/metrics, /live and /ready on a port of their own: operations' figures are not for readers of the pages.

The database is asked every few seconds by a thread that may wait for it. A request for /ready or /metrics reads what
that thread found: a database that does not answer keeps nobody waiting, and nobody's requests are more work for it.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dashboards import metrics
from dashboards.queries import newest_received, shortest_newest
from models.service import clock
from models.service.faults import where
from models.service.health import Pulse, Reason
from models.store import SchemaState, schema_state
from models.store.actions import overdue

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
ANSWER_SECONDS = 5.0
"""How long an answer may take before the database counts as silent."""


def look(engine: Engine) -> Reason | None:
    """Whether the database answers and has the tables; notes the newest release and overdue actions on the way."""
    try:
        if schema_state(engine) is not SchemaState.CURRENT:
            return Reason.NO_TABLES
        with engine.connect() as connection:
            if newest := newest_received(connection):
                metrics.NEWEST_RELEASE.set(newest.timestamp())
            if length := shortest_newest(connection):
                metrics.RELEASE_WINDOW.set(length.total_seconds())
            metrics.OVERDUE_ACTIONS.set(overdue(connection, clock.today()))
    except (DBAPIError, PoolTimeout):
        return Reason.NO_DATABASE
    return None


class Watch:
    """Looks again and again on a daemon thread, until stopped; what `models.service.health.serve` asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pulse = Pulse(LOOK_SECONDS + ANSWER_SECONDS)
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="database watch", daemon=True).start()

    def live(self) -> None:
        """Always: a process that answers here serves its pages, too."""

    def ready(self) -> Reason | None:
        """What the last look found, unless the next one has waited for an answer too long."""
        return Reason.NO_DATABASE if self._pulse.live() else self._pulse.ready()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._pulse.turned(self._look())
            self._stop.wait(LOOK_SECONDS)

    def _look(self) -> Reason | None:
        try:
            return look(self._engine)
        except Exception as error:  # a fault of ours: not ready, and looked at again
            log.error("the database cannot be looked at: %s", where(error))
            return Reason.NO_DATABASE
