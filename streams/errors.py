"""What a piece of work can end with besides success; anything else ends the process."""

from __future__ import annotations


class Unfinished(RuntimeError):
    """The worker is stopping and the work was given up: its input must not be acknowledged, and is read again."""
