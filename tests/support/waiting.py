"""Polling with a time limit, and unique names: tests use these instead of sleeping or sharing."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def poll_until(condition: Callable[[], T | None], timeout: float, what: str = "the condition holds") -> T:
    """Call `condition` until it returns something true, and return it; AssertionError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {timeout:.0f} s until {what}; last seen: {found!r}"
        time.sleep(0.05)


def unique(prefix: str) -> str:
    """A name that no other test uses: fit for topics, groups and agency ids."""
    return f"{prefix}-{uuid.uuid4().hex[:10]}"
