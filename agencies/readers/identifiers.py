"""Normalises child identifiers for tokens, or says why one cannot be used (disclosure.md 4.2).

An identifier that fails is left out with a warning: the event is still evidence, it only cannot be linked.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from agencies.refuse.checksums import nhs_number_is_valid, upn_is_temporary, upn_is_valid


class BadIdentifier(ValueError):
    """An identifier that is not fit for linkage; `rule` says why."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def nhs_number(text: str, test_numbers: bool) -> str:
    """Ten digits that pass modulus 11; the 999 test range only where `test_numbers` (synthetic data) is set."""
    digits = re.sub(r"[ -]", "", text)
    if not nhs_number_is_valid(digits) or len(set(digits)) == 1:
        raise BadIdentifier("bad-nhs-number")
    if digits.startswith("999") and not test_numbers:
        raise BadIdentifier("test-nhs-number")
    return digits


def upn(text: str) -> str:
    """A permanent Unique Pupil Number whose check letter holds."""
    capitals = text.strip().upper()
    if not upn_is_valid(capitals):
        raise BadIdentifier("bad-upn")
    if upn_is_temporary(capitals):
        raise BadIdentifier("temporary-upn")
    return capitals


def local_id(text: str) -> str:
    """The agency's own person id: capitals and single spaces, so that `ab 12` and `AB  12` are one child."""
    return " ".join(text.upper().split())


def demographic(surname: str, first_name: str, born: date, sex: str) -> str:
    """`surname|first initial|date of birth|sex`, names as letters a-z only; raises `BadIdentifier` without them."""
    family, given = _letters(surname), _letters(first_name)
    if not family or not given or sex not in {"F", "M"}:
        raise BadIdentifier("incomplete-demographics")
    return f"{family}|{given[0]}|{born.isoformat()}|{sex}"


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in plain if "a" <= char <= "z")
