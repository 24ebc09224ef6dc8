"""What is told of an error that nobody foresaw: its type and the place in the program, never its text.

The text of an exception may quote what was being handled: a row, a body, a parameter of a statement. Every service logs
with `FaultFormatter`, so that a traceback comes out as type and place whoever logs it: a library, asyncio, the web
server.
"""

from __future__ import annotations

import copy
import logging
import os
import sys
import threading
import traceback
from types import TracebackType

FRAMES = 6
OURS = frozenset({"models", "agencies", "analysis", "streams", "consumers", "dashboards"})
"""Loggers that put no exception into a message but those whose text is written to be read."""


def where(error: BaseException) -> str:
    """`KeyError at fold.py:12 take < app.py:80 work`: the innermost frame first, files without their folders."""
    return _told(type(error), error.__traceback__)


class FaultFormatter(logging.Formatter):
    """A formatter that writes a traceback as type and place, and each message on one line."""

    def formatException(self, ei: object) -> str:
        """Type and place of what is being logged."""
        kind, _, trace = ei if isinstance(ei, tuple) else (None, None, None)
        return "an error" if kind is None else _told(kind, trace)

    def format(self, record: logging.LogRecord) -> str:
        """The message, with any line break taken out; of an exception that a library puts into one, its type."""
        record = copy.copy(record)
        # What another handler made of the traceback before, with its text.
        record.exc_text = None
        if isinstance(record.args, tuple) and record.name.partition(".")[0] not in OURS:
            record.args = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in record.args)
        return super().format(record).replace("\n", " | ")


def log_uncaught(log: logging.Logger) -> None:
    """Have what ends the process or a thread logged like that, instead of printed with its text."""

    def ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("ended by %s", _told(kind, trace))

    def thread_ended(told: threading.ExceptHookArgs) -> None:
        if told.exc_type is not SystemExit:
            log.critical("a thread ended by %s", _told(told.exc_type, told.exc_traceback))

    sys.excepthook = ended
    threading.excepthook = thread_ended


def _told(kind: type[BaseException], trace: TracebackType | None) -> str:
    frames = reversed(traceback.extract_tb(trace)[-FRAMES:])
    places = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{kind.__name__} at {places}"
