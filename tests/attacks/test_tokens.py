"""The dictionary attack: listing identifiers and hashing them finds no child; the attack itself does find
tokens that are made without a real key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, product
from pathlib import Path

import pytest

from agencies.keys import create_keys, load_keys, rotate_link
from agencies.mint import Minted, envelope
from models.contract.tokens import child_token, derive_key, event_id, letters, link_token
from models.service.keyfiles import write_key
from streams.intake.app import PURPOSE, gate_keys
from streams.intake.decide import Accepted, IntakeRules, decide
from tests.agencies.support import minter, row
from tests.attacks.dictionary import constants_of_the_repository, digest_of, keyed, nhs_numbers, unsalted, upns
from tests.factories import POLICE, register
from tests.test_layout import files

FIXTURES = {
    "nhs": ["9990000018", "9990000026", next(nhs_numbers(999_098_765, 2))],
    "upn": list(upns(999, [4001], [23], [1, 456])),
    "demog": ["synthetic|t|2010-02-01|F", "fabulston|s|2011-12-31|M"],
    "local": ["510001", "510777"],
}
SLICE = 100_000
DAYS = [date(2010, 1, 1) + timedelta(days=days) for days in range(0, 730)]
SURNAMES = ("synthetic", "fabulston", "ficticombe", "mockoden", "testreworth")


def dictionary() -> Iterator[tuple[str, str]]:
    """Every NHS number of a slice, every UPN of three schools, a grid of names and birthdays, every local id."""
    yield from product(["nhs"], nhs_numbers(999_000_000, SLICE))
    yield from product(["upn"], upns(999, range(4001, 4004), range(20, 25), range(1000)))
    for surname, initial, day, sex in product(SURNAMES, "st", DAYS, "FM"):
        yield "demog", f"{surname}|{initial}|{day.isoformat()}|{sex}"
    yield from product(["local"], map(str, range(510_000, 520_000)))


def made_for_real(folder: Path) -> dict[str, set[str]]:
    """`lt` and `ct` tokens and event ids as the agency and intake make them, with real random keys."""
    create_keys(folder / "agency")
    write_key(folder / "gate" / "gate-1.key", "gate", 1)
    rules = IntakeRules(register(), gate_keys(folder / "gate"), datetime(2026, 5, 11, 9, tzinfo=UTC), date(2026, 5, 11))
    by = minter(folder, keys=load_keys(folder / "agency"))
    made: dict[str, set[str]] = {"lt": set(), "ct": set(), "event": set()}
    for kind, identifiers in FIXTURES.items():
        for identifier in identifiers:
            minted = by.mint(row(key=identifier, identifiers={kind: identifier}))
            assert isinstance(minted, Minted)
            sent = envelope(POLICE, minted.event_type, minted.data, 0, rules.now)
            accepted = decide(POLICE, sent, (), rules)
            assert isinstance(accepted, Accepted), accepted
            for name, message in (("lt", sent), ("ct", accepted.value)):
                [token] = json.loads(message)["data"]["tokens"]
                made[name].add(token["token"])
            made["event"].add(minted.event_id)
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    return made_for_real(tmp_path_factory.mktemp("keys"))


def test_the_dictionary_holds_every_fixture() -> None:
    listed = set(dictionary())
    wanted = {(kind, one) for kind, identifiers in FIXTURES.items() for one in identifiers}
    assert wanted <= listed
    assert len(listed) > SLICE


@pytest.mark.slow
def test_no_plain_hash_of_any_listed_identifier_is_a_token(made: dict[str, set[str]]) -> None:
    assert {name: len(found) for name, found in made.items()} == {"lt": 9, "ct": 9, "event": 9}
    assert unsalted(chain.from_iterable(made.values()), dictionary()) == 0


@pytest.mark.slow
def test_no_constant_of_this_repository_is_a_key_of_a_token(made: dict[str, set[str]]) -> None:
    constants = constants_of_the_repository()
    assert len(constants) > 3000
    known = [(kind, identifiers[0]) for kind, identifiers in FIXTURES.items()]
    assert keyed(chain.from_iterable(made.values()), known, constants) == 0


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "blake2b"])
def test_the_attack_finds_a_token_that_is_a_plain_hash(name: str) -> None:
    for message in (b"9990000018", b"nhs\x1f9990000018"):
        token = "lt_" + letters(hashlib.new(name, message).digest().ljust(20, b"\0"))
        assert unsalted([token], [("nhs", "9990000018")]) > 0


@pytest.mark.slow
def test_the_attack_finds_a_token_whose_key_is_a_constant() -> None:
    constants = constants_of_the_repository()
    for key in (b"ypsem/link/v1", b"l" * 32, b"X08000001"):
        assert key in constants
        for used in (key, derive_key(key, "1|link|v1")):
            assert keyed([link_token(used, "nhs", "9990000018")], [("nhs", "9990000018")], [key]) > 0


def test_another_epoch_purpose_key_or_kind_gives_another_token(tmp_path: Path) -> None:
    create_keys(tmp_path / "a")
    create_keys(tmp_path / "b")
    rotate_link(tmp_path / "a")
    first, other = load_keys(tmp_path / "a"), load_keys(tmp_path / "b")
    assert first.overlap is not None
    keys = [first.link, first.overlap.link, first.local, first.overlap.local, first.event_id, first.record]
    keys += [other.link, other.local, other.event_id, other.record]
    same = "9990000018"
    links = [link_token(key, kind, same) for key in keys for kind in FIXTURES]
    assert len(set(links)) == len(keys) * len(FIXTURES)
    gate = bytes(range(32))
    gates = [derive_key(gate, info) for info in (f"1|{PURPOSE}|v1", f"2|{PURPOSE}|v1", "1|research|v1")]
    children = [child_token(key, kind, links[0]) for key in gates for kind in FIXTURES]
    assert len(set(children)) == len(gates) * len(FIXTURES)
    ids = [event_id(key, board, "t", same) for key in keys for board in ("X08000001", "X08000002")]
    assert len(set(ids)) == 2 * len(keys)
    digests = {digest_of(one) for one in (*links, *children, *ids)}
    assert len(digests) == len(links) + len(children) + len(ids)


KEY_LINE = re.compile(rb"ypsem-key v1 [a-z-]+ [0-9]{1,4} [0-9a-f]{64}")


def test_no_key_is_in_the_repository() -> None:
    assert KEY_LINE.search(b"ypsem-key v1 link 1 " + b"ab" * 32)
    found = [path for path in files() if path.suffix == ".key" or KEY_LINE.search(path.read_bytes())]
    # The golden vectors show what a key file looks like, with secrets that the page gives away on purpose.
    assert [path.name for path in found] == ["vectors.json"]
    assert b"synthetic" in found[0].read_bytes()
