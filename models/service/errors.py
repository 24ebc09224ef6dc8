"""The root of every service's error tree: foreseen errors, in words for the person who runs the program.

Each service has its own small tree (`agencies/errors.py`, `streams/errors.py`, ...) whose base classes say how an error
ends. Any other error is a fault in our code: it ends the process, and only its type and place are logged.
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
