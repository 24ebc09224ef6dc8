"""What somebody had typed when their session ended: sealed so that only their own browser can have it opened. Pure.

The key is made from the number in the session's cookie. The database holds that number's hash alone, so whoever reads
the database cannot open it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CARRIED = frozenset({"once", "seen", "confirmed"})
"""Names of what our forms carry for themselves: nobody typed it."""
TOKEN_FIELD = "form_token"  # noqa: S105 (the name of a field)
_NONCE = 12


@dataclass(frozen=True)
class Typed:
    """A form that was not sent on."""

    path: str
    """Where it goes to."""
    fields: tuple[tuple[str, str], ...]
    """Names and values in the order of the form, without the token of the session that ended."""

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a person typed or chose, under the field's name in words."""
        return [(name.replace("_", " "), value) for name, value in self.fields if value.strip() and name not in CARRIED]


def read(path: str, body: bytes) -> Typed:
    """A form from its body."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return Typed(path, tuple((name, value) for name, value in pairs if name != TOKEN_FIELD))


def seal(number: str, who: str, path: str, body: bytes) -> bytes:
    """A body that can be opened with the same number for the same person and path, and with nothing else."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key(number)).encrypt(nonce, body, _bound_to(who, path))


def unseal(number: str, who: str, path: str, sealed: bytes) -> bytes | None:
    """The body again; None if it was sealed otherwise, or altered."""
    try:
        return AESGCM(_key(number)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound_to(who, path))
    except (InvalidTag, ValueError):
        return None


def _key(number: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ypsem typed form").derive(number.encode())


def _bound_to(who: str, path: str) -> bytes:
    return f"{who}\n{path}".encode()
