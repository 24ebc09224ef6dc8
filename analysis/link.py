"""Which events are about the same child: chains of shared tokens link events, but never two children of one agency.

If an agency sends two records without a common token, they count as two children of that agency. A record of another
agency with tokens of both is linked to only one of them. Otherwise an agency could send a child that it knows as two
children, and read from the counts whether somebody else holds both identifiers (docs/adr/0020). So a child that an
agency holds twice counts twice, until the agency sends both identifiers together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

_KIND_ORDER = {"nhs": 0, "upn": 1, "demog": 2, "local": 3}
_Token = tuple[str, str]
_Node = tuple[_Token, str]
"""A token, and the agency whose records carry it."""


def link_children(tokens_of: Mapping[str, Iterable[_Token]], agency_of: Mapping[str, str]) -> dict[str, str]:
    """Event id -> link id, for events with at least one token.

    `tokens_of` gives the (kind, token) pairs of each event, `agency_of` the agency that sent it. Within an agency any
    chain of shared tokens links events. Between agencies, the most reliable kind of token links first (nhs, upn, demog,
    local), and nothing links two children of one agency. The link id is the child's first token by kind and alphabet
    (with an agency, if two children would have the same), so it does not depend on the order of events. It is personal
    data and never leaves the ledger tier.
    """
    sets = _Sets()
    first: dict[str, _Node] = {}
    holders: defaultdict[_Token, set[str]] = defaultdict(set)
    for event_id, tokens in tokens_of.items():
        agency = agency_of[event_id]
        for token in tokens:
            holders[token].add(agency)
            sets.add((token, agency))
            if event_id in first:
                sets.join(first[event_id], (token, agency))
            else:
                first[event_id] = token, agency
    for token in sorted((token for token, agencies in holders.items() if len(agencies) > 1), key=_order):
        kept: list[_Node] = []
        for agency in sorted(holders[token]):
            node = token, agency
            if not any(sets.join_apart(other, node) for other in kept):
                kept.append(node)
    names = _names({sets.root(node) for node in first.values()})
    return {event_id: names[sets.root(node)] for event_id, node in first.items()}


class _Sets:
    """Disjoint sets of nodes. The root of a set is its first node; the agencies of each set are known."""

    def __init__(self) -> None:
        self._parent: dict[_Node, _Node] = {}
        self._agencies: dict[_Node, frozenset[str]] = {}

    def add(self, node: _Node) -> None:
        """Add a node as a set of its own, if it is new."""
        if node not in self._parent:
            self._parent[node] = node
            self._agencies[node] = frozenset((node[1],))

    def root(self, node: _Node) -> _Node:
        """The first node of the set that holds a node."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, node: _Node, other: _Node) -> None:
        """Join the sets of two nodes."""
        low, high = sorted((self.root(node), self.root(other)), key=_first)
        if low != high:
            self._parent[high] = low
            self._agencies[low] |= self._agencies.pop(high)

    def join_apart(self, node: _Node, other: _Node) -> bool:
        """Join the sets of two nodes unless both hold nodes of one agency. Returns whether they are one set now."""
        a, b = self.root(node), self.root(other)
        if a != b and not self._agencies[a].isdisjoint(self._agencies[b]):
            return False
        self.join(a, b)
        return True


def _names(roots: Iterable[_Node]) -> dict[_Node, str]:
    """The link id of each set: its first token, with the agency of its first node if two sets have the same token."""
    named: dict[_Node, str] = {}
    taken: set[str] = set()
    for root in sorted(roots, key=_first):
        (_, token), agency = root
        named[root] = token if token not in taken else f"{token}|{agency}"
        taken.add(token)
    return named


def _order(token: _Token) -> tuple[int, str]:
    return _KIND_ORDER[token[0]], token[1]


def _first(node: _Node) -> tuple[int, str, str]:
    return *_order(node[0]), node[1]
