"""Whether the log holds: its chain of hashes, and that the tables say what it says. Heavy, so one at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine

from dashboards.life.verify import LogVerdict, verify
from models.service import clock

STANDS_SECONDS = 60.0
"""For so long a check stands for those who ask after it."""


@dataclass(frozen=True)
class Check:
    """A check of the log, and when it was made."""

    at: datetime
    verdict: LogVerdict


class Chain:
    """Checks the log of one database."""

    def __init__(self, engine: Engine, kept_days: int) -> None:
        """`kept_days`: for how long rows have to be kept."""
        self._engine, self._kept_days, self._lock = engine, kept_days, Lock()
        self._last: tuple[float, Check] | None = None

    def check(self) -> Check:
        """The check made within the last minute, or a new one."""
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] > STANDS_SECONDS:
                with self._engine.connect() as connection:
                    made = Check(clock.now(), verify(connection, kept_days=self._kept_days))
                self._last = (time.monotonic(), made)
            return self._last[1]
