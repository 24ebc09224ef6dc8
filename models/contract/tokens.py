"""Keyed tokens in two stages, and event ids (docs/protection.md#tokens-and-keys; ADR 0023).

Pure functions over keys that the caller holds: agencies hold link, local and event-id keys; only intake holds
the gate key. A plain hash would not do: all NHS numbers can be hashed in minutes.
"""

from __future__ import annotations

import hashlib
import hmac

_LETTERS = bytes.maketrans(b"0123456789abcdef", b"abcdefghijklmnop")


def letters(digest: bytes) -> str:
    """The first 160 bits of `digest` as 40 letters a-p: no digit, so no detector mistakes it for a number."""
    return digest[:20].hex().encode().translate(_LETTERS).decode()


def derive_key(master: bytes, info: str) -> bytes:
    """HKDF-SHA-256 (RFC 5869, no salt), 32 bytes; `info` binds epoch, purpose and version into the key."""
    pseudo_random = hmac.digest(bytes(32), master, hashlib.sha256)
    return hmac.digest(pseudo_random, info.encode() + b"\x01", hashlib.sha256)


def link_token(key: bytes, kind: str, normalised: str) -> str:
    """Agency stage: `lt_` token of a normalised identifier under the link key of one epoch."""
    message = b"ypsem/link/v1\x1f" + kind.encode() + b"\x1f" + normalised.encode()
    return "lt_" + letters(hmac.digest(key, message, hashlib.sha256))


def child_token(key: bytes, kind: str, link: str) -> str:
    """Intake stage: `ct_` token of an `lt_` token under the gate key; only the result goes on."""
    message = b"ypsem/child/v1\x1f" + kind.encode() + b"\x1f" + link.encode()
    return "ct_" + letters(hmac.digest(key, message, hashlib.sha256))


def event_id(key: bytes, board: str, source_type: str, record_key: str) -> str:
    """Stable, unlinkable id of a source record: the same record gives the same id, another board another."""
    message = "\x1f".join(("ypsem/event/v1", board, source_type, record_key)).encode()
    return letters(hmac.digest(key, message, hashlib.sha256))
