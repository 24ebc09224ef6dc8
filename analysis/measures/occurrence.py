"""What occurs to a child: the one thing that released figures and exact figures are both counted from."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from models.register import Role

Groups = tuple[tuple[str, str], ...]
"""(split, group) pairs, such as `("level", "serious")`; of one split there may be several, in the order of records."""


class Occurrence(NamedTuple):
    """A child counts: on a day, known to some agencies. The contract of docs/adr/0008 must hold for it."""

    on: date
    agencies: frozenset[str]
    """Those that reported the very records which make the child count."""
    home: str = ""
    """Counts only when no event of the financial year gave the child a home."""
    indicators: frozenset[str] = frozenset()
    known_to: frozenset[str] | None = None
    """Those that know of it, where these are not `agencies`: who interviewed, screened or responded. No cell depends on
    it; it is for attacks (`analysis.disclosure.insiders`)."""
    roles: frozenset[Role] = frozenset()
    """Kinds of work that it rests on: an agency that sees such work of others knows of it too."""
    groups: Groups = ()
    """In which groups the exact figures count it. No released cell depends on it."""
    days: int = 0
    """How long it took, where the exact figures say that."""
