"""Serves /metrics, /live and /ready on a separate port: operations' figures are not for readers of the pages.

A thread asks the database every few seconds, and may wait for it. A request for /ready or /metrics reads the result of
that thread. So a database that does not answer keeps no request waiting, and requests put no load on the database.
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
    """Return why the pages cannot read the database, or None. Also sets the metrics of releases and actions."""
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
    """Looks at the database repeatedly, on a daemon thread, until stopped; `models.service.health.serve` asks it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pulse = Pulse(LOOK_SECONDS + ANSWER_SECONDS)
        self._stop = threading.Event()
        threading.Thread(target=self._run, name="database watch", daemon=True).start()

    def live(self) -> None:
        """Always live: a process that answers here serves its pages too."""

    def ready(self) -> Reason | None:
        """What the last look returned; `NO_DATABASE` once the next look has waited too long for an answer."""
        return Reason.NO_DATABASE if self._pulse.live() else self._pulse.ready()

    def stop(self) -> None:
        """Stop looking."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._pulse.turned(self._look())
            self._stop.wait(LOOK_SECONDS)

    def _look(self) -> Reason | None:
        try:
            return look(self._engine)
        except Exception as error:  # a fault in our code: not ready, and try again
            log.error("looking at the database failed: %s", where(error))
            return Reason.NO_DATABASE
