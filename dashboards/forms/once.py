"""What makes a form count once: the id of the row that it will write is made with the form, and sent with it."""

from __future__ import annotations

import re

from models.store.requests import new_id

_ID = re.compile(r"[a-z]{24}")


def once(given: str) -> str:
    """The id that a form came with, or a new one."""
    return given if _ID.fullmatch(given) else new_id()
