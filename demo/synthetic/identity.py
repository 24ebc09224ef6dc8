"""Invented identifiers in formats that real systems would accept, from ranges no real child has.

NHS numbers lie in the 999 test range, UPNs carry local authority number 999 (none has it), names are nobody's.
"""

from __future__ import annotations

import random

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
UPN_AUTHORITY = "999"
_STEMS = ("Fab", "Fic", "Moc", "Tes", "Sam", "Exa", "Dem", "Ima", "Inv", "Pre")
_MIDDLES = ("ul", "ti", "ko", "re", "va", "no", "li", "mu", "sa", "do")
_ENDS = ("ston", "wick", "ford", "low", "ley", "mont", "by", "combe", "den", "worth")
_FIRST = ("Sample", "Testine", "Mockley", "Fictora", "Demoline", "Imagin", "Placey", "Pretenda", "Dummet", "Examplo")


def nhs_check_digit(nine: str) -> int:
    """Modulus 11 check digit of the first nine digits; 10 means the number is never issued."""
    return (11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11


def nhs_number(number: int) -> str:
    """The `number`-th usable NHS number of the 999 range; distinct numbers give distinct results."""
    # A prime step, so that neighbours do not look alike; the one in eleven without a check digit is skipped.
    candidate = number * 7
    while True:
        nine = f"999{(candidate * 131_071) % 1_000_000:06d}"
        check = nhs_check_digit(nine)
        if check < 10:
            return f"{nine}{check}"
        candidate += 1
        if candidate % 7 == 0:
            raise ValueError("seven NHS numbers in a row without a check digit")


def broken_nhs_number(good: str) -> str:
    """`good` with its check digit mistyped."""
    return good[:-1] + str((int(good[-1]) + 3) % 10)


def upn(number: int, year: int) -> str:
    """A UPN with a valid check letter: authority 999, an invented school, year of allocation, serial."""
    digits = f"{UPN_AUTHORITY}{4001 + number // 1000:04d}{year % 100:02d}{number % 1000:03d}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(2, 14), strict=True)) % 23
    return UPN_LETTERS[check] + digits


def surname(number: int) -> str:
    """A made-up surname, one of a thousand, always marked."""
    return f"{_STEMS[number % 10]}{_MIDDLES[number // 10 % 10]}{_ENDS[number // 100 % 10]}-Synthetic"


def first_name(rng: random.Random) -> str:
    """A first name no child would have."""
    return rng.choice(_FIRST)
