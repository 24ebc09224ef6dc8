"""Logs an unforeseen error by its type and its place in the program, never by its text.

The text of an exception may quote what was being handled: a row, a body, a parameter of a statement. Every service logs
with `FaultFormatter`, which reduces a traceback to type and place whoever logs it: a library, asyncio, the web server.
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
"""Our own loggers. An exception in one of their messages has a text that was written to be read."""


def where(error: BaseException) -> str:
    """`KeyError at fold.py:12 take < app.py:80 work`: the innermost frame first, files without their folders."""
    return _type_and_place(type(error), error.__traceback__)


class FaultFormatter(logging.Formatter):
    """A formatter that writes a traceback as type and place, and each message on one line."""

    def formatException(self, ei: object) -> str:
        """Type and place of the exception being logged."""
        kind, _, trace = ei if isinstance(ei, tuple) else (None, None, None)
        return "an error" if kind is None else _type_and_place(kind, trace)

    def format(self, record: logging.LogRecord) -> str:
        """The message on one line. Only the type is kept of an exception that a library passes as an argument."""
        record = copy.copy(record)
        # Another handler may have stored the traceback here, with its text.
        record.exc_text = None
        if isinstance(record.args, tuple) and record.name.partition(".")[0] not in OURS:
            record.args = tuple(type(arg).__name__ if isinstance(arg, BaseException) else arg for arg in record.args)
        return super().format(record).replace("\n", " | ")


def log_uncaught(log: logging.Logger) -> None:
    """Log what ends the process or a thread by type and place, instead of printing it with its text."""

    def ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("ended by %s", _type_and_place(kind, trace))

    def thread_ended(fault: threading.ExceptHookArgs) -> None:
        if fault.exc_type is not SystemExit:
            log.critical("a thread ended by %s", _type_and_place(fault.exc_type, fault.exc_traceback))

    sys.excepthook = ended
    threading.excepthook = thread_ended


def _type_and_place(kind: type[BaseException], trace: TracebackType | None) -> str:
    frames = reversed(traceback.extract_tb(trace)[-FRAMES:])
    places = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{kind.__name__} at {places}"
