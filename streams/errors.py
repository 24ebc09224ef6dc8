"""The stream tier's errors as one tree: its three bases say what becomes of each.

A `StreamsError` ends a command of operations with its message. A `WorkerError` ends a worker, which acknowledges
nothing. `Unfinished` ends one piece of work in a worker that is stopping anyway.
"""

from __future__ import annotations

from models.service.errors import ForeseenError


class StreamsError(ForeseenError):
    """What a command was asked for could not be done; the message says what to do next."""


class WorkerError(RuntimeError):
    """A worker that met this must end (`models.service.exits.FAULT`): what it read is not acknowledged, and read again.

    The message may be logged, for it holds no value of an event.
    """


class Unfinished(RuntimeError):
    """The worker is stopping and the work was given up: its input must not be acknowledged, and is read again."""
