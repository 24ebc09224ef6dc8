"""Which journey sends which form, so that a form without a journey is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

JOURNEYS: dict[str, str] = {}
"""Path of a route -> the journey that sends its form. A fixture sees that it did."""


def sends(path: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say of a test that it sends the form of this route, from the page to what is said of it."""

    def marked(test: Callable[P, R]) -> Callable[P, R]:
        JOURNEYS[path] = test.__name__
        test.form = path  # type: ignore[attr-defined]
        return test

    return marked
