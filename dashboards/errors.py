"""The pages' error tree: its two base classes say how an error ends.

A `DashboardError` ends a command with its message. A `NotShown` becomes a page that says what cannot be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models.service.errors import ForeseenError
from models.service.exits import NOT_ALL
from models.store.audit import AuditEntry


class DashboardError(ForeseenError):
    """A command could not do what it was asked to do; the message says what to do next."""


class DecisionRefused(DashboardError):
    """This person may not decide this, or not now; the message names the rule."""

    exit_code: ClassVar[int] = NOT_ALL


class Overtaken(DecisionRefused):
    """Others acted since this person looked, so nothing was done; `acts` are theirs, oldest first."""

    def __init__(self, acts: Sequence[AuditEntry]) -> None:
        super().__init__("something happened since you loaded the page, so nothing was done")
        self.acts = tuple(acts)


class DoneAlready(DecisionRefused):
    """This person did the same a moment ago: the form was sent twice, and the first time counted."""


class NotShown(Exception):
    """A page cannot show what was asked for, and says so."""
