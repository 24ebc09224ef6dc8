"""Which events are about the same child: connected components over child tokens (disclosure.md 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_KIND_ORDER = {"nhs": 0, "upn": 1, "demog": 2, "local": 3}


def link_children(
    tokens_of: Mapping[str, Iterable[tuple[str, str]]],
) -> dict[str, str]:
    """Event id -> link id, for events with at least one token; `tokens_of` gives (kind, token) pairs.

    The link id is the component's first token by kind (nhs, upn, demog, local) and then alphabet, so it does not
    depend on the order of events. It is personal data and never leaves the ledger tier.
    """
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    first: dict[str, tuple[str, str]] = {}
    for event_id, tokens in tokens_of.items():
        for node in tokens:
            parent.setdefault(node, node)
            if event_id in first:
                _union(parent, root(first[event_id]), root(node))
            else:
                first[event_id] = node
    return {event_id: root(node)[1] for event_id, node in first.items()}


def _union(parent: dict[tuple[str, str], tuple[str, str]], a: tuple[str, str], b: tuple[str, str]) -> None:
    low, high = sorted((a, b), key=_order)
    parent[high] = low


def _order(node: tuple[str, str]) -> tuple[int, str]:
    return _KIND_ORDER[node[0]], node[1]
