"""Works out what pages need before anybody asks: training needs and effects of every board, on a thread of its own.

It looks every few seconds whether a release was approved, withdrawn or replaced, by whichever process, or the register
changed. Pages do not wait for it: whoever asks first has it worked out then. What it keeps is found by what it rests on
(`dashboards.queries.conclusions`), so nothing is ever shown that is out of date.
"""

from __future__ import annotations

import gc
import logging
import threading
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dashboards.queries.conclusions import of_board
from dashboards.queries.documents import documents
from dashboards.registry import RegisterReader
from models.register import Register
from models.service.faults import where
from models.store import ReleaseStateRow, SchemaState, schema_state

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Seen(NamedTuple):
    """What has to differ before anything is worked out again."""

    releases: tuple[tuple[str, int, datetime], ...]
    """Each state, how many releases are in it, and since when the newest is."""
    register: Register


class Upkeep:
    """Prepares repeatedly once it is started, on a daemon thread, until stopped."""

    def __init__(self, engine: Engine, registry: RegisterReader) -> None:
        self._engine, self._registry = engine, registry
        self._seen: Seen | None = None
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="upkeep", daemon=True).start()

    def look(self) -> bool:
        """Prepare if anything changed since the last time; whether it did."""
        if schema_state(self._engine) is not SchemaState.CURRENT:
            return False
        register = self._registry.current()
        with self._engine.connect() as connection:
            row = ReleaseStateRow
            states = connection.execute(select(row.state, func.count(), func.max(row.since)).group_by(row.state))
            seen = Seen(tuple(sorted((state, many, since) for state, many, since in states)), register)
        if seen == self._seen:
            return False
        for board in register.boards:
            if self._stop.is_set():
                return False
            # A connection for each board, so that no transaction stays open while others are worked out.
            with self._engine.connect() as connection:
                of_board(documents(connection, board.code), register, board)
        self._seen = seen
        return True

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self.look():
                    # What is kept for pages has no circles, so that nothing need look through it again and again: a
                    # look at all of it takes longer than two pages.
                    gc.collect()
                    gc.freeze()
            except (DBAPIError, PoolTimeout):
                pass  # the health port says so, and pages say what to do
            except Exception as error:
                log.error("pages could not be prepared (%s)", where(error))
            self._stop.wait(LOOK_SECONDS)
