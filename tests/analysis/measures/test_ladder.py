"""What the gate needs of every measure on the ladder (docs/adr/0008): parts are parts, and somebody always knows."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from analysis.disclosure.ladders import LADDERS
from analysis.measures.definition import Definition
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.occurrence import Occurrence
from analysis.measures.registry import BY_ID, COUNTS, DEFINITIONS, MEASURES, OCCURS, OWN_RECORDS, records_of
from analysis.release import LADDER
from tests.analysis.measures.ledger import SECTORS, board
from tests.analysis.measures.lives import life, of_concern, of_episode
from tests.analysis.measures.test_properties import at_the_edges

PARTS = [(name, whole) for name, count in COUNTS.items() for whole in count.part_of]
RULES = Rules(sector_of=SECTORS)
Counted = set[tuple[str, str, str]]


@pytest.fixture(scope="module")
def children() -> dict[str, LinkedChild]:
    """Twelve hundred children with a few events each, at the edges of the rules."""
    chance = random.Random(7)
    events = [event for number in range(600) for event in at_the_edges(chance, f"c{number}")]
    events += [event for number in range(600) for event in life(chance, f"d{number}")]
    for event in events:
        event["sex"] = chance.choice(("M", "F"))
        if event["type"] == "concern":
            event |= of_concern(chance) | {"indicators": chance.sample(("GIFTS_MONEY", "DRUGS", "STI", "LATE_OUT"), 2)}
        if event["type"] == "missing":
            event |= of_episode(chance)
    return dict(board(events).children)


def occurred(name: str, child: LinkedChild) -> list[Occurrence]:
    """What occurred to a child of one count."""
    return [occurrence for of, occurrence in OCCURS[name](child, RULES) if of == name]


def counted(name: str, children: dict[str, LinkedChild]) -> Counted:
    """(child, day, agency) of every occurrence."""
    return {
        (link, occurrence.on.isoformat(), agency)
        for link, child in children.items()
        for occurrence in occurred(name, child)
        for agency in occurrence.agencies
    }


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_somebody_knows_and_no_window_is_asked_for(name: str, children: dict[str, LinkedChild]) -> None:
    found = [o for child in children.values() for o in occurred(name, child)]
    assert all(occurrence.agencies for occurrence in found)


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_who_knows_has_sent_a_record_that_the_measure_rests_on(name: str, children: dict[str, LinkedChild]) -> None:
    """Else a sector could be shown as not recording what it counts."""
    for child in children.values():
        senders = {record.agency for kind in records_of(name) for record in child.of_type(kind)}
        assert all(occurrence.agencies <= senders for occurrence in occurred(name, child))


def test_the_newest_ladder_nests_what_the_measures_say_are_parts() -> None:
    """A ladder that was released from stays as it is, so that it has pairs of its own; the newest must be in step."""
    on_it = [(part, whole) for part, whole in PARTS if part in LADDER.measures]
    assert sorted((pair.part, pair.whole) for pair in LADDER.nested) == sorted(on_it)
    assert set(LADDER.own_records) == OWN_RECORDS


def test_names_say_whose_they_are_and_nothing_that_is_said_inside_is_released() -> None:
    for measure in MEASURES:
        assert all(name.startswith(f"{measure.id}_") for name in measure.names)
    inside = {name for measure in MEASURES for name in measure.inside}
    assert not inside & set(COUNTS)
    assert all(inside.isdisjoint(ladder.measures) for ladder in LADDERS.values())


def test_a_measure_gives_no_name_that_it_does_not_list(children: dict[str, LinkedChild]) -> None:
    for measure in MEASURES:
        known_to = replace(RULES, known_to=date(2026, 2, 10))
        given = {name for child in children.values() for name, _ in measure.occurs(child, known_to)}
        assert given <= set(measure.names)


def test_no_released_count_depends_on_how_far_the_records_reach(children: dict[str, LinkedChild]) -> None:
    for name in COUNTS:
        for child in list(children.values())[:200]:
            reaching = [o for of, o in OCCURS[name](child, replace(RULES, known_to=date(2026, 2, 10))) if of == name]
            assert reaching == occurred(name, child)


@pytest.mark.parametrize(("part", "whole"), PARTS)
def test_a_part_is_a_part(part: str, whole: str, children: dict[str, LinkedChild]) -> None:
    assert counted(part, children) <= counted(whole, children)


def test_the_children_put_every_kind_of_measure_to_the_test(children: dict[str, LinkedChild]) -> None:
    never = {name for name in COUNTS if not counted(name, children)}
    rare = {f"m6_{c}" for c in ("relationships", "location", "living", "online", "education", "behaviour")}
    rare |= {f"m6_{c}" for c in ("vulnerability", "trafficking", "disclosure")}
    rare |= {name for name in COUNTS if name.startswith("m18_") and not name.endswith(("_any", "_online", "_missing"))}
    assert never <= rare, sorted(never - rare)


def rungs(measure: str) -> set[tuple[str, str, str]]:
    return {(r.level, r.window, r.split) for r in LADDER.rungs if measure in r.measures}


NEVER = {"m3_children", "m3_seen", "m3_missed"}
"""Counts that older ladders released, and this one does not (docs/adr/0033)."""


def test_every_count_is_on_the_ladder_for_the_year_or_no_more() -> None:
    """Of the whole board, but for detection shares, which compare a sector with others; those are of sectors alone."""
    assert set(LADDER.measures) == set(COUNTS) - NEVER
    assert set(LADDERS[4].measures) > NEVER
    for name in LADDER.measures:
        assert (("board", "year", "any") in rungs(name)) == (not name.startswith("m18_")), name


def test_sectors_have_cells_of_some_measures_alone() -> None:
    """docs/adr/0033: what was added to the board is paid for with cells of sectors."""
    of_sectors = {name for name in COUNTS if ("board", "year", "sector") in rungs(name)}
    whole = {"m1", "m2", "m6", "m7", "m8", "m9", "m10", "m17", "m18"}
    assert of_sectors == {name for name in COUNTS if name.partition("_")[0] in whole}
    assert {name for name in COUNTS if ("board", "quarter", "sector") in rungs(name)} == {"m1_children", "m9_children"}


def test_the_picture_is_of_the_whole_boards_year_alone() -> None:
    """A board with few children, which releases pairs of years, has none of it."""
    for name in LADDER.measures:
        if name.partition("_")[0] in ("m19", "m20", "m21"):
            assert [(r.level, r.window, r.split, r.schedule) for r in LADDER.rungs if name in r.measures] == [
                ("board", "year", "any", "quarters_and_years")
            ]


def test_few_cells_are_moved_by_a_record() -> None:
    """docs/adr/0020: quarters, towns, wards and indicators for the first questions alone, and nothing crossed twice."""
    by_quarter = {name for name in COUNTS if any(window == "quarter" for _, window, _ in rungs(name))}
    assert {name.split("_")[0] for name in by_quarter} == {"m1", "m7", "m8", "m9", "m10"}
    assert {name for name in COUNTS if any(level != "board" for level, _, _ in rungs(name))} == {
        "m1_children", "m9_children", "m10_children"
    }  # fmt: skip
    assert [(r.level, r.window, r.measures) for r in LADDER.rungs if "indicator" in r.split] == [
        ("board", "year", ("m1_children",))
    ]
    assert LADDER.most_indicators == 6


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.id)
def test_what_is_said_to_be_released_is_what_the_ladder_has(definition: Definition) -> None:
    """Quarter, sector, town, ward and indicator are in the words exactly if the measure has such cells."""
    found = {rung for count in BY_ID[definition.id].counts for rung in rungs(count.name)}
    if not found:
        return
    said = definition.released.partition(". ")[0]
    for word in ("quarter", "sector", "town", "ward"):
        assert (word in said) == any(word in part for rung in found for part in rung), word
    assert ("by indicator" in said) == any(split == "indicator" for _, _, split in found)


def test_zero_is_no_longer_told_apart() -> None:
    """docs/adr/0020: every low cell says `<10`."""
    assert not [rung for rung in LADDER.rungs if rung.zero_apart]
