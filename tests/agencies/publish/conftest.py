"""What a broker that is away leaves behind is cleared up within the test that caused it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _forgotten_sockets_are_collected_here() -> Iterator[None]:
    """kafka-python forgets a socket that was still connecting.

    tests/conftest.py lets that warning pass within a test, but not when the collector runs after the last one.
    """
    yield
    gc.collect()
