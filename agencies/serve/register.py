"""The register in force, read again when its directory or the day has changed."""

from __future__ import annotations

import logging
import threading
from datetime import date
from pathlib import Path

from models.register import Register, RegisterError, load_register
from models.service import clock

log = logging.getLogger("agencies.serve")

Stamp = tuple[date, tuple[tuple[str, int], ...]]


class CurrentRegister:
    """Call it for the register; the one before stays when a new one cannot be used, and the log says so."""

    def __init__(self, directory: Path) -> None:
        """Raises `RegisterError` when there is none to begin with."""
        self._directory = directory
        self._lock = threading.Lock()
        self._stamp = self._now()
        self._register = load_register(directory, clock.today())

    def _now(self) -> Stamp:
        files = self._directory.glob("register-*.y*ml") if self._directory.is_dir() else ()
        return clock.today(), tuple(sorted((path.name, path.stat().st_mtime_ns) for path in files))

    def __call__(self) -> Register:
        """The register in force today."""
        with self._lock:
            stamp = self._now()
            if stamp != self._stamp:
                self._stamp = stamp
                try:
                    self._register = load_register(self._directory, stamp[0])
                except RegisterError as error:
                    # A person's file, no event: its text may be logged.
                    log.error("the register cannot be used; the earlier one stays in force: %s", error)
            return self._register
