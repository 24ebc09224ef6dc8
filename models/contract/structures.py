"""Recognises identifiers by their whole structure, in values without a field: Kafka keys, headers, other attributes.

Such a value is mostly opaque: a random id, a hash, a trace header, a counter. So no rule here matches digits inside
something longer. A rule needs the whole structure (check digit, prefix, groups) by itself: as the whole value, or
between delimiters. Structures that a short random id could have by chance (a plate or postcode in one piece, two
capitalised words) count only in text, that is, where there is a space between two words.

A match is a warning, never a refusal: the value is dropped anyway. Measured rates: docs/adr/0019.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from models.contract.checkdigits import nhs_number_is_valid, pnc_is_valid, uln_is_valid, upn_is_valid
from models.contract.detect import key_is_denied

LOOKED_AT = 4096
"""Most characters of one value that are checked; the whole value is dropped anyway."""

Test = Callable[[str], bool]
Rule = tuple[str, str, Test]
"""Rule id, characters of which the value must have one (none: any value), and the test."""

# Wide: any character but a letter or digit is a delimiter, so `case-9434765919` matches. For structures so rare by
# chance that a piece of base64url text between two dashes does not have them.
_W, _W_END = r"(?<![0-9a-z])(?<![0-9]\.)", r"(?![0-9a-z])(?!\.[0-9])"
# Narrow: white space, control characters, brackets, quotation marks and what separates items of a list.
_N, _N_END = r"""(?<![^\s\x00-\x1f\ufffd,;:|"'()\[\]{}<>=&])""", r"""(?![^\s\x00-\x1f\ufffd,;:|"'()\[\]{}<>=&.?!])"""
_NO_TIME = r"(?![T ][0-9]{2}:[0-9]{2})"

_TEXT = re.compile(r"[\w.,;:)] [\w(']")
_LABEL = re.compile(r"""(?:^|[\s,;{&?"'(])([a-z][a-z0-9 _-]{1,24})["']?\s?[:=]""", re.IGNORECASE)


def _search(pattern: str, flags: int = re.IGNORECASE) -> Test:
    compiled = re.compile(pattern, flags)
    return lambda value: compiled.search(value) is not None


def _checked(pattern: str, is_valid: Callable[[str], bool]) -> Test:
    """A test for the pattern, and for the check digit of each match without spaces and dashes."""
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: any(is_valid(re.sub(r"[ -]", "", text).upper()) for text in compiled.findall(value))


def _allocated(ten_digits: str) -> bool:
    """Whether ten digits in one piece are in an issued range. Others could be a counter or a time in seconds.

    4, 6 and 7 are England, Wales and Man, 32 to 39 Northern Ireland, 9 the test range. A Scottish number, which begins
    with a date, needs its spaces.
    """
    return bool(re.match(r"[4679]|3[2-9]", ten_digits)) and nhs_number_is_valid(ten_digits)


def _is_denied(label: str) -> bool:
    """Whether a label, or the last words of it, promises an identifier."""
    words = label.split(" ")
    return any(key_is_denied(" ".join(words[start:])) for start in range(len(words)))


_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}"
_D, _M, _Y = r"(?:0?[1-9]|[12][0-9]|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)[0-9]{2}"
_NINO = r"(?:qq|(?!bg|gb|nk|kn|tn|nt|zz)[a-ceghj-prtw-z][a-ceghj-nprtw-z]) ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]"
_POSTCODE, _INWARD = r"[a-z]{1,2}[0-9][a-z0-9]?", r"[0-9][abd-hjlnp-uw-z]{2}"

ANYWHERE: tuple[Rule, ...] = (
    ("identifier.email", "@%", _search(r"[\w.%+'-](?:@|%40)(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}" + _W_END)),
    ("identifier.url", "/", _search(r"///[a-z]{3,}\.[a-z]{3,}\.[a-z]{3,}")),
    ("identifier.upn", "", _checked(_W + r"([a-z][0-9]{11}[0-9a-z])" + _W_END, upn_is_valid)),
    ("identifier.nhs-number", "", _checked(_W + r"([0-9]{10})" + _W_END, _allocated)),
    (
        "identifier.nhs-number",
        " -",
        _checked(
            _W + r"(?<![0-9][-])([0-9]{3}(?: [0-9]{3} |-[0-9]{3}-)[0-9]{4})" + _W_END + r"(?!-[0-9])",
            nhs_number_is_valid,
        ),
    ),
    ("identifier.nino", "", _search(_W + _NINO + _W_END)),
    ("identifier.pnc", "/", _checked(_N + r"((?:19|20)?[0-9]{2}/[0-9]{1,7}[a-z])" + _N_END, pnc_is_valid)),
    (
        "identifier.police",
        "/",
        _search(_N + r"(?:[0-9]{1,6}/[0-9]{2}[a-z]|[0-9]{2}/[0-9]{4}/[0-9]{2}/[0-9]+[a-z])" + _N_END),
    ),
    (
        "identifier.date",
        "/. -",
        _search(
            _N + rf"(?:{_D}([/. -]){_M}\1{_Y}|{_D}/{_M}/[0-9]{{2}}|{_Y}([-/]){_M}\2{_D}|"
            rf"{_D}(?:st|nd|rd|th)? {_MONTH} {_Y})" + _NO_TIME + _N_END
        ),
    ),
    ("identifier.phone", "0", _search(_N + r"(?:\+44|0044|0)[ ()-]{0,3}[1-37](?:[ ()-]{0,2}[0-9]){8,9}" + _N_END)),
    ("identifier.vehicle", " ", _search(_N + r"[a-z]{2}[0-9]{2} [a-z]{3}" + _N_END)),
    ("identifier.postcode", " ", _search(_N + _POSTCODE + " " + _INWARD + _N_END)),
    ("identifier.coordinates", ".", _search(_N + r"(?:49|5[0-9]|60)\.[0-9]{3,}[ ,;]{1,2}-?[0-8]\.[0-9]{3,}" + _N_END)),
    ("identifier.grid-reference", " ", _search(_N + r"[hjnost][a-hj-z] ?[0-9]{3,5} [0-9]{3,5}" + _N_END)),
    ("identifier.key", ":=", lambda value: any(map(_is_denied, _LABEL.findall(value)))),
)
"""For any value."""

IN_TEXT: tuple[Rule, ...] = (
    ("identifier.nhs-number", "", _checked(_N + "([0-9]{10})" + _N_END, nhs_number_is_valid)),
    ("identifier.uln", "", _checked(_N + "([0-9]{10})" + _N_END, uln_is_valid)),
    ("identifier.vehicle", "", _search(_N + "[A-Z]{2}[0-9]{2}[A-Z]{3}" + _N_END, 0)),
    ("identifier.postcode", "", _search(_N + _POSTCODE + _INWARD + _N_END)),
    ("identifier.name", "", _search(r"\b(?:mr|mrs|ms|miss|dr)\.? [^\W\d_]+|\bo'[^\W\d_]{2,}")),
    ("identifier.name", "", _search(r"\b[A-ZÀ-Þ][a-zß-ÿ'’-]+ [A-ZÀ-Þ][a-zß-ÿ'’-]+\b", 0)),
)
"""For text alone."""

_LENGTHS = frozenset({9, 10, 11, 13, 14})
"""Of structures in one piece: National Insurance, NHS and pupil numbers, telephones."""
_PLAIN = re.compile(r"[0-9a-z]*", re.IGNORECASE)
_H16 = "[0-9a-f]{16}"
_OPAQUE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|"  # UUID
    rf"[0-9a-f]{{2}}-{_H16}{_H16}-{_H16}-[0-9a-f]{{2}}|"  # traceparent
    rf"{_H16}(?:{_H16})?-{_H16}(?:-[01d](?:-{_H16})?)?|"  # B3
    rf"[0-9a-f]{{8,32}}:[0-9a-f]{{8,16}}:(?:0|[0-9a-f]{{8,16}}):[0-9a-f]{{1,2}}",  # Jaeger
    re.IGNORECASE,
)


def find_structure(value: str) -> str | None:
    """The rule id of the first identifier whose whole structure is by itself in a value, or None."""
    # No rule matches a value that is left out here, so this only saves time.
    if (len(value) not in _LENGTHS and _PLAIN.fullmatch(value)) or _OPAQUE.fullmatch(value):
        return None
    value = unicodedata.normalize("NFKC", value[:LOOKED_AT])
    tests = ANYWHERE if _TEXT.search(value) is None else (*ANYWHERE, *IN_TEXT)
    for rule, needs, matches in tests:
        if (not needs or any(char in value for char in needs)) and matches(value):
            return rule
    return None
