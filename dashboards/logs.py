"""One line a message, UTC, no values: what is logged are names of ours, coordinates and rules."""

from __future__ import annotations

import logging
import logging.config
import time

from models.service.faults import Placed, log_uncaught


class _Utc(Placed):
    converter = staticmethod(time.gmtime)


def configure(level: str = "INFO") -> None:
    """Log to standard error; no access log, it would hold who read what."""
    log_uncaught(logging.getLogger("dashboards"))
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
            "loggers": {"uvicorn": {"level": "WARNING"}, "alembic": {"level": "WARNING"}},
        }
    )
