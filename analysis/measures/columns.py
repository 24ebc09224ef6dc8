"""The columns of a measure's page: a released count, or a number computed from one or two released counts.

The words say what the child experienced or what was recorded, never what the child did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["children", "share", "rate", "ratio", "number", "points"]
Better = Literal["higher", "lower", ""]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a measure's page."""

    unit: Unit
    words: str
    part: str = ""
    whole: str = ""
    headline: bool = False
    """Whether the list of all measures shows this column, for the year."""
    better: Better = ""
    """Which way guidance, or the review, wants a share to go; empty where a rise may be good or bad, as it may be for
    every number of children: it may only mean that more is recorded."""


def share(words: str, part: str, whole: str, *, headline: bool = False, better: Better = "") -> Column:
    """A column with the share of the children counted in `whole` who are also counted in `part`."""
    return Column("share", words, part, whole, headline, better)


def rate(part: str) -> Column:
    """A column with children per 10,000 residents aged 10 to 17."""
    return Column("rate", "Per 10,000 residents aged 10 to 17", part, headline=True)
