"""Lines of a page."""

from __future__ import annotations

import textwrap


def wrapped(text: str) -> list[str]:
    """A paragraph in lines of at most 118 characters."""
    return textwrap.wrap(" ".join(text.split()), 118, break_long_words=False, break_on_hyphens=False)
