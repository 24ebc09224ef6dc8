"""An occurrence to a child: both released figures and exact figures are counted from occurrences."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from models.register import Role

Groups = tuple[tuple[str, str], ...]
"""(split, group) pairs, such as `("level", "serious")`. A split may have several, in the order of the records."""


class Occurrence(NamedTuple):
    """The reason that a child counts: on a day, and reported by some agencies. See the contract in docs/adr/0008."""

    on: date
    agencies: frozenset[str]
    """The agencies that reported the records which make the child count."""
    home: str = ""
    """Area of the child's home in this record. It is used only if no event of the financial year gives a home."""
    indicators: frozenset[str] = frozenset()
    known_to: frozenset[str] | None = None
    """The agencies that know of the occurrence, if these are not `agencies`: those that interviewed, screened or
    responded. No cell depends on it; it is for attacks (`analysis.disclosure.insiders`)."""
    roles: frozenset[Role] = frozenset()
    """The kinds of work that the occurrence depends on. An agency that sees such work of others also knows of it."""
    groups: Groups = ()
    """The groups in which the exact figures count it. No released cell depends on them."""
    days: int = 0
    """How many days it took, for exact figures that report durations."""
