"""Identifiers are found by their whole structure, and opaque values are left alone, at a measured rate."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract.checkdigits import nhs_number_is_valid, uln_is_valid
from models.contract.structures import LOOKED_AT, find_structure
from tests.support.opaque import KINDS, Make

SAMPLE, WHOLE = 5_000, 1_000_000
ALLOWED = 1 / 100_000

IDENTIFIERS: tuple[tuple[str, str], ...] = (
    ("identifier.nhs-number", "9434765919"), ("identifier.nhs-number", "943 476 5919"),
    ("identifier.nhs-number", "943-476-5919"), ("identifier.nhs-number", "９４３４７６５９１９"),
    ("identifier.nhs-number", "4010232137"), ("identifier.nhs-number", "010 101 0028"),
    ("identifier.upn", "B801200005001"), ("identifier.upn", "b801200005001"),
    ("identifier.nino", "QQ123456C"), ("identifier.nino", "QQ 12 34 56 C"), ("identifier.nino", "ab123456c"),
    ("identifier.pnc", "2003/0062845E"), ("identifier.pnc", "03/62845E"), ("identifier.police", "123456/99A"),
    ("identifier.postcode", "B70 8SZ"), ("identifier.postcode", "b70 8sz"), ("identifier.postcode", "EG19 7TT"),
    ("identifier.phone", "07700 900123"), ("identifier.phone", "07700900123"), ("identifier.phone", "+447700900123"),
    ("identifier.phone", "+44 (0)7700 900123"), ("identifier.phone", "0121 496 0000"),
    ("identifier.phone", "(0121) 496-0000"),
    ("identifier.email", "synthetic@example.org"), ("identifier.email", "synthetic%40example.org"),
    ("identifier.date", "01/02/2010"), ("identifier.date", "1.2.2010"), ("identifier.date", "2010-02-01"),
    ("identifier.date", "1/2/10"), ("identifier.date", "1 February 2010"), ("identifier.date", "1st Feb 2010"),
    ("identifier.vehicle", "AB12 CDE"), ("identifier.vehicle", "ab12 cde"),
    ("identifier.coordinates", "52.48142,-1.89983"), ("identifier.grid-reference", "SP 012 345"),
    ("identifier.url", "///one.two.three"),
    ("identifier.name", "Jane Smith"), ("identifier.name", "Mr Khan"), ("identifier.name", "mrs o'neill"),
    ("identifier.key", "surname: Testperson"),
)  # fmt: skip
ONLY_IN_TEXT = (
    ("identifier.uln", "1234567899"), ("identifier.nhs-number", "2501101014"), ("identifier.vehicle", "AB12CDE"),
    ("identifier.postcode", "B708SZ"),
)  # fmt: skip
"""In one piece these are also a counter, a short id or a hash."""
SENTENCES = ("{}", "seen with {} today", "ref: {}", "the child ({}), again", "note={};x", '{{"about": "{}"}}', "{}.")


@pytest.mark.parametrize(("rule", "text"), IDENTIFIERS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_an_identifier_is_found_by_itself_and_in_text(rule: str, text: str, sentence: str) -> None:
    found = find_structure(sentence.format(text))
    assert found is not None
    if sentence == "{}":
        assert found == rule


@pytest.mark.parametrize(("rule", "text"), ONLY_IN_TEXT)
def test_what_a_short_id_could_be_is_found_in_text(rule: str, text: str) -> None:
    assert find_structure(text) is None
    assert find_structure(f"seen with {text} today") == rule


@pytest.mark.parametrize("prefix", ["nhs-", "child_", "patient/", "urn:nhs:", "\x00\x00\x00\x00\x07\x14"])
def test_an_nhs_number_with_something_before_it_is_found(prefix: str) -> None:
    assert find_structure(f"{prefix}9434765919") == "identifier.nhs-number"


@pytest.mark.parametrize(
    "text",
    [
        "", "X08000001", "a" * 40, "a" * 40 + ".0", "application/json", "510000", "case-510001", "1234567890123",
        "2026-05-11T10:00:00Z", "2026-05-11 10:00:00", "Mon, 11 May 2026 10:00:00 GMT", "10.11.12.13", "1.2.3",
        "Mozilla/5.0 (X11; Linux x86_64)", "uk.gov.example.Event", "https://example.org/schemas/1", "0.9434765919",
        "19434765919", "94347659190", "a9434765919", "9434765918", "1714557600", "AB12CDE", "b708sz", "@handle",
    ],
)  # fmt: skip
def test_what_stands_in_keys_and_headers_every_day_is_left_alone(text: str) -> None:
    assert find_structure(text) is None


@given(st.text(max_size=200))
def test_whatever_the_text_it_answers(text: str) -> None:
    found = find_structure(text)
    assert found is None or found.startswith("identifier.")


def test_no_text_keeps_it_busy() -> None:
    for text in ("a." * 50_000, "0 " * 50_000, "(" * 50_000, "9434765919" * 5_000, "A a " * 20_000, "%40" * 30_000):
        find_structure(text)  # the time limit of a test would end it
    assert find_structure("x" * LOOKED_AT + " 943 476 5919") is None


def rate(make: Make, number: int, seed: int = 11) -> tuple[float, Counter[str]]:
    rng = random.Random(seed)
    found = Counter(rule for n in range(number) if (rule := find_structure(make(rng, n))))
    return found.total() / number, found


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_a_sample_of_opaque_values_raises_no_false_alarm(make: Make) -> None:
    assert rate(make, SAMPLE) == (0, Counter())


@pytest.mark.batch
@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_of_a_million_opaque_values_fewer_than_ten_raise_an_alarm(make: Make) -> None:
    found, rules = rate(make, WHOLE, seed=12)
    print(f"{make.__name__}: {rules.total()} of {WHOLE} {dict(rules)}")  # noqa: T201
    assert found < ALLOWED, rules


def test_a_counter_of_ten_digits_is_told_from_an_nhs_number_only_outside_of_its_ranges() -> None:
    """Documented in ADR 0019: of counters in those ranges one in eleven is warned of, of others none."""
    inside = [str(number) for number in range(4_000_000_000, 4_000_001_100)]
    assert sum(find_structure(one) is not None for one in inside) == sum(map(nhs_number_is_valid, inside))
    assert 90 < sum(map(nhs_number_is_valid, inside)) < 110
    for start in (1_000_000_000, 2_000_000_000, 5_000_000_000, 8_000_000_000):
        assert not [number for number in range(start, start + 1100) if find_structure(str(number))]


def test_the_check_digit_of_a_learner_number() -> None:
    assert uln_is_valid("1234567899")
    assert not any(uln_is_valid(f"123456789{digit}") for digit in range(9))
    assert not uln_is_valid("0234567899")
