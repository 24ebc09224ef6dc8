"""Notices that another register is in force than the one a worker started with: a new file, or its day has come.

Which topics are read and what is accepted is settled at the start, so the worker stops in good order and is started
anew by its supervisor. A register that cannot be read changes nothing: work goes on under the old one, and it shows.
"""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

from models.register import Register, RegisterError, load_register
from streams import metrics

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0


def is_stale(register: Register, directory: Path, on: date) -> bool:
    """Whether the register in force that day is another one; says so once it is, or cannot be read."""
    try:
        stale = load_register(directory, on) != register
    except (RegisterError, OSError):
        log.error("register-unreadable: going on with the register of %s", register.version)
        metrics.REGISTER_STALE.set(1)
        return False
    metrics.REGISTER_STALE.set(1 if stale else 0)
    if stale:
        log.warning("register-changed: the register of %s is no longer in force; stopping", register.version)
    return stale
