"""The child tokens of an event, and what is kept of those that it carries no more.

An erasure names a child by tokens, and has to reach every event that ever carried one: also one that was withdrawn
since (a withdrawal carries none), or whose NHS number was corrected. What is kept of a token for that is a digest, one
way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any


def tokens_of(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, token) of an event's child tokens."""
    return [(token["kind"], token["token"]) for token in data.get("tokens", ())]


def digest(secret: str) -> str:
    """One way, and the same for the same id or token."""
    return hashlib.sha256(b"ypsem/erased/v1\x1f" + secret.encode()).hexdigest()[:40]


def links_of(data: Mapping[str, Any]) -> set[str]:
    """Digests of an event's child tokens."""
    return {digest(token) for _, token in tokens_of(data)}
