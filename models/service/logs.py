"""How every service logs: to standard error, one line a message, the same everywhere.

    2026-11-29T06:35:04.123Z WARNING consumers.sink: the broker failed (KafkaTimeoutError); trying again in 2 s

The time is UTC. An exception is its type and its place in the program (`models.service.faults`), and no line holds a
value of an event. Commands that end by themselves do not use this: they print plain messages.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping

from models.service.faults import FaultFormatter, log_uncaught

CHATTER: Mapping[str, tuple[int, str]] = {
    "aiokafka": (
        logging.WARNING,
        "its debug lines hold keys and values, and cost a tenth of the processor",
    ),
    "alembic": (logging.WARNING, "it says each step of a migration, which the sink says in one line"),
    "faust": (logging.WARNING, "it says what our own lines say, in several"),
    "kafka": (logging.WARNING, "its debug lines hold keys and values"),
    "mode": (logging.WARNING, "it says each start and stop of Faust's inner services"),
    "uvicorn": (logging.WARNING, "it says a line for every odd request"),
}
"""Library -> the lowest level that is logged, and why no lower one."""


class LogLine(FaultFormatter):
    """The form of a line."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")


def log_to_stderr(service: str, quieter: Mapping[str, int] | None = None) -> None:
    """Log as every service does; what ends the process is logged under `service`.

    `quieter` raises the level of a library above that of `CHATTER`, where the service itself says the same. If an
    embedding program has set up logging already, its handlers stay.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LogLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name, (level, _) in CHATTER.items():
        logging.getLogger(name).setLevel((quieter or {}).get(name, level))
    log_uncaught(logging.getLogger(service))
