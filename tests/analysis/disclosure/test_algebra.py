"""What the gate believes about a board's figures is true of every board: checked on the counts themselves."""

from __future__ import annotations

import random

import pytest

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.audit import Auditor, audit
from analysis.disclosure.build import candidate
from analysis.disclosure.cells import ANY, CellKey, Shape
from analysis.disclosure.counting import Fact, Tally, attribute, tally
from analysis.disclosure.kr5 import Protected
from analysis.disclosure.ladders import LADDERS
from models.releases import CellState
from tests.attacks import boards

SHAPE = boards.shape(towns=2, wards=3, agencies=4, indicators=3)
WINDOWS = ["2024Q2", "2024Q3", "2024Q4", "2025Q1", "2024FY"]


def counted(seed: int, children: int = 60) -> Tally:
    return tally(boards.facts(seed, children, SHAPE, WINDOWS[:4]), SHAPE)


def system(of: Tally, seed: int) -> tuple[BoardSystem, Published]:
    published = candidate(of, LADDERS[2], WINDOWS, boards.keys(seed), "cut").published()
    return system_of([published], of.shape), published


@pytest.mark.parametrize("seed", range(8))
def test_the_true_counts_fit_every_bound_and_relation(seed: int) -> None:
    """Else the gate would prove things that are false, or find contradictions that are none."""
    of = counted(seed)
    board, published = system(of, seed)
    truth = {cell: len(of.children(key)) for key, cell in board.ids["cut"].items()}
    for cell, (low, high) in board.system.cells.items():
        assert low <= truth[cell] <= high
    for kind, total, parts in board.system.relations:
        counts = [truth[part] for part in parts]
        assert truth[total] >= max(counts)
        if kind != "subset":
            assert truth[total] <= sum(counts)
        if kind == "sum":
            assert truth[total] == sum(counts)
    assert set(published.cells) <= set(board.ids["cut"])


@pytest.mark.parametrize("seed", range(4))
def test_insiders_know_what_is_theirs_and_no_more(seed: int) -> None:
    of = counted(seed)
    board, _ = system(of, seed)
    keys = {cell: key for key, cell in board.ids["cut"].items()}
    pairs = [("agency-0",), ("agency-0", "agency-1"), ("agency-2", "agency-3")]
    for group in pairs:
        known = board.knowledge(group, of.known, "cut")
        for cell, count in known.whole.items():
            assert count == len(of.children(keys[cell])), "a cell known whole counts nobody else's children"
            assert SHAPE.agencies_of(keys[cell].who) <= set(group)
        for (cell, _), count in known.own.items():
            assert count <= len(of.children(keys[cell]))
        assert not audit(board.system, known).contradictory
    assert not board.knowledge((), of.known, "cut").own, "the outsider knows nothing"
    shared = board.knowledge(("agency-2", "agency-3"), of.known, "cut").whole
    assert any(keys[cell].who == "sector:sector-2" for cell in shared), "two that share a sector know it whole"


def test_hidden_cells_complete_each_sum() -> None:
    key = CellKey("m1_children", "2024FY", "ward", SHAPE.wards[0])
    board = system_of([Published("cut", LADDERS[2], {key: Protected(CellState.LOW)})], SHAPE)
    sums = [relation for relation in board.system.relations if relation.kind == "sum"]
    assert [len(relation.parts) for relation in sums] == [3, 4, 4]
    assert sum("ZZ" in part for relation in sums for part in relation.parts) == 3


def test_windows_of_different_cut_offs_are_tied_only_by_their_change() -> None:
    """Decision 17: a later release counts late records, so an earlier quarter is no part of its year."""
    quarter = CellKey("m9_children", "2024Q2", "board", SHAPE.board)
    year = quarter._replace(window="2024FY")
    shown = {quarter: Protected(CellState.FIGURE, 20)}
    early = Published("2024-07-29", LADDERS[2], shown)
    late = Published("2025-04-29", LADDERS[2], {year: Protected(CellState.LOW)})
    apart = system_of([early, late], SHAPE)
    assert not apart.system.relations
    assert not audit(apart.system).contradictory
    again = Published("2025-04-29", LADDERS[2], shown)
    assert len(system_of([early, again], SHAPE).system.changes) == 1
    together = Published("2025-04-29", LADDERS[2], {**late.cells, **shown})
    assert audit(system_of([together], SHAPE).system).contradictory, "a quarter of 20 in a year under 10"


