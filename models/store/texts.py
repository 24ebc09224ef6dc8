"""Free text that people write: 280 characters at most, and nothing that looks like an identifier."""

from __future__ import annotations

from models.operations.remedies import reason_rule
from models.service.errors import ForeseenError

LONGEST = 280


class TextRefused(ForeseenError):
    """A text that may not be kept; the message holds nothing of it."""


def check_text(text: str) -> None:
    """Raise `TextRefused` for a text that is too long or may name someone."""
    if len(text) > LONGEST:
        raise TextRefused(f"the text is longer than {LONGEST} characters: it has {len(text)}")
    if (rule := reason_rule(text)) is not None:
        raise TextRefused(f"the text may name someone: {rule}")
