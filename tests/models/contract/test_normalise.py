"""The shipped test vectors hold, their tokens can be had by the RFCs alone, and any text is normalised or refused."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import normalise as n
from models.contract import tokens

VECTORS = Path(n.__file__).parent / "vectors"


def vectors(name: str) -> Any:
    """One of the shipped files."""
    return json.loads((VECTORS / f"{name}.json").read_text("ascii"))


def _demographic(given: dict[str, str]) -> str:
    return n.demographic(given["surname"], given["first_name"], date.fromisoformat(given["born"]), given["sex"])


NORMALISE: dict[str, Callable[[dict[str, Any]], str]] = {
    "nhs": lambda v: n.nhs_number(v["input"], v["test_numbers"]),
    "upn": lambda v: n.upn(v["input"], v["test_numbers"]),
    "demog": lambda v: _demographic(v["input"]),
    "local": lambda v: n.local_id(v["input"]),
}
CASES = [(kind, vector) for kind in NORMALISE for vector in vectors(kind)["vectors"]]


def test_every_shipped_file_is_run() -> None:
    assert {path.stem for path in VECTORS.glob("*")} == {*NORMALISE, "tokens"}
    assert all(vectors(kind)["kind"] == kind for kind in NORMALISE)


@pytest.mark.parametrize(("kind", "vector"), CASES, ids=[f"{kind}-{i}" for i, (kind, _) in enumerate(CASES)])
def test_a_vector_holds(kind: str, vector: dict[str, Any]) -> None:
    if "normalised" in vector:
        assert NORMALISE[kind](vector) == vector["normalised"]
        return
    with pytest.raises(n.BadIdentifier) as error:
        NORMALISE[kind](vector)
    assert error.value.rule == vector["rule"]
    assert str(error.value) == vector["rule"]


def test_scotlands_and_northern_irelands_numbers_never_give_an_english_token() -> None:
    normalised = [v["normalised"] for v in vectors("nhs")["vectors"] if "normalised" in v]
    assert {value.split(":")[0] for value in normalised if ":" in value} == {"chi", "hc"}
    for value in normalised:
        scheme, _, digits = value.rpartition(":")
        if scheme:
            assert tokens.link_token(b"k" * 32, "nhs", value) != tokens.link_token(b"k" * 32, "nhs", digits)


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """RFC 2104, written out: what another client may have to write."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).digest()


def in_letters(digest: bytes) -> str:
    """40 letters a-p of the first 20 bytes, four bits each."""
    return "".join("abcdefghijklmnop"[half] for byte in digest[:20] for half in (byte >> 4, byte & 15))


def test_token_vectors_hold_and_can_be_had_without_our_code() -> None:
    shipped = vectors("tokens")
    for v in shipped["derived"]:
        secret = bytes.fromhex(v["secret"])
        extracted = hmac_sha256(bytes(32), secret)
        assert hmac_sha256(extracted, v["info"].encode() + b"\x01").hex() == v["key"]
        assert tokens.derive_key(secret, v["info"]).hex() == v["key"]
    for v in shipped["link"]:
        message = f"ypsem/link/v1\x1f{v['kind']}\x1f{v['normalised']}".encode()
        assert "lt_" + in_letters(hmac_sha256(bytes.fromhex(v["key"]), message)) == v["token"]
        assert tokens.link_token(bytes.fromhex(v["key"]), v["kind"], v["normalised"]) == v["token"]
    for v in shipped["child"]:
        message = f"ypsem/child/v1\x1f{v['kind']}\x1f{v['link']}".encode()
        assert "ct_" + in_letters(hmac.digest(bytes.fromhex(v["key"]), message, "sha256")) == v["token"]
        assert tokens.child_token(bytes.fromhex(v["key"]), v["kind"], v["link"]) == v["token"]
    for v in shipped["event_ids"]:
        message = "\x1f".join(("ypsem/event/v1", v["board"], v["source_type"], v["record_key"])).encode()
        assert in_letters(hmac_sha256(bytes.fromhex(v["key"]), message)) == v["event_id"]
        assert tokens.event_id(bytes.fromhex(v["key"]), v["board"], v["source_type"], v["record_key"]) == v["event_id"]
    assert all(shipped[name] for name in ("derived", "link", "child", "event_ids"))


def outcome(normalise: Callable[[], str]) -> str:
    """What came of it: the normalised text, or the rule in angle brackets."""
    try:
        return normalise()
    except n.BadIdentifier as error:
        return f"<{error.rule}>"


@given(st.text(max_size=20), st.booleans())
def test_any_text_is_normalised_or_refused_by_rule(text: str, test_numbers: bool) -> None:
    for normalise in (n.nhs_number, n.upn):
        found = outcome(lambda normalise=normalise: normalise(text, test_numbers))  # type: ignore[misc]
        assert re.fullmatch(r"<[a-z-]+>|((chi|hc):)?[0-9]{10}|[A-Z][0-9]{12}", found)


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_demographic_is_four_parts_whatever_a_name_holds(surname: str, first_name: str) -> None:
    found = outcome(lambda: n.demographic(surname, first_name, date(2010, 2, 1), "F"))
    assert re.fullmatch(r"<incomplete-demographics>|[a-z]+\|[a-z]\|2010-02-01\|F", found)


@given(st.text(max_size=30))
def test_local_ids_are_normal_already_once_normalised(text: str) -> None:
    once = n.local_id(text)
    assert n.local_id(once) == once
