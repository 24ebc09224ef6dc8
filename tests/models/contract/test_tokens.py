"""Tokens and key files: stable, keyed, two-staged, made of letters; keys never shown."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

import pytest

from models.contract.tokens import child_token, derive_key, event_id, letters, link_token
from models.service.keyfiles import KeyFileError, read_key, write_key


def test_derive_key_is_hkdf_of_rfc_5869_with_no_salt() -> None:
    # RFC 5869 appendix A.3: test case 3 has neither salt nor info; 32 of its 42 bytes fit our length.
    okm = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert derive_key(bytes.fromhex("0b" * 22), "").hex() == okm


def test_letters_are_a_to_p_and_keep_160_bits() -> None:
    assert letters(bytes(range(32))) == "aaabacadaeafagahaiajakalamanaoapbabbbcbd"
    assert re.fullmatch("[a-p]{40}", letters(hashlib.sha256(b"x").digest()))


def test_the_two_stages_are_hmacs_under_different_keys() -> None:
    link = link_token(b"a" * 32, "nhs", "999")
    expected = hmac.digest(b"a" * 32, b"ypsem/link/v1\x1fnhs\x1f999", "sha256")
    assert link == "lt_" + letters(expected)
    child = child_token(b"b" * 32, "nhs", link)
    assert re.fullmatch("ct_[a-p]{40}", child)
    assert child != child_token(b"c" * 32, "nhs", link)
    assert child != child_token(b"b" * 32, "upn", link)


def test_kind_epoch_and_key_each_change_a_token() -> None:
    keys = [derive_key(b"m" * 32, f"{epoch}|link|v1") for epoch in (1, 2)]
    tokens = {link_token(key, kind, "999") for key in keys for kind in ("nhs", "upn")}
    assert len(tokens) == 4


def test_event_ids_depend_on_board_source_and_record_only() -> None:
    key = b"k" * 32
    assert event_id(key, "X08000001", "t", "1") == event_id(key, "X08000001", "t", "1")
    others = [("X08000002", "t", "1"), ("X08000001", "u", "1"), ("X08000001", "t", "2")]
    assert len({event_id(key, *parts) for parts in others} | {event_id(key, "X08000001", "t", "1")}) == 4


def test_a_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "link-1.key"
    key = write_key(path, "link", 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path, "link") == key
    assert key.secret.hex() not in repr(key)
    with pytest.raises(KeyFileError, match="never overwritten"):
        write_key(path, "link", 1)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "link-1.key"
    write_key(path, "link", 1)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_key(path, "link")


def test_a_key_for_something_else_is_refused_without_being_shown(tmp_path: Path) -> None:
    path = tmp_path / "gate-1.key"
    secret = write_key(path, "gate", 1).secret.hex()
    with pytest.raises(KeyFileError, match="a key for gate") as caught:
        read_key(path, "link")
    assert secret not in str(caught.value)
    path.write_text("nonsense")
    with pytest.raises(KeyFileError, match="not a key file"):
        read_key(path, "link")
