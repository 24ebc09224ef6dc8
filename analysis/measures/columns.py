"""The columns that a page shows of a measure: a released count, or what follows from one or two of them.

The words say what the child experienced or what was recorded, never what the child did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["children", "share", "rate", "ratio", "number", "points"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    unit: Unit
    words: str
    part: str = ""
    whole: str = ""
    headline: bool = False
    """Whether the list of all measures shows it of the year."""


def share(words: str, part: str, whole: str, *, headline: bool = False) -> Column:
    """Of the children of `whole`, those that `part` counts too."""
    return Column("share", words, part, whole, headline)


def rate(part: str) -> Column:
    """Children for each 10,000 residents."""
    return Column("rate", "Per 10,000 residents aged 10 to 17", part, headline=True)