def test_a_child_has_one_home_per_financial_year() -> None:
    ward, other = SHAPE.wards[0], SHAPE.wards[4]
    rows = [
        Fact("m9_children", "c", "2025-02", other, "agency-0"),
        Fact("m9_children", "c", "2024Q2", "unknown", "agency-0"),
        Fact("m9_children", "c", "2024-09", ward, "agency-1"),
        Fact("m9_children", "c", "2025Q2", other, "agency-1"),
        Fact("m9_children", "d", "2024Q2", "", "agency-1"),
    ]
    homes = {(fact.child, fact.window): fact.area for fact in attribute(rows, SHAPE)}
    assert homes["c", "2024Q2"] == homes["c", "2024-09"] == homes["c", "2025-02"] == ward
    assert homes["c", "2025Q2"] == other
    assert homes["d", "2024Q2"] == "ZZ"
    settled = attribute(rows, SHAPE, {("c", "2024FY"): other})
    assert {fact.area for fact in settled if fact.child == "c"} == {other}, "an earlier release's area stays"


def test_adding_up_over_areas_holds_for_any_order_of_facts() -> None:
    rows = boards.facts(5, 200, SHAPE, WINDOWS[:4])
    random.Random(1).shuffle(rows)
    of = tally(rows, SHAPE)
    for window in WINDOWS:
        board = len(of.children(CellKey("m1_children", window, "board", SHAPE.board)))
        towns = [("town", town) for town in (*SHAPE.towns, "ZZ")]
        assert board == sum(len(of.children(CellKey("m1_children", window, "town", name))) for _, name in towns)


def test_a_board_without_towns_adds_up_too() -> None:
    flat = Shape("B", {}, ("W1", "W2"), {"a": "a", "b": "b"}, ())
    of = tally([Fact("m9_children", str(n), "2024Q2", f"W{n % 3}", "ab"[n % 2]) for n in range(30)], flat)
    made = candidate(of, LADDERS[2], ["2024FY"], boards.keys(1), "cut", measures=of.measures)
    board = system_of([made.published()], flat)
    assert not audit(board.system).contradictory
    assert {key.level for key in made.cells} == {"board", "ward"}
    assert len(of.children(CellKey("m9_children", "2024FY", "ward", "ZZ"))) == 10


def test_a_fact_of_a_stranger_is_refused_without_naming_it() -> None:
    with pytest.raises(ValueError, match="not registered") as raised:
        tally([Fact("m9_children", "ct_x", "2024Q2", "", "stranger")], SHAPE)
    assert "stranger" not in str(raised.value)


def test_grid_is_full_whatever_was_counted() -> None:
    empty = tally([], SHAPE)
    full = counted(1)
    for window in WINDOWS:
        assert LADDERS[2].grid(window, empty.shape) == LADDERS[2].grid(window, full.shape)
    made = candidate(empty, LADDERS[2], WINDOWS, boards.keys(1), "cut")
    assert {cell.state for cell in made.cells.values()} == {CellState.LOW, CellState.NONE}
    assert all(key.who == ANY for key in made.cells if key.level == "ward")


@pytest.mark.parametrize("seed", range(3))
def test_witnesses_change_speed_and_never_a_verdict(seed: int) -> None:
    of = counted(seed, children=150)
    board, _ = system(of, seed)
    for group in [(), ("agency-0",), ("agency-0", "agency-1")]:
        known = board.knowledge(group, of.known, "cut")
        quick = Auditor(board.system, worlds=board.worlds(LADDERS[2])).audit(known)
        assert quick.failures == Auditor(board.system).audit(known).failures
