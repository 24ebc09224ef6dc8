"""One spelling per child identifier, before it is hashed: the same child must give the same token.

Pure. Test vectors for any other client lie beside this file in `vectors/`. An identifier that is not fit for linkage
raises `BadIdentifier` with a rule id: the event is still evidence, it only cannot be linked by it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from models.contract.checkdigits import nhs_number_is_valid, upn_is_temporary, upn_is_valid

TEST_NHS, TEST_AUTHORITY = "999", 999
"""Beginnings that no real child's number has. They are accepted only in synthetic data."""

_AUTHORITIES = (range(201, 400), range(420, 421), range(660, 682), range(800, 999))
"""Numbers of local authorities in England and, from 660 to 681, Wales, which has UPNs too. Ranges, not a list: new
authorities are given numbers in them, and a list goes out of date (python-stdnum's is of 2011)."""


class BadIdentifier(ValueError):
    """An identifier that is not fit for linkage; `rule` says why, nothing says what it was."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def nhs_number(text: str, test_numbers: bool) -> str:
    """Ten ASCII digits that pass modulus 11, spaces and hyphens dropped.

    Scotland's CHI and Northern Ireland's H&C numbers have the same form and check digit, and come in the same column of
    an export. By their ranges of issue they become `chi:…` and `hc:…`, so that two schemes never share a token.
    """
    digits = re.sub(r"[ -]", "", text)
    if not nhs_number_is_valid(digits) or len(set(digits)) == 1:
        raise BadIdentifier("bad-nhs-number")
    if digits.startswith(TEST_NHS) and not test_numbers:
        raise BadIdentifier("test-nhs-number")
    return _scheme(digits) + digits


def _scheme(digits: str) -> str:
    if "320" <= digits[:3] <= "399":
        return "hc:"
    # A CHI number begins with a date of birth, DDMMYY.
    return "chi:" if "01" <= digits[:2] <= "31" and "01" <= digits[2:4] <= "12" else ""


def upn(text: str, test_numbers: bool) -> str:
    """A permanent Unique Pupil Number in capitals, with its check letter and an authority that may exist."""
    capitals = text.strip().upper()
    if not upn_is_valid(capitals):
        raise BadIdentifier("bad-upn")
    if upn_is_temporary(capitals):
        raise BadIdentifier("temporary-upn")
    authority = int(capitals[1:4])
    if authority == TEST_AUTHORITY:
        if not test_numbers:
            raise BadIdentifier("test-upn")
    elif not any(authority in known for known in _AUTHORITIES):
        raise BadIdentifier("bad-upn")
    return capitals


def local_id(text: str) -> str:
    """The agency's own person id: capitals and single spaces, so that `ab 12` and `AB  12` are one child."""
    return " ".join(text.upper().split())


def demographic(surname: str, first_name: str, born: date, sex: str) -> str:
    """`surname|first initial|date of birth|sex`, names as letters a-z only; `BadIdentifier` where one is missing.

    There is no second form with day and month exchanged, though an event has room for several. Events that share a
    token are taken for one child, so a form that two children share would merge them, and a second form would do so
    more often. A mistyped date costs a link: docs/keys.md says so.
    """
    family, given = _letters(surname), _letters(first_name)
    if not family or not given or sex not in {"F", "M"} or born.year <= 1900:
        raise BadIdentifier("incomplete-demographics")
    return f"{family}|{given[0]}|{born.isoformat()}|{sex}"


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in plain if "a" <= char <= "z")
