"""Text that is safe in a spreadsheet: no formula, no control character."""

from __future__ import annotations

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str) -> str:
    """The text, made safe for a cell of any spreadsheet program.

    If a program could take it for a formula, it gets an apostrophe in front. Control characters, which XML cannot hold,
    become spaces. A release itself needs neither; a name in a register might.
    """
    guarded = f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
    return "".join(character if character.isprintable() else " " for character in guarded)
