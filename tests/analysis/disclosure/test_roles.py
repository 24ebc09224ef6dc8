"""Who knows what: by its records, by its role, and by the system that it shares; at the service and at the agency."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.commands._audited import knowledge_of_files
from analysis.disclosure.algebra import Published, system_of
from analysis.disclosure.audit import audit
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import tally
from analysis.disclosure.facts import facts_of, placed
from analysis.disclosure.insiders import Insiders
from analysis.disclosure.knowns import UNSURE, known_by, knowns_of
from analysis.measures.children import view
from analysis.measures.occurrence import Occurrence
from analysis.measures.registry import OWN_RECORDS
from analysis.release import LADDER
from tests.analysis.disclosure.ledgers import (
    BOARD,
    INSIDERS,
    KEYS,
    REGISTER,
    RULES,
    SECTORS,
    SHAPE,
    WINDOWS,
    board_of,
    cells_of,
    counted,
    ledger,
    seen_by,
)
from tests.analysis.measures.ledger import rows as short_rows

CUT = "2025-04-29"


def known(events: list[dict[str, object]], measure: str) -> dict[str, int]:
    """How many children of a measure's board cell each agency knows."""
    changes = {"police": {"knows": ["lead"]}, "health": {"shares_system_with": ["interviews"]}}
    register, board = board_of(**changes)
    seen = view(short_rows(events).items(), None, SECTORS)
    facts = placed(facts_of(seen, RULES, insiders=Insiders.of(register, board)), seen, SHAPE)
    of = tally(facts, SHAPE)
    key = CellKey(measure, "2024FY", "board", BOARD.code)
    return {agency: found for agency in SECTORS if (found := of.known(key, [agency]))}


MISSING = {"type": "missing", "by": "police", "child": "c1", "day": "2024-05-01", "ended_on": "2024-05-02"}
TOLD = {
    **{"type": "interview", "by": "interviews", "child": "c1", "day": "2024-05-03", "returned_on": "2024-05-02"},
    **{"state": "completed", "within_72h": "yes"},
}
HIGH = {"type": "concern", "by": "police", "child": "c1", "day": "2024-06-03", "risk": {"level": "serious"}}
PLAN = {"type": "response", "by": "early-help", "child": "c1", "day": "2024-06-05", "kind": "plan"}
SCREEN = {"type": "screening", "by": "interviews", "child": "c1", "day": "2024-06-04", "level": "at_risk"}
AGAIN = [{**MISSING, "day": f"2024-05-{n}", "ended_on": f"2024-05-{n}"} for n in (11, 21)]
TALKED = {"type": "response", "by": "interviews", "child": "c1", "day": "2024-05-22", "kind": "strategy_discussion"}


@pytest.mark.parametrize(
    ("events", "measure", "who"),
    [
        # Care sees interviews, by the register; health shares the interviewers' system.
        ([MISSING, TOLD], "m8_completed", {"interviews", "care", "health", "early-help"}),
        ([MISSING, TOLD], "m8_within_72h", {"interviews", "care", "health", "early-help"}),
        ([MISSING, TOLD], "m8_returned", {"police", "interviews", "care", "health", "early-help"}),
        ([MISSING], "m8_returned", {"police"}),
        ([MISSING, TOLD], "m9_children", {"police", "interviews", "care", "health", "early-help"}),
        # Police and health get to see plans; early help shares care's system, the interviewers that of health.
        ([HIGH, PLAN], "m16_met", {"early-help", "care", "police", "health", "interviews"}),
        ([HIGH], "m16_high", {"police"}),
        ([HIGH, SCREEN], "m7_screened", {"interviews", "health"}),
        ([HIGH, SCREEN], "m7_children", {"police", "interviews", "health"}),
        ([MISSING, *AGAIN, TALKED], "m10_responded", {"interviews", "health"}),
        ([MISSING, HIGH | {"by": "health"}], "m11_of_missing", set()),
        ([MISSING, HIGH], "m11_of_missing", {"police"}),
        ([HIGH | {"by": "interviews"}], "m1_children", {"interviews", "health"}),
    ],
)
def test_who_knows_by_role(events: list[dict[str, object]], measure: str, who: set[str]) -> None:
    assert set(known(events, measure)) == who


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_no_cell_depends_on_who_knows(seed: int) -> None:
    """Noise holds for whatever is known: the register's roles change what is attacked with, and no figure."""
    rows = ledger(seed, children=12)
    seen = seen_by(rows)
    plain = tally(placed(facts_of(seen, RULES), seen, SHAPE), SHAPE, 6)
    told = counted(rows)
    assert told.sets == plain.sets
    assert told.knows is not None
    assert build(told, LADDER, WINDOWS, KEYS) == build(plain, LADDER, WINDOWS, KEYS)
    for context, by_agency in told.knows.items():
        whole = frozenset().union(*told.sets[context].values())
        assert all(found <= whole for found in by_agency.values()), "nobody knows of a child that is not counted"


