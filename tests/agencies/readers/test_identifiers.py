"""Identifiers are written one way before they are hashed, and left out when they are not fit for linkage."""

from __future__ import annotations

from datetime import date

import pytest

from agencies.readers import identifiers as ids
from models.contract.checkdigits import upn_is_valid


def test_nhs_numbers() -> None:
    assert ids.nhs_number(" 943 476-5919", test_numbers=False) == "9434765919"
    assert ids.nhs_number("9990000026", test_numbers=True) == "9990000026"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("9434765918", "bad-nhs-number"),
        ("943476591", "bad-nhs-number"),
        ("0000000000", "bad-nhs-number"),
        ("９４３４７６５９１９", "bad-nhs-number"),
        ("9990000026", "test-nhs-number"),
    ],
)
def test_unfit_nhs_numbers(text: str, rule: str) -> None:
    with pytest.raises(ids.BadIdentifier) as error:
        ids.nhs_number(text, test_numbers=False)
    assert error.value.rule == rule
    assert text not in str(error.value)


def test_upns() -> None:
    assert ids.upn(" b801200005001 ", False) == "B801200005001"
    with pytest.raises(ids.BadIdentifier) as error:
        ids.upn("Q207000016049", False)
    assert error.value.rule == "bad-upn"


def test_a_temporary_upn_is_not_for_linkage() -> None:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    temporary = next(f"{letter}80120000500A" for letter in letters if upn_is_valid(f"{letter}80120000500A"))
    with pytest.raises(ids.BadIdentifier) as error:
        ids.upn(temporary, False)
    assert error.value.rule == "temporary-upn"


def test_local_ids_ignore_case_and_spaces() -> None:
    assert ids.local_id(" ab  12 ") == ids.local_id("AB 12")


def test_demographics_are_exact_forms_only() -> None:
    born = date(2010, 2, 1)
    assert ids.demographic("O'Néill-Smith", " Zoë ", born, "F") == "oneillsmith|z|2010-02-01|F"
    for surname, first, sex in [("", "A", "F"), ("B", "", "F"), ("B", "A", "unknown"), ("李", "A", "F")]:
        with pytest.raises(ids.BadIdentifier):
            ids.demographic(surname, first, born, sex)
