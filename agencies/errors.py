"""The agency's errors as one tree: its three bases say what becomes of each.

An `AgencyError` ends a command with its message, or a request of the HTTP intake with an answer in our own words. A
`RowError` refuses one row, by its rule. A `RequestError` ends one HTTP request.
"""

from __future__ import annotations

from models.service.errors import ForeseenError


class AgencyError(ForeseenError):
    """What the command was asked for could not be done; the message says what to do next."""


class RowError(Exception):
    """A cell or a row that cannot be read; `rule` says why, and nothing of what it holds."""

    def __init__(self, rule: str = "") -> None:
        """`rule` is one of docs/rules.md, or a part of one that the caller completes."""
        super().__init__(rule)
        self.rule = rule


class RequestError(Exception):
    """An HTTP request that cannot be taken as it is; the front says so with a status, and nothing of what was sent."""
