"""Text that is safe in a spreadsheet: no formula, no control character."""

from __future__ import annotations

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str) -> str:
    """The text as it may stand in a cell of any spreadsheet program.

    Where a program could take it for a formula, an apostrophe is put before it; control characters become spaces, which
    XML cannot hold. Nothing that a release can say needs either; a name in a register might.
    """
    guarded = f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
    return "".join(character if character.isprintable() else " " for character in guarded)
