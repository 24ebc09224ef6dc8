"""Recognises identifiers in a string by their form, and gives the id of the first rule that matches.

A form alone is enough to refuse; check digits only choose the rule's name, because most invented identifiers fail them.
Names and prose have no reliable form: the closed schema keeps them out, and no field of the contract holds a space.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from models.contract.checkdigits import nhs_number_is_valid

MAX_LENGTH = 64


def _pattern(text: str, flags: int = re.IGNORECASE) -> Callable[[str], bool]:
    compiled = re.compile(text, flags | re.ASCII)
    return lambda value: compiled.search(value) is not None


_NHS = re.compile(r"(?<![0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9])")


def _has_nhs_number(value: str) -> bool:
    return any(nhs_number_is_valid(re.sub(r"[ -]", "", number)) for number in _NHS.findall(value))


_NOT = r"(?<![0-9a-z])"
_END = r"(?![0-9a-z])"

DETECTORS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("identifier.not-ascii", lambda value: not value.isascii()),
    ("identifier.too-long", lambda value: len(value) > MAX_LENGTH),
    ("identifier.email", lambda value: "@" in value),
    ("identifier.url", _pattern(r"https?:|www\.|///")),
    ("identifier.upn", _pattern(_NOT + r"[a-z][0-9]{11}[0-9a-z]" + _END)),
    ("identifier.nhs-number", _has_nhs_number),
    ("identifier.nino", _pattern(_NOT + r"[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]" + _END)),
    ("identifier.pnc", _pattern(r"(?<![0-9/])(?:19|20)?[0-9]{2}/[0-9]{1,7}[a-z]" + _END)),
    (
        "identifier.police",
        _pattern(r"(?<![0-9])(?:[0-9]{1,6}/[0-9]{2}[a-z]|[0-9]{2}/[0-9]{4}/[0-9]{2}/[0-9]+[a-z])" + _END),
    ),
    (
        "identifier.date",
        _pattern(
            r"(?<![0-9])(?:[0-9]{1,2}[/. -][0-9]{1,2}[/. -](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
        ),
    ),
    ("identifier.phone", _pattern(r"(?<![0-9a-z])(?:\+44|0)(?:[ ()-]{0,2}[0-9]){9,10}(?![0-9])")),
    ("identifier.vehicle", _pattern(_NOT + r"[a-z]{2}[0-9]{2} ?[a-z]{3}" + _END)),
    ("identifier.postcode", _pattern(_NOT + r"[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}" + _END)),
    ("identifier.postcode", _pattern(r"^[a-z]{1,2}[0-9][a-z0-9]?$")),
    ("identifier.coordinates", _pattern(r"(?<![0-9.])(?:-?[0-7]|[01]|49|5[0-9]|60)\.[0-9]{3,}")),
    ("identifier.grid-reference", _pattern(_NOT + r"[hjnost][a-z] ?[0-9]{3,5} ?[0-9]{3,5}" + _END)),
    ("identifier.number", _pattern(r"[0-9]{4,}")),
    ("identifier.number", _pattern(r"(?<![0-9])[0-9]{3}[ -][0-9]{3}[ -]?[0-9]{2,4}(?![0-9])")),
    ("identifier.name", _pattern(r"\b(?:(?:mr|mrs|ms|miss|dr)\.? [a-z]+|o'[a-z]{2,})\b")),
    ("identifier.name", _pattern(r"\b[A-Z][a-z'’-]+ [A-Z][a-z'’-]+\b", 0)),
    ("identifier.prose", _pattern(r"\s")),
)
"""Rule id and test, the most specific first."""

_DENIED = """
    address addressline allocatedworker birthdate carer carername child childid childname comment comments contact
    crimenumber crimeref dateofbirth description dob email emailaddress familyname firstname forename fostercarer
    freetext fullname givenname homepost keyworker knownas lastname lat latitude legalname lng lon longitude middlename
    mobile name narrative nhs nhsno nhsnumber ni nino nominalid note notes parent personid phone phonenumber pnc pncid
    plpost postcode reg school schoolname socialworker suspect surname telephone text uln uprn upn urn vehicle vrm
    worker workername
"""
DENIED_KEYS = frozenset(_DENIED.split())
"""Names of keys that hold identifiers, without case or punctuation; refused whatever their value."""


def find_identifier(value: str) -> str | None:
    """The rule id of the first identifier found in a string, or None."""
    return next((rule for rule, matches in DETECTORS if matches(value)), None)


def key_is_denied(key: str) -> bool:
    """Whether a key's name promises an identifier, in any spelling (`Date of Birth`, `date_of_birth`)."""
    return re.sub(r"[^a-z0-9]", "", key.casefold()) in DENIED_KEYS
