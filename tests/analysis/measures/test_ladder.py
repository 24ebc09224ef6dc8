"""What every measure on the ladder keeps to (docs/adr/0008): parts are parts, and somebody always knows."""

from __future__ import annotations

import hashlib
import random

import pytest

from analysis.disclosure.ladders import LADDERS
from analysis.measures.history import Child, Rules
from analysis.measures.registry import MEASURES
from analysis.measures.sources import records_of
from analysis.release import LADDER
from tests.analysis.measures.ledger import board
from tests.analysis.measures.test_properties import at_the_edges

PARTS = [(pair.part, pair.whole) for pair in LADDER.nested]
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
        for occurrence in MEASURES[name](child, Rules())
        for agency in occurrence.agencies
    }


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_somebody_knows_and_no_window_is_asked_for(name: str, children: dict[str, Child]) -> None:
    found = [o for child in children.values() for o in MEASURES[name](child, Rules())]
    assert all(occurrence.agencies for occurrence in found)


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_who_knows_has_sent_a_record_that_the_measure_rests_on(name: str, children: dict[str, Child]) -> None:
    """Else a sector could be shown as not recording what it counts."""
    for child in children.values():
        senders = {e.agency for kind in records_of(name) for e in child.events.get(kind, ())}
        assert all(occurrence.agencies <= senders for occurrence in MEASURES[name](child, Rules()))


@pytest.mark.parametrize(("part", "whole"), PARTS)
def test_a_part_is_a_part(part: str, whole: str, children: dict[str, Child]) -> None:
    assert counted(part, children) <= counted(whole, children)


def test_the_children_put_every_kind_of_measure_to_the_test(children: dict[str, Child]) -> None:
    never = {name for name in MEASURES if not counted(name, children)}
    rare = {f"m6_{c}" for c in ("relationships", "location", "living", "online", "education", "behaviour")}
    rare |= {f"m6_{c}" for c in ("vulnerability", "trafficking", "disclosure")}
    assert never <= rare


def rungs(measure: str) -> set[tuple[str, str, str]]:
    return {(r.level, r.window, r.split) for r in LADDER.rungs if measure in r.measures}


def test_every_measure_is_where_ladder_4_has_it() -> None:
    """docs/adr/0020: every cell adds to what can be learnt of a record, so there are few."""
    assert set(LADDER.measures) == set(MEASURES)
    for name in MEASURES:
        assert rungs(name) >= {("board", "year", "any"), ("board", "year", "sector")}
        family = name.split("_")[0]
        assert (("board", "quarter", "any") in rungs(name)) == (
            family in ("m1", "m7", "m8", "m9") or name == "m10_children"
        )
        assert (("board", "quarter", "sector") in rungs(name)) == (family in ("m1", "m7", "m8", "m9")), name
        if family not in ("m1", "m9") and name != "m10_children":
            assert {level for level, _, _ in rungs(name)} == {"board"}
    assert {(level, window) for level, window, split in rungs("m1_children") if "indicator" in split} == {
        ("board", "year")
    }
    assert not any(rung.zero_apart for rung in LADDER.rungs), "nobody may tell none from few"


def test_released_ladders_are_as_they_were_released() -> None:
    """A release of an older ladder is read by it for ever: cells, zero apart and nested pairs."""
    since = {"most_indicators", "own_records"}
    told = {v: hashlib.sha256(LADDERS[v].model_dump_json(exclude=since).encode()).hexdigest()[:16] for v in (1, 2, 3)}
    assert told == {1: "b3659e588dc4147c", 2: "372d518cca72cff0", 3: "487219437afbe9bc"}
    assert not any(LADDERS[version].own_records or LADDERS[version].most_indicators for version in told)
