"""Linking: events are about one child if and only if a chain of shared tokens joins them, in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.link import link_children

KINDS = st.sampled_from(["nhs", "upn", "demog", "local"])
NODES = st.tuples(KINDS, st.sampled_from("abc")).map(lambda node: (node[0], f"{node[1]}-{node[0]}"))


def same(links: dict[str, str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for event_id, link in links.items():
        found.setdefault(link, set()).add(event_id)
    return {frozenset(events) for events in found.values()}


def test_a_token_of_another_kind_bridges() -> None:
    links = link_children({"e1": [("nhs", "n")], "e2": [("upn", "u")], "e3": [("nhs", "n"), ("upn", "u")]})
    assert set(links.values()) == {"n"}


def test_events_without_tokens_are_left_out() -> None:
    assert link_children({"e1": []}) == {}


@given(st.dictionaries(st.text("xyz", min_size=1, max_size=3), st.lists(NODES, max_size=3), max_size=8), st.randoms())
def test_components_by_the_slow_way(tokens: dict[str, list[tuple[str, str]]], random: object) -> None:
    clusters: list[tuple[set[str], set[tuple[str, str]]]] = []
    for event_id, nodes in tokens.items():
        if not nodes:
            continue
        events, known = {event_id}, set(nodes)
        apart = []
        for other in clusters:
            if other[1] & known:
                events |= other[0]
                known |= other[1]
            else:
                apart.append(other)
        clusters = [*apart, (events, known)]
    order = list(tokens)
    random.shuffle(order)  # type: ignore[attr-defined]
    links = link_children({event_id: tokens[event_id] for event_id in order})
    assert same(links) == {frozenset(events) for events, _ in clusters}
    assert links == link_children(tokens)
