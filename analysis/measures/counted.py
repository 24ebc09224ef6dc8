"""The result of a measure before protection: the children counted, and which agency knows of which of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Counted:
    """Sets of link ids; exact, so it never leaves the ledger tier."""

    children: frozenset[str] = field(repr=False)
    by_agency: dict[str, frozenset[str]] = field(repr=False)


def count(pairs: Iterable[tuple[str, Iterable[str]]]) -> Counted:
    """Gather (link id, agencies that know of the child) pairs."""
    children = set()
    by_agency: defaultdict[str, set[str]] = defaultdict(set)
    for link, agencies in pairs:
        children.add(link)
        for agency in agencies:
            by_agency[agency].add(link)
    return Counted(frozenset(children), {agency: frozenset(links) for agency, links in sorted(by_agency.items())})
