"""The columns of a measure's page: a released count, or a number computed from one or two released counts.

The words say what the child experienced or what was recorded, never what the child did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["children", "share", "rate", "ratio", "number", "points"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a measure's page."""

    unit: Unit
    words: str
    part: str = ""
    whole: str = ""
    headline: bool = False
    """Whether the list of all measures shows this column, for the year."""


def share(words: str, part: str, whole: str, *, headline: bool = False) -> Column:
    """A column with the share of the children counted in `whole` who are also counted in `part`."""
    return Column("share", words, part, whole, headline)


def rate(part: str) -> Column:
    """A column with children per 10,000 residents aged 10 to 17."""
    return Column("rate", "Per 10,000 residents aged 10 to 17", part, headline=True)
