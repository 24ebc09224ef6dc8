"""Check digits and letters of the identifiers children's services use; examples in docs/domain.md#identifiers.

UPN is computed here: python-stdnum's `gb.upn` has the 2011 list of local authorities and refuses newer ones.
"""

from __future__ import annotations

import re

from stdnum.gb import nhs

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
_UPN = re.compile(r"^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$")
_PNC = re.compile(r"^(?:19|20)?([0-9]{2})/([0-9]{1,7})([A-Z])$")


def nhs_number_is_valid(ten_digits: str) -> bool:
    """Modulus 11 of ten ASCII digits; about one random number in eleven passes."""
    return bool(re.fullmatch(r"[0-9]{10}", ten_digits)) and bool(nhs.is_valid(ten_digits))


def uln_is_valid(ten_digits: str) -> bool:
    """Modulus 11 of a Unique Learner Number of ten ASCII digits; about one random number in eleven passes."""
    if re.fullmatch(r"[1-9][0-9]{9}", ten_digits) is None:
        return False
    remainder = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), ten_digits[:9], strict=True)) % 11
    return remainder != 0 and 10 - remainder == int(ten_digits[9])


def upn_is_valid(upn: str) -> bool:
    """Format and check letter of a Unique Pupil Number in capitals, temporary ones (ending in a letter) included."""
    if _UPN.match(upn) is None:
        return False
    values = [int(char) for char in upn[1:12]]
    last = upn[12]
    values.append(int(last) if last.isdigit() else _UPN_LETTERS.index(last))
    return _UPN_LETTERS[sum(weight * value for weight, value in enumerate(values, 2)) % 23] == upn[0]


def upn_is_temporary(upn: str) -> bool:
    """A temporary UPN ends in a letter and is not fit for linkage."""
    return not upn[-1:].isdigit()


def pnc_is_valid(pnc: str) -> bool:
    """Check letter of a Police National Computer id, long (`2003/0062845E`) or short (`03/62845E`)."""
    match = _PNC.match(pnc)
    return match is not None and _PNC_LETTERS[int(match[1] + match[2].zfill(7)) % 23] == match[3]
