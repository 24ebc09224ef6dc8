"""What the gate needs of every measure on ladder 3 (docs/adr/0008): parts are parts, and somebody always knows."""

from __future__ import annotations

import random

import pytest

from analysis.disclosure.ladder_next import NEXT
from analysis.measures.history import Child, Rules
from analysis.measures.registry import MEASURES
from analysis.measures.released import COVERAGE, PARTS, RELEASED
from tests.analysis.measures.ledger import board
from tests.analysis.measures.test_properties import at_the_edges

ALL = {**MEASURES, **RELEASED}
Counted = set[tuple[str, str, str]]


@pytest.fixture(scope="module")
def children() -> dict[str, Child]:
    """Six hundred children with a few events each, at the edges of the rules."""
    chance = random.Random(7)
    events = [event for number in range(600) for event in at_the_edges(chance, f"c{number}")]
    for event in events:
        event["sex"] = chance.choice(("M", "F"))
        event["ethnic_group"] = chance.choice(("asian", "unknown"))
        if event["type"] in ("missing", "concern"):
            event["placement_area"] = chance.choice(("in_area", "out_of_area_theirs"))
        if event["type"] == "concern":
            event["indicators"] = chance.sample(("GIFTS_MONEY", "DRUGS", "STI", "LATE_OUT"), 2)
    return dict(board(events).children)


def counted(name: str, children: dict[str, Child]) -> Counted:
    """(child, day, agency) of every occurrence."""
    return {
        (link, occurrence.on.isoformat(), agency)
        for link, child in children.items()
        for occurrence in ALL[name](child, Rules())
        for agency in occurrence.agencies
    }


@pytest.mark.parametrize("name", sorted(ALL))
def test_somebody_knows_and_no_window_is_asked_for(name: str, children: dict[str, Child]) -> None:
    found = [o for child in children.values() for o in ALL[name](child, Rules())]
    assert all(occurrence.agencies for occurrence in found)


@pytest.mark.parametrize(("part", "whole"), PARTS)
def test_a_part_is_a_part(part: str, whole: str, children: dict[str, Child]) -> None:
    assert counted(part, children) <= counted(whole, children)


def test_the_children_put_every_kind_of_measure_to_the_test(children: dict[str, Child]) -> None:
    never = {name for name in RELEASED if not counted(name, children)}
    rare = {f"m6_{c}" for c in ("relationships", "location", "living", "online", "education", "behaviour")}
    rare |= {f"m6_{c}" for c in ("vulnerability", "trafficking", "disclosure")}
    assert never <= rare


def test_ladder_3_has_every_measure_and_all_of_ladder_2() -> None:
    assert set(NEXT.measures) == set(ALL)
    shown_apart = {m for rung in NEXT.rungs if rung.zero_apart and rung.window == "year" for m in rung.measures}
    assert set(COVERAGE) <= shown_apart
    nested = {(pair.part, pair.whole) for pair in NEXT.nested}
    assert set(PARTS) <= nested
