"""What a table keeps of a secret: its hash, so that whoever reads the table cannot present the secret."""

from __future__ import annotations

import hashlib


def hash_of(secret: str) -> str:
    """The hash under which a session's number or a token is found, as 64 hexadecimal digits.

    No salt is needed: these secrets have 256 random bits.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
