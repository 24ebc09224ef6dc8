"""Sectors whose cells say nothing and are taken for nobody: the gate finds its way, and drops no group of others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from analysis.disclosure.gate import Candidate, attackers_of, gate

from analysis.disclosure.algebra import system_of
from analysis.disclosure.audit import Auditor
from analysis.disclosure.build import candidate
from analysis.disclosure.cells import ANY, CellKey
from analysis.disclosure.counting import Tally, tally
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from benchmarks.release_measures import stated, with_all_measures, without_missing
from models.releases import CellState
from tests.attacks import boards

LADDER = LADDERS[3]
WINDOWS = ["2024Q2", "2024Q3", "2024Q4", "2025Q1", "2024FY"]
SHAPE = boards.shape(towns=2, wards=2, agencies=5, indicators=3)


def board(seed: int, children: int) -> Candidate:
    """Two agencies send missing episodes, three do not, and their sectors say so."""
    told = without_missing(
        boards.facts(seed, children, SHAPE, WINDOWS[:4]), frozenset({"agency-2", "agency-3", "agency-4"})
    )
    rows, _ = with_all_measures(seed, told, frozenset())
    counted = tally(rows, SHAPE)
    silent = {
        key: state
        for window in WINDOWS
        for sector in ("sector-2", "sector-3")
        for key, state in stated(LADDER, window, SHAPE, sector).items()
    }
    return candidate(counted, LADDER, WINDOWS, boards.keys(seed), "cut", stated=silent)


@pytest.mark.slow
def test_two_agencies_that_alone_send_a_kind_of_record_are_no_reason_to_withhold() -> None:
    """All of a measure is theirs: what they know together is no group of anybody else's."""
    for seed in (1, 2):
        assert gate(board(seed, 40)).withheld == ()


@pytest.mark.slow
def test_no_group_with_a_child_of_somebody_else_is_dropped() -> None:
    """Of the groups that are not sought because cells are taken for empty, all children are the attackers' own."""
    dropped = 0
    for seed in (3, 4):
        made = board(seed, 40)
        reading = replace(made.published(), silence_is_none=True)
        whole = system_of([reading], SHAPE)
        known = Auditor(whole.system)
        before = Auditor(replace(whole.system, taken_for_empty=set()))
        for group in attackers_of(SHAPE.sector_of, 2):
            knowledge = whole.knowledge(group, made.tally.known, made.cut_off)
            for target in {*before.targets(knowledge)} - {*known.targets(knowledge)}:
                dropped += 1
                assert _others(made.tally, whole.where, target.cell, target.minus, group) == set()
    assert dropped > 100


def _others(
    counted: Tally, where: dict[str, tuple[str, CellKey]], cell: str, minus: str, group: tuple[str, ...]
) -> set[str]:
    """Children of the group that none of the attackers knows in that very cell."""
    key = where[cell][1]
    children = set(counted.children(key))
    if minus in where:
        children -= counted.children(where[minus][1])
    by_agency = counted.by_agency(key._replace(who=ANY))
    return children - set().union(*(by_agency[agency] for agency in group), set())


def zero_apart() -> Ladder:
    """The ladder in use, with none and 1-9 apart for coverage by sector."""
    content = LADDER.model_dump()
    rungs = []
    for rung in content["rungs"]:
        mine = tuple(m for m in rung["measures"] if m.startswith("m6_"))
        rest = tuple(m for m in rung["measures"] if m not in mine)
        rungs += [rung | {"measures": rest}] if rest else []
        rungs += [rung | {"measures": mine, "zero_apart": rung["split"] == "sector"}] if mine else []
    return Ladder.model_validate(content | {"rungs": tuple(rungs)})


def test_a_zero_for_coverage_would_tell_what_was_not_recorded_of_one_child() -> None:
    """Why the ladder has none there (docs/adr/0014): agency A shares a child with sector B, whose cell says `0`."""
    rows, _ = with_all_measures(1, boards.facts(1, 20, SHAPE, WINDOWS[:4]), frozenset())
    counted = tally(rows, SHAPE)

    def told(ladder: Ladder) -> int:
        made = candidate(counted, ladder, ["2024FY"], boards.keys(1), "cut")
        nothing = [k for k, c in made.cells.items() if c.state is CellState.NONE and k.measure.startswith("m6_")]
        found = 0
        for key in nothing:
            shared = counted.by_agency(key._replace(measure="m6_any", who=ANY))
            there = counted.children(key._replace(measure="m6_any"))
            found += sum(len(there & known) for a, known in shared.items() if a not in SHAPE.agencies_of(key.who))
        return found

    assert told(zero_apart()) > 0
    assert told(LADDER) == 0
