"""Which events are about the same child: chains of shared tokens, but never two children of one agency as one.

An agency that sends two records without a token in common says: two children. Another agency's record that has tokens
of both would join them; it does not, it joins one of them. Else an agency could send a child it knows as two, and read
from the counts whether anybody else holds both identifiers (docs/adr/0020). A child that an agency does hold twice
counts twice: the agency can mend that by sending both identifiers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

_KIND_ORDER = {"nhs": 0, "upn": 1, "demog": 2, "local": 3}
_Token = tuple[str, str]
_Node = tuple[_Token, str]
"""A token, and the agency whose records carry it."""


def link_children(tokens_of: Mapping[str, Iterable[_Token]], agency_of: Mapping[str, str]) -> dict[str, str]:
    """Event id -> link id, for events with at least one token; `tokens_of` gives (kind, token) pairs, `agency_of` who
    sent the event.

    Within an agency any chain of shared tokens joins. Between agencies the surest kind of token joins first (nhs, upn,
    demog, local), and nothing joins two children of one agency. The link id is the child's first token by kind and
    alphabet (and an agency, where two children would have the same), so it does not depend on the order of events. It
    is personal data and never leaves the ledger tier.
    """
    found = _Sets()
    first: dict[str, _Node] = {}
    holders: defaultdict[_Token, set[str]] = defaultdict(set)
    for event_id, tokens in tokens_of.items():
        agency = agency_of[event_id]
        for token in tokens:
            holders[token].add(agency)
            found.add((token, agency))
            if event_id in first:
                found.join(first[event_id], (token, agency))
            else:
                first[event_id] = token, agency
    for token in sorted((one for one, of in holders.items() if len(of) > 1), key=_order):
        kept: list[_Node] = []
        for agency in sorted(holders[token]):
            node = token, agency
            if not any(found.join_apart(other, node) for other in kept):
                kept.append(node)
    names = _names({found.root(node) for node in first.values()})
    return {event_id: names[found.root(node)] for event_id, node in first.items()}


class _Sets:
    """Disjoint sets of nodes: a set's root is its first node, and its agencies are known."""

    def __init__(self) -> None:
        self._parent: dict[_Node, _Node] = {}
        self._agencies: dict[_Node, frozenset[str]] = {}

    def add(self, node: _Node) -> None:
        """A set of its own, unless it is there."""
        if node not in self._parent:
            self._parent[node] = node
            self._agencies[node] = frozenset((node[1],))

    def root(self, node: _Node) -> _Node:
        """The first node of its set."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, one: _Node, other: _Node) -> None:
        """Make one set of two."""
        low, high = sorted((self.root(one), self.root(other)), key=_first)
        if low != high:
            self._parent[high] = low
            self._agencies[low] |= self._agencies.pop(high)

    def join_apart(self, one: _Node, other: _Node) -> bool:
        """The same, unless both have a child of one agency; returns whether they are one set now."""
        a, b = self.root(one), self.root(other)
        if a != b and not self._agencies[a].isdisjoint(self._agencies[b]):
            return False
        self.join(a, b)
        return True


def _names(roots: Iterable[_Node]) -> dict[_Node, str]:
    """A link id for each set: its first token; with the agency of its first node where two have the same token."""
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
