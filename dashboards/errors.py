"""The pages' errors as one tree: its two bases say what becomes of each.

A `DashboardError` ends a command with its message. A `NotShown` is an answer of the pages that says so in words.
"""

from __future__ import annotations

from typing import ClassVar

from models.service.errors import ForeseenError
from models.service.exits import NOT_ALL


class DashboardError(ForeseenError):
    """What the command was asked for could not be done; the message says what to do next."""


class DecisionRefused(DashboardError):
    """Somebody may not decide this, or not now; the message names the rule."""

    exit_code: ClassVar[int] = NOT_ALL


class NotShown(Exception):
    """What was asked for cannot be given, and the page says so."""
