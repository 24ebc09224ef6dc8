"""Keys, event ids and child tokens, with the standard library alone. README.md beside says the same in words."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from pathlib import Path

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def letters(digest: bytes) -> str:
    """The first 20 bytes, each half byte as a letter a to p."""
    return digest[:20].hex().translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def keyed(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA-256 of the parts, joined by the byte 0x1F."""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).digest()


def derive(secret: bytes, info: str) -> bytes:
    """HKDF-SHA-256 without salt, one block."""
    extracted = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(extracted, info.encode() + b"\x01", hashlib.sha256).digest()


def read_key(file: Path, info: str) -> bytes:
    """The key derived from a key file: `ypsem-key v1 <purpose> <epoch> <64 hex digits>`."""
    return derive(bytes.fromhex(file.read_text("ascii").split()[4]), info)


class Ids:
    """Makes ids and tokens from the key files of a folder."""

    def __init__(self, folder: Path, epoch: int = 1) -> None:
        self.epoch = epoch
        self._event_id = read_key(folder / "event-id.key", "0|event-id|v1")
        self._link = read_key(folder / f"link-{epoch}.key", f"{epoch}|link|v1")
        self._local = read_key(folder / "local.key", f"{epoch}|local|v1")

    def event_id(self, board: str, source_type: str, record: str) -> str:
        """The same record gives the same id, for ever."""
        return letters(keyed(self._event_id, "ypsem/event/v1", board, source_type, record))

    def token(self, kind: str, *given: str) -> str | None:
        """The token of an identifier, or None where it is not fit for linking."""
        text = NORMALISE[kind](*given)
        key = self._local if kind == "local" else self._link
        return None if text is None else "lt_" + letters(keyed(key, "ypsem/link/v1", kind, text))

    def tokens(self, identifiers: dict[str, tuple[str, ...]]) -> list[dict[str, object]]:
        """The `tokens` of an event."""
        found = ((kind, self.token(kind, *given)) for kind, given in identifiers.items())
        return [{"kind": kind, "epoch": self.epoch, "token": token} for kind, token in found if token]


def nhs_number(text: str) -> str | None:
    """Ten digits that pass modulus 11. Outside of synthetic data also refuse those from 999."""
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits) or len(set(digits)) == 1:
        return None
    if sum((10 - place) * int(digit) for place, digit in enumerate(digits[:9])) % 11 != (11 - int(digits[9])) % 11:
        return None
    if "320" <= digits[:3] <= "399":
        return "hc:" + digits
    return ("chi:" if "01" <= digits[:2] <= "31" and "01" <= digits[2:4] <= "12" else "") + digits


def upn(text: str) -> str | None:
    """A permanent UPN: a check letter and twelve digits. Outside of synthetic data also refuse authority 999."""
    upper = text.strip().upper()
    if not re.fullmatch(r"[A-HJ-NP-RT-Z][0-9]{12}", upper):
        return None
    check = sum(weight * int(digit) for weight, digit in enumerate(upper[1:], 2)) % 23
    return upper if UPN_LETTERS[check] == upper[0] else None


def demographic(surname: str, first_name: str, born: str, sex: str) -> str | None:
    """`surname|first initial|date of birth|sex`."""
    family, given = (
        re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).casefold()) for name in (surname, first_name)
    )
    return f"{family}|{given[0]}|{born}|{sex}" if family and given and sex in ("F", "M") else None


def local_id(text: str) -> str | None:
    """The agency's own person id."""
    return " ".join(text.upper().split()) or None


NORMALISE = {"nhs": nhs_number, "upn": upn, "demog": demographic, "local": local_id}
