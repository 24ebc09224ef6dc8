"""What a browser keeps while its person is at the sign-in provider, in a cookie; and where to go on to afterwards."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass

SECONDS = 600
"""Time to sign in at the provider, second factor included."""
LONGEST_NEXT = 500


@dataclass(frozen=True)
class Attempt:
    """Three numbers that tie the provider's answer to this browser."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Attempt:
        """Three numbers of 256 bits that nobody can guess."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


def local(address: str) -> str:
    """An address of these pages to go on to after sign-in; the front page instead of any other."""
    plain = address.isascii() and address.isprintable() and len(address) <= LONGEST_NEXT
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if plain and inside and not address.startswith(("/sign-", "/signed-")) else "/"


def written(attempt: Attempt, after: str) -> str:
    """An attempt and where to go on to, as a cookie keeps it."""
    text = json.dumps([attempt.state, attempt.nonce, attempt.verifier, after], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(value: str) -> tuple[Attempt, str] | None:
    """An attempt and where to go on to, from a cookie; None if it is not one of ours."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(parts, list) or len(parts) != 4 or not all(isinstance(part, str) and part for part in parts):
        return None
    state, nonce, verifier, after = parts
    return Attempt(state, nonce, verifier), local(after)