def test_sharing_a_system_holds_both_ways_and_goes_no_further() -> None:
    register, board = board_of(health={"shares_system_with": ["care"]})
    insiders = Insiders.of(register, board)
    assert insiders.shares["care"] == {"early-help", "health"}
    assert insiders.shares["health"] == {"care"}
    occurrence = Occurrence(date(2024, 5, 1), frozenset({"early-help"}))
    assert insiders.knowers(occurrence, "early-help") == ("care", "early-help")


@pytest.mark.parametrize("seed", range(8))
def test_an_agency_knows_by_itself_what_the_service_takes_it_to_know(seed: int) -> None:
    """From its own records: its own sector's cells whole and right, and never a contradiction."""
    rows = ledger(seed)
    of = counted(rows)
    board = system_of([Published(CUT, LADDER, cells_of(of))], SHAPE)
    for group in [("police",), ("health",), ("care",), ("interviews",), ("care", "early-help"), ("police", "health")]:
        counts = known_by(seen_by(rows, *group), SHAPE, RULES, LADDER, INSIDERS)
        attacker = knowledge_of_files(board, [knowns_of(counts, "+".join(group))])
        for cell, count in attacker.whole.items():
            assert count == len(of.children(board.where[cell][1]))
        service = board.knowledge_of(group, of.known, CUT)
        assert attacker.whole == service.whole
        assert not audit(board.system, attacker).contradictory


@pytest.mark.parametrize("seed", range(4))
def test_who_sees_every_record_of_its_role_counts_what_the_service_takes_it_to_know(seed: int) -> None:
    """`--sees` with all that others sent: the register alone then says what of it the agency knows."""
    rows = ledger(seed)
    of = counted(rows)
    everything = known_by(seen_by(rows), SHAPE, RULES, LADDER, INSIDERS)
    for agency in SECTORS:
        found = knowns_of(everything, agency).counts()
        for key in cells_of(of):
            if key.measure not in UNSURE and not key.measure.startswith("m8_"):
                assert found.get(key, 0) == of.known(key, [agency]), key


def test_an_interviewer_knows_whom_it_interviewed_though_others_reported_the_episode() -> None:
    """It holds no episode: what it was told of the return is enough for the cells of all agencies."""
    seen = view(short_rows([TOLD]).items(), None, SHAPE.sector_of)
    found = knowns_of(known_by(seen, SHAPE, RULES, LADDER, INSIDERS), "interviews").counts()
    board = CellKey("m8_completed", "2024Q2", "board", BOARD.code)
    assert found[board] == found[board._replace(measure="m8_within_72h")] == 1
    assert found[board._replace(measure="m8_returned")] == 1
    no = view(short_rows([TOLD | {"state": "declined"}]).items(), None, SHAPE.sector_of)
    declined = knowns_of(known_by(no, SHAPE, RULES, LADDER, INSIDERS), "interviews").counts()
    assert board not in declined
    assert declined[board._replace(measure="m8_offered")] == 1


def test_a_home_that_ones_records_do_not_tell_is_known_in_ones_own_cells_alone() -> None:
    """Others' records say where the child is counted: it is not elsewhere because one does not know where."""
    seen = view(short_rows([MISSING]).items(), None, SHAPE.sector_of)
    found = knowns_of(known_by(seen, SHAPE, RULES, LADDER, INSIDERS), "police").counts()
    town = CellKey("m9_children", "2024FY", "town", "ZZ")
    assert town not in found
    assert found[town._replace(who="sector:police")] == 1
    assert found[CellKey("m9_children", "2024FY", "board", BOARD.code)] == 1


def test_records_of_a_shared_system_are_known_as_ones_own() -> None:
    rows = ledger(3)
    of = counted(rows)
    board = system_of([Published(CUT, LADDER, cells_of(of))], SHAPE)
    counts = known_by(seen_by(rows, "care", "early-help"), SHAPE, RULES, LADDER, INSIDERS)
    both = knowledge_of_files(board, [knowns_of(counts, "care", ["early-help"])])
    cell = f"{CUT}|m1_children|2024FY|board|{BOARD.code}|sector:childrens_social_care|any"
    assert both.whole[cell] == len(of.children(board.where[cell][1]))
    alone = knowledge_of_files(board, [knowns_of(counts, "care")])
    assert cell not in alone.whole


def test_measures_are_known_by_records_that_decide_them() -> None:
    """A measure that others' records take children from is none that a sector's own records decide."""
    assert not set(UNSURE) & set(OWN_RECORDS)
    named = defaultdict(set)
    for name in LADDER.measures:
        named[name.partition("_")[0]].add(name)
    assert {one.partition("_")[0] for one in UNSURE} == {"m2", "m3", "m7", "m18", "m20"}
    assert REGISTER.agency_by_id["care"].knows == ("interviews",)
