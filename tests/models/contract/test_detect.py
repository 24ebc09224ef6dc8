"""Every identifier of docs/domain.md#identifiers is found, and nothing of the contract is taken for one."""

from __future__ import annotations

import enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract import codes
from models.contract.checkdigits import nhs_number_is_valid, pnc_is_valid, upn_is_temporary, upn_is_valid
from models.contract.detect import find_identifier, key_is_denied


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("943 476 5919", "identifier.nhs-number"),
        ("9434765919", "identifier.nhs-number"),
        ("943-476-5919", "identifier.nhs-number"),
        ("9434765918", "identifier.number"),
        ("943 476 5918", "identifier.number"),
        ("B801200005001", "identifier.upn"),
        ("P207000016049", "identifier.upn"),
        ("A12345678901B", "identifier.upn"),
        ("AB123456C", "identifier.nino"),
        ("QQ123456C", "identifier.nino"),
        ("QQ 12 34 56 C", "identifier.nino"),
        ("B70 8SZ", "identifier.postcode"),
        ("b708sz", "identifier.postcode"),
        ("EG19 7TT", "identifier.postcode"),
        ("B70", "identifier.postcode"),
        ("07700 900123", "identifier.phone"),
        ("+447700900123", "identifier.phone"),
        ("a.name@example.org", "identifier.email"),
        ("@handle", "identifier.email"),
        ("https://example.org", "identifier.url"),
        ("www.example.org", "identifier.url"),
        ("///one.two.three", "identifier.url"),
        ("2003/0062845E", "identifier.pnc"),
        ("03/62845E", "identifier.pnc"),
        ("12/03/2002", "identifier.date"),
        ("1.2.2010", "identifier.date"),
        ("2010-02-01", "identifier.date"),
        ("AB12CDE", "identifier.vehicle"),
        ("AB12 CDE", "identifier.vehicle"),
        ("52.123", "identifier.coordinates"),
        ("-1.98765", "identifier.coordinates"),
        ("SP 012 345", "identifier.grid-reference"),
        ("510000", "identifier.number"),
        ("1234", "identifier.number"),
        ("case-998877", "identifier.number"),
        ("Jane Smith", "identifier.name"),
        ("mr smith", "identifier.name"),
        ("seen near the park", "identifier.prose"),
        ("x" * 65, "identifier.too-long"),
        ("９４３４７６５９１９", "identifier.not-ascii"),
        ("caf\u00e9", "identifier.not-ascii"),
    ],
)
def test_identifiers_are_found(text: str, rule: str) -> None:
    assert find_identifier(text) == rule


@given(st.text("abcdefghijklmnop", min_size=40, max_size=40), st.sampled_from(["", "lt_", "ct_"]))
def test_tokens_and_event_ids_never_trip(letters: str, prefix: str) -> None:
    assert find_identifier(prefix + letters) is None


def test_codes_trip_only_where_they_hold_a_year() -> None:
    values = {
        str(member.value)
        for listed in vars(codes).values()
        if isinstance(listed, type) and issubclass(listed, enum.StrEnum)
        for member in listed
    }
    assert {value for value in values if find_identifier(value)} == {
        "police_app_2017", "police_2013", "seraf_2013_6m", "seraf_2016_3m",
    }  # fmt: skip


@pytest.mark.parametrize(
    "key", ["dob", "DOB", "Date of Birth", "date_of_birth", "NHS-Number", "surname", "Allocated Worker", "URN"]
)
def test_keys_that_promise_an_identifier_are_denied(key: str) -> None:
    assert key_is_denied(key)


@pytest.mark.parametrize("key", ["occurred_on", "home", "age_band", "data", "tokens"])
def test_the_contracts_keys_are_not_denied(key: str) -> None:
    assert not key_is_denied(key)


def test_check_digits_and_letters() -> None:
    assert nhs_number_is_valid("9434765919")
    assert not nhs_number_is_valid("9434765918")
    assert not nhs_number_is_valid("943476591")
    assert not nhs_number_is_valid("９４３４７６５９１９")
    assert upn_is_valid("B801200005001")
    assert upn_is_valid("P207000016049")
    assert not upn_is_valid("Q207000016049")  # two vendors' help pages print this one
    assert not upn_is_valid("B80120000500")
    assert upn_is_temporary("A12345678901B")
    assert pnc_is_valid("2003/0062845E")
    assert pnc_is_valid("03/62845E")
    assert not pnc_is_valid("2003/0062845F")


@given(st.integers(0, 10**11 - 1))
def test_exactly_one_letter_makes_a_upn(digits: int) -> None:
    # A slow recount of the rule text: weights 2 to 13, modulus 23.
    body = f"{digits:011d}0"
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    total = 0
    for weight in range(2, 14):
        total += weight * int(body[weight - 2])
    assert [letter for letter in letters if upn_is_valid(letter + body)] == [letters[total % 23]]
