"""The child tokens of an event, and the digests of tokens that it no longer carries.

An erasure names a child by tokens. It must reach every event that ever carried one of them, also if the event was
withdrawn later (a withdrawal carries no tokens) or its NHS number was corrected. For that, a one-way digest of each
former token is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any


def tokens_of(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The child tokens of an event, as (kind, token)."""
    return [(token["kind"], token["token"]) for token in data.get("tokens", ())]


def digest(secret: str) -> str:
    """A one-way digest of an id or token. The same input always gives the same digest."""
    return hashlib.sha256(b"ypsem/erased/v1\x1f" + secret.encode()).hexdigest()[:40]


def links_of(data: Mapping[str, Any]) -> set[str]:
    """The digests of an event's child tokens."""
    return {digest(token) for _, token in tokens_of(data)}
