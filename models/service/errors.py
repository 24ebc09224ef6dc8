"""The root of every service's error tree: what was foreseen, in words for the person who runs the program.

Each service has a small tree of its own (`agencies/errors.py`, `streams/errors.py`, ...) whose bases say what becomes
of an error. Whatever is not in a tree is a fault of ours: it ends the process, and is logged by type and place only.
"""

from __future__ import annotations

from typing import ClassVar

from models.service.exits import UNUSABLE


class ForeseenError(Exception):
    """Ends a command with one line, this message, and an exit code of `models.service.exits`.

    The message names a file, a setting or a rule, and says what to do next. It never holds a value of an event, a key
    or a password.
    """

    exit_code: ClassVar[int] = UNUSABLE


class SettingsError(ForeseenError, ValueError):
    """Settings that cannot be used; the message names the setting and its rule, and never its value."""
