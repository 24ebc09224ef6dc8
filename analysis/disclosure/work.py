"""A bound on the gate's work that is the same on every machine: simplex iterations, not seconds.

The same candidate beside the same archive is released or refused everywhere alike, however fast or busy the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

ITERATIONS = 3_000_000
"""What one gate may take. The most that was measured is a tenth; one iteration takes a quarter to one millisecond."""


class OutOfWork(RuntimeError):
    """More work than was allowed."""


@dataclass(slots=True)
class Work:
    """What is left of an allowance."""

    left: int = ITERATIONS

    @contextmanager
    def limited(self) -> Iterator[Work]:
        """Everything solved inside counts; raises `OutOfWork` there when nothing is left."""
        token = _ALLOWED.set(self)
        try:
            yield self
        finally:
            _ALLOWED.reset(token)


_ALLOWED: ContextVar[Work | None] = ContextVar("allowed", default=None)


def spend(iterations: int) -> None:
    """Take from the allowance that is in force, if one is."""
    if (allowed := _ALLOWED.get()) is not None:
        allowed.left -= iterations
        if allowed.left < 0:
            raise OutOfWork
