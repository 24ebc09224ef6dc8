"""What an intruder without keys can try on a token: every identifier he can list, hashed in every usual way.

Nothing here is imported from the code under attack but its message format, which is public.
"""

from __future__ import annotations

import ast
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SOURCES = ("models", "agencies", "analysis", "streams", "consumers", "dashboards", "demo", "tests")
PLAIN = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def digest_of(token: str) -> bytes:
    """The 20 bytes that a token spells."""
    return bytes.fromhex(token[-40:].translate(str.maketrans("abcdefghijklmnop", "0123456789abcdef")))


def messages(kind: str, identifier: str) -> Iterator[bytes]:
    """What might have been hashed: the identifier alone, with its kind, and as the public format has it."""
    yield identifier.encode()
    yield f"{kind}\x1f{identifier}".encode()
    yield f"ypsem/link/v1\x1f{kind}\x1f{identifier}".encode()


class Found:
    """The tokens under attack; `hit` says whether a digest begins or ends like one of them."""

    def __init__(self, tokens: Iterable[str]) -> None:
        whole = {digest_of(token) for token in tokens}
        # 16 bytes suffice to know a token again: that is all md5 gives.
        self._heads = {digest[:16] for digest in whole}
        self._tails = {digest[-16:] for digest in whole}

    def hit(self, digest: bytes) -> bool:
        """Whether this digest made one of the tokens."""
        return digest[:16] in self._heads or digest[-16:] in self._tails or digest[4:20] in self._tails


def unsalted(tokens: Iterable[str], dictionary: Iterable[tuple[str, str]]) -> int:
    """Tokens hit by plain hashes of (kind, identifier) pairs."""
    found, hits = Found(tokens), 0
    for kind, identifier in dictionary:
        for message in messages(kind, identifier):
            hits += sum(found.hit(hashlib.new(name, message).digest()) for name in PLAIN)
    return hits


def keyed(tokens: Iterable[str], dictionary: Iterable[tuple[str, str]], keys: Iterable[bytes]) -> int:
    """Tokens hit with these keys, as they are and derived, by HMAC, keyed BLAKE2 and salted hashes."""
    found, hits = Found(tokens), 0
    tried = [message for kind, identifier in dictionary for message in messages(kind, identifier)]
    for key in keys:
        derived = [hmac.digest(hmac.digest(bytes(32), key, "sha256"), info + b"\x01", "sha256") for info in INFOS]
        for message in tried:
            digests = [hmac.digest(one, message, "sha256") for one in (key, *derived)]
            digests += [
                hmac.digest(key, message, "sha1"),
                hmac.digest(key, message, "md5"),
                hashlib.blake2b(message, key=key[:64], digest_size=20).digest(),
                hashlib.blake2b(message, key=key[:64]).digest(),
                hashlib.sha256(key + message).digest(),
                hashlib.sha256(message + key).digest(),
            ]
            hits += sum(map(found.hit, digests))
    return hits


INFOS = (b"1|link|v1", b"1|local|v1")


def constants_of_the_repository() -> set[bytes]:
    """Every string and bytes constant of the source, and every scalar of its configuration."""
    found: set[bytes] = set()
    for package in SOURCES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                    text = node.value
                    found.add(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    for path in (*ROOT.glob("*.y*ml"), *(ROOT / "demo" / "register").glob("*.yaml")):
        found |= {str(value).encode() for value in _scalars(yaml.safe_load(path.read_text("utf-8")))}
    # A repeated letter is how examples and tests write a key of 32 bytes.
    found |= {one * 32 for one in found if len(one) == 1}
    return {one for one in found if one}


def _scalars(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _scalars(value)
    elif isinstance(node, list):
        for value in node:
            yield from _scalars(value)
    elif node is not None:
        yield node


def nhs_numbers(first_nine: int, count: int) -> Iterator[str]:
    """The valid NHS numbers whose first nine digits lie in a slice of `count`."""
    for nine in range(first_nine, first_nine + count):
        text = f"{nine:09d}"
        check = -sum(int(digit) * weight for digit, weight in zip(text, range(10, 1, -1), strict=True)) % 11
        if check < 10:
            yield f"{text}{check}"


def upns(authority: int, establishments: Iterable[int], years: Iterable[int], serials: Iterable[int]) -> Iterator[str]:
    """Every UPN of these schools of one authority."""
    years, serials = list(years), list(serials)
    for school in establishments:
        for year in years:
            for serial in serials:
                digits = f"{authority:03d}{school:04d}{year:02d}{serial:03d}"
                total = sum(int(digit) * weight for digit, weight in zip(digits, range(2, 14), strict=True))
                yield UPN_LETTERS[total % 23] + digits
