"""Settled homes: a child keeps the area in which a release first counted it (ADR 0025; ADR 0008 on merging tokens).

Each token of a counted child has its own record. So the home can be found even after the child's link id has changed,
and it is removed when the token is erased. Records are personal data and never leave the ledger tier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analysis.disclosure.counting import Fact
from analysis.disclosure.facts import Homes
from analysis.measures.children import BoardView
from models.contract.periods import last_year_of

_KINDS = ("nhs", "upn", "demog", "local")


class Settled(NamedTuple):
    """The home area of one token in one financial year, as first published. Of several records the smallest holds."""

    at: str
    """Cut-off of the release that settled it, ISO 8601 in UTC."""
    kind_order: int
    token: str
    year: str
    area: str
    """A ward, a town, or `ZZ` for elsewhere."""

    @property
    def kind(self) -> str:
        """The kind of the token."""
        return _KINDS[self.kind_order]


def settled(year: str, kind: str, token: str, area: str, at: str) -> Settled:
    """Build a record. Raises `ValueError` for an unknown kind of token."""
    return Settled(at, _KINDS.index(kind), token, year, area)


def homes_held(board_view: BoardView, records: Iterable[Settled]) -> Homes:
    """The settled home of each child that has one, by financial year.

    A child may have several, for example if two tokens turn out to belong to one child. Then the home that was settled
    first holds; at equal times, that of the first token by kind and alphabet.
    """
    owners: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for link, child in board_view.children.items():
        for token in child.tokens:
            owners[token].append(link)
    by_child: defaultdict[tuple[str, str], list[Settled]] = defaultdict(list)
    for record in records:
        for link in owners.get((record.kind, record.token), ()):
            by_child[link, record.year].append(record)
    return {key: min(held).area for key, held in by_child.items()}


def newly_settled(board_view: BoardView, counted: Iterable[Fact], held: Iterable[Settled], at: str) -> list[Settled]:
    """The new records that a release adds: one for each token of a counted child that has no record for the year.

    `counted` are the facts of the release with the areas in which they were counted.
    """
    known = {(record.year, record.kind, record.token) for record in held}
    homes: Mapping[tuple[str, str], str] = {(f.child, last_year_of(f.window)): f.area for f in counted}
    return sorted(
        settled(year, kind, token, area, at)
        for (link, year), area in homes.items()
        for kind, token in board_view.children[link].tokens
        if (year, kind, token) not in known
    )
