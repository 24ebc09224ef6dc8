"""Canaries: one made-up identifier of each kind, every form in which it could turn up, and who may hold what.

docs/protection.md: `lt` tokens in outboxes and raw topics; `ct` tokens only in the accepted topic, the ledger and its
changelog; a raw identifier nowhere but in a raw topic it was injected into.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from models.contract import topics

CANARIES: dict[str, str] = {
    "nhs": "999 000 0018",
    "upn": "K999400123001",
    "surname": "Kanarienvogel",
    "first-name": "Testamunda",
    "name": "Testamunda Kanarienvogel",
    "birth": "13/07/2011",
    "birth-iso": "2011-07-13",
    "local": "KANARIE-7731-XQ",
    "record": "ZEISIG-88121-Q",
    "nino": "QQ 12 34 56 C",
    "postcode": "EG19 7TT",
    "phone": "07700 900371",
    "email": "zeisig.kanarie@example.org",
    "pnc": "2003/0062845E",
    "prose": "seen by the duck pond with Zeisig",
}
"""Kind -> a text that occurs nowhere else. Synthetic: test-range NHS number, telephone number of Ofcom's for drama."""

UNDETECTABLE = frozenset({"surname", "first-name"})
"""One word looks like a code: only the closed schema keeps a name out, and what it does not cover goes no further."""

LINK, CHILD = re.compile(rb"lt_[a-p]{40}"), re.compile(rb"ct_[a-p]{40}")


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found where; of a canary its kind and form, never more."""

    surface: str
    thing: str
    form: str


def forms(text: str) -> dict[str, set[bytes]]:
    """Form -> spellings of a canary: as it is, without its spaces and signs, encoded and hashed."""
    plain = {text, text.replace(" ", ""), re.sub(r"[^0-9A-Za-z]", "", text)}
    cases = {one for spelling in plain for one in (spelling, spelling.upper(), spelling.lower())}
    raw = {one.encode() for one in cases}
    return {
        "raw": raw,
        "base64": {b64 for one in raw for b64 in _base64(one)},
        "hex": {one.hex().encode() for one in raw} | {one.hex().upper().encode() for one in raw},
        "url": {quoted(one).encode() for one in cases for quoted in (quote, quote_plus)} - raw,
        "json": {re.sub(r"/", r"\\/", one).encode() for one in cases} - raw,
        "digest": {digest for one in raw for digest in _digests(one)},
    }


def _base64(raw: bytes) -> Iterator[bytes]:
    """The characters that do not depend on what stands before or behind, for each of the three ways to be aligned."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        sure = text[-(-shift * 4 // 3) : len(text) - (4 if (shift + len(raw)) % 3 else 0)]
        if len(sure) >= 8:
            yield sure
            yield sure.translate(bytes.maketrans(b"+/", b"-_"))


def _digests(raw: bytes) -> Iterator[bytes]:
    for name in ("md5", "sha1", "sha256", "blake2b"):
        digest = hashlib.new(name, raw).digest()
        letters = digest[:20].hex().translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))
        yield from (digest[:16], digest.hex()[:32].encode(), digest.hex()[:32].upper().encode(), letters[:32].encode())


def scan(surfaces: Mapping[str, bytes], canaries: Mapping[str, str] = CANARIES) -> list[Hit]:
    """Everything found anywhere: canaries in all their forms, and tokens of both stages."""
    spelled = [(kind, form, sorted(ways)) for kind, text in canaries.items() for form, ways in forms(text).items()]
    found: list[Hit] = []
    for surface, content in surfaces.items():
        found += [Hit(surface, kind, form) for kind, form, ways in spelled if any(way in content for way in ways)]
        found += [Hit(surface, name, "token") for name, form in (("lt", LINK), ("ct", CHILD)) if form.search(content)]
    return found


def allowed(hit: Hit) -> bool:
    """Whether docs/protection.md allows it there; surfaces are named `topic:<name>`, `outbox:…`, `file:…` and so on."""
    family, _, name = hit.surface.partition(":")
    raw = family == "topic" and topics.family(name) == "raw"
    if hit.thing == "lt":
        return raw or family == "outbox"
    if hit.thing == "ct":
        return family == "topic" and name in (topics.ACCEPTED, topics.LEDGER_CHANGELOG, topics.HOMES_CHANGELOG)
    return raw


def leaks(surfaces: Mapping[str, bytes]) -> list[Hit]:
    """What is where it must not be."""
    return [hit for hit in scan(surfaces) if not allowed(hit)]


def of_topic(name: str, records: Iterable[object]) -> dict[str, bytes]:
    """A topic as a surface: keys, values and headers of all records, and its name."""
    parts = [name.encode()]
    for record in records:
        parts += [getattr(record, "key", None) or b"", getattr(record, "value", None) or b""]
        for header, text in getattr(record, "headers", None) or ():
            parts += [header.encode(), text or b""]
    return {f"topic:{name}": b"\n".join(parts)}
