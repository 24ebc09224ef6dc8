"""One line a message, UTC, no values: what is logged are names of ours, coordinates and rules."""

from __future__ import annotations

import logging
import logging.config
import time


class _Utc(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def formatException(self, ei: object) -> str:
        """A traceback on the same line, so that a log stays one line a message."""
        return super().formatException(ei).replace("\n", " | ")  # type: ignore[arg-type]

    def format(self, record: logging.LogRecord) -> str:
        """The message, with any line break taken out."""
        return super().format(record).replace("\n", " | ")


def configure(level: str = "INFO") -> None:
    """Log to standard error; kafka-python's own chatter only from warnings up."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": _Utc,
                    "format": "%(asctime)sZ %(levelname)s %(name)s %(message)s",
                    "datefmt": "%Y-%m-%dT%H:%M:%S",
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": level, "handlers": ["stderr"]},
            "loggers": {"kafka": {"level": "ERROR"}, "alembic": {"level": "WARNING"}},
        }
    )
