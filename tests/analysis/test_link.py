"""Linking: chains of shared tokens, in any order of events, and never two children of one agency as one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.link import link_children

KINDS = st.sampled_from(["nhs", "upn", "demog", "local"])
NODES = st.tuples(KINDS, st.sampled_from("abc")).map(lambda node: (node[0], f"{node[1]}-{node[0]}"))
EVENTS = st.dictionaries(
    st.tuples(st.sampled_from(["police", "care", "health"]), st.integers(0, 4)).map(lambda e: f"{e[0]}:{e[1]}"),
    st.lists(NODES, max_size=3),
    max_size=9,
)
Tokens = dict[str, list[tuple[str, str]]]


def linked(tokens: Tokens) -> dict[str, str]:
    return link_children(tokens, {event_id: event_id.partition(":")[0] for event_id in tokens})


def same(links: dict[str, str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for event_id, link in links.items():
        found.setdefault(link, set()).add(event_id)
    return {frozenset(events) for events in found.values()}


def components(tokens: Tokens) -> set[frozenset[str]]:
    """By the slow way: sets of events that a chain of shared tokens joins, whoever sent them."""
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
    return {frozenset(events) for events, _ in clusters}


def test_a_token_of_another_kind_bridges_between_agencies() -> None:
    tokens = {"police:1": [("nhs", "n")], "schools:1": [("upn", "u")], "care:1": [("nhs", "n"), ("upn", "u")]}
    assert set(linked(tokens).values()) == {"n"}


def test_another_agency_joins_no_two_children_of_one_agency() -> None:
    """What an agency could send to learn whether anybody else has both: it has two children, whoever has what."""
    split = {"police:1": [("nhs", "n")], "police:2": [("upn", "u")]}
    both = split | {"care:1": [("nhs", "n"), ("upn", "u")]}
    assert linked(split) == {"police:1": "n", "police:2": "u"}
    assert linked(both) == {"police:1": "n", "police:2": "u", "care:1": "n"}, "the surest token decides"


def test_two_children_with_the_same_first_token_have_names_of_their_own() -> None:
    tokens = {"a:1": [("demog", "x")], "b:1": [("demog", "x"), ("local", "y")], "b:2": [("nhs", "n")]}
    tokens |= {"c:1": [("nhs", "n"), ("demog", "x")], "a:2": [("nhs", "n")]}
    links = linked(tokens)
    assert len(same(links)) == len(set(links.values())) == 2


def test_events_without_tokens_are_left_out() -> None:
    assert linked({"police:1": []}) == {}


@given(EVENTS, st.randoms())
def test_an_agencys_children_are_its_own_records_doing(tokens: Tokens, random: object) -> None:
    """Whatever the others send: of one agency's events those are together that its own tokens join, and no more."""
    order = list(tokens)
    random.shuffle(order)  # type: ignore[attr-defined]
    links = linked({event_id: tokens[event_id] for event_id in order})
    assert links == linked(tokens)
    for agency in ("police", "care", "health"):
        own = {event_id: nodes for event_id, nodes in tokens.items() if event_id.startswith(agency)}
        assert same({event_id: links[event_id] for event_id in own if event_id in links}) == components(own)


@given(EVENTS)
def test_nothing_is_joined_without_a_chain_and_all_that_may_be_is(tokens: Tokens) -> None:
    found, chains = same(linked(tokens)), components(tokens)
    assert all(any(child <= chain for chain in chains) for child in found)
    agencies = {child: {event_id.partition(":")[0] for event_id in child} for child in found}
    held = {child: {node for event_id in child for node in tokens[event_id]} for child in found}
    for one in found:
        for other in found - {one}:
            assert not held[one] & held[other] or agencies[one] & agencies[other]
