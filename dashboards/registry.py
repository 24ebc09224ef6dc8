"""Reads the register for the pages, and reads it again when a file changes or a new one comes into force."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

from models.register import Register, RegisterError, load_register
from models.service import clock

log = logging.getLogger(__name__)

_Stamp = tuple[date, tuple[tuple[str, int], ...]]


class RegisterReader:
    """Reads the register on construction (raises `RegisterError`). If a later file is broken, it keeps the last one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stamp = self._now()
        self._register = load_register(directory, clock.today())

    @property
    def directory(self) -> Path:
        """Where it is read from."""
        return self._directory

    def current(self) -> Register:
        """The register in force today."""
        stamp = self._now()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._register = load_register(self._directory, clock.today())
            except RegisterError:
                log.error("the register on disk cannot be read; the pages keep using the previous one")
        return self._register

    def at(self, version: date) -> Register:
        """The register that a release was built with, or the current one if that file is gone."""
        try:
            return load_register(self._directory, version)
        except RegisterError:
            return self.current()

    def _now(self) -> _Stamp:
        try:
            files = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in self._directory.iterdir()))
        except OSError:
            files = ()
        return clock.today(), files
