"""What an attacker may write down about a board's figures is true of every board: checked on the counts themselves."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.audit import Auditor, audit
from analysis.disclosure.build import build
from analysis.disclosure.cells import ANY, CellKey, Shape, latent
from analysis.disclosure.counting import Fact, Tally, attribute, for_sectors_too, tally
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import KeyedNoise, Protected
from analysis.measures.registry import OWN_RECORDS
from analysis.release import LADDER
from models.releases import CellState
from tests.analysis.disclosure.ledgers import KEYS, SHAPE, WINDOWS, cells_of, counted, ledger
from tests.analysis.measures.ledger import rows as short_rows

CUT = "2025-04-29"
NEVER = KeyedNoise(), KR5()


def published(of: Tally, ladder: int, windows: tuple[str, ...] = WINDOWS) -> Published:
    rule = NEVER[0] if LADDERS[ladder].own_records else NEVER[1]
    return Published(CUT, LADDERS[ladder], cells_of(of, ladder, windows), rule)


def violated(board: BoardSystem, truth: dict[str, int]) -> list[str]:
    """Relations and bounds that the true counts do not keep to."""
    found = []
    for kind, total, parts in board.system.relations:
        counts = [truth[part] for part in parts]
        fits = truth[total] == sum(counts) if kind == "sum" else truth[total] >= max(counts)
        if not fits or (kind == "union" and truth[total] > sum(counts)):
            found.append(f"{kind} {total} of {', '.join(parts)}")
    return found + [cell for cell, (low, high) in board.system.cells.items() if not low <= truth[cell] <= high]


def truth_of(board: BoardSystem, of: Tally) -> dict[str, int]:
    return {cell: len(of.children(key)) for cell, (_, key) in board.where.items()}


@pytest.mark.parametrize("ladder", [2, 3, 4, LADDER.version])
@pytest.mark.parametrize("seed", range(10))
def test_the_true_counts_fit_every_bound_and_relation(seed: int, ladder: int) -> None:
    """Else proofs would be false, and contradictions would be found where there are none.

    Records link by some identifiers and not by others, so that a sector counts two where all together count one.
    """
    of = counted(ledger(seed), ladder)
    board = system_of([published(of, ladder)], SHAPE)
    assert violated(board, truth_of(board, of)) == []
    kinds = Counter(relation.kind for relation in board.system.relations)
    assert {"sum", "union", "subset"} <= kinds.keys()


def test_the_boards_would_show_a_relation_between_sectors_and_all_to_be_false() -> None:
    """Since ladder 4 neither is a part of the other; ladders before said so and were right."""
    more = less = 0
    for seed in range(10):
        of = counted(ledger(seed))
        for measure in ("m1_children", "m9_children", "m8_completed"):
            for place in [("board", SHAPE.board), *(("town", town) for town in SHAPE.towns)]:
                total = len(of.children(CellKey(measure, "2024FY", *place)))  # type: ignore[arg-type]
                sectors = [
                    len(of.children(CellKey(measure, "2024FY", *place, f"sector:{s}")))  # type: ignore[arg-type]
                    for s in SHAPE.sectors
                ]
                more += max(sectors) > total
                less += sum(sectors) < total
    assert more > 0
    assert less > 0


def test_a_part_that_others_decide_is_not_tied_to_a_whole_that_a_sector_decides() -> None:
    """Care's own records have one episode; police's make it the third in ninety days, and the response is to that."""
    for part, whole in (("m10_responded", "m10_children"), ("m11_of_missing", "m9_children")):
        keys = [CellKey(name, "2024FY", "board", SHAPE.board, "sector:childrens_social_care") for name in (part, whole)]
        shown = {key: Protected(CellState.LOW) for key in (*keys, *(key._replace(who=ANY) for key in keys))}
        subsets = system_of([Published(CUT, LADDER, shown)], SHAPE).system.relations
        assert [relation.total.split("|")[5] for relation in subsets] == ["any"]
    rows = [
        *(
            {"type": "missing", "by": "police", "child": "c", "day": f"2024-05-{n}", "ended_on": f"2024-05-{n}"}
            for n in (10, 20)
        ),
        {"type": "missing", "by": "care", "child": "c", "day": "2024-06-01", "ended_on": "2024-06-01"},
        {"type": "response", "by": "care", "child": "c", "day": "2024-06-02", "kind": "plan"},
    ]
    of = counted(short_rows(rows))
    key = CellKey("m10_responded", "2024FY", "board", SHAPE.board, "sector:childrens_social_care")
    assert len(of.children(key)) == 1
    assert len(of.children(key._replace(measure="m10_children"))) == 0


def test_a_quarter_by_an_old_ladder_and_its_year_by_the_new_one_are_tied_where_both_count_alike() -> None:
    """Released with one cut-off: cells of all agencies are counted alike, those of sectors are not."""
    for seed in range(6):
        rows = ledger(seed)
        old, new = counted(rows, 3), counted(rows, LADDER.version)
        pair = [published(old, 3, ("2024Q2", "2024Q3")), published(new, LADDER.version, ("2024FY",))]
        board = system_of(pair, SHAPE)
        truth = {
            cell: len((new if key.window == "2024FY" else old).children(key)) for cell, (_, key) in board.where.items()
        }
        assert violated(board, truth) == []
    years = [r for r in board.system.relations if r.kind == "union" and "2024FY" in r.total and "2024Q" in r.parts[0]]
    assert years
    assert not any("sector:" in relation.total for relation in years)


@pytest.mark.parametrize("ladder", [3, LADDER.version])
@pytest.mark.parametrize("seed", range(4))
def test_insiders_know_what_is_theirs_and_no_more(seed: int, ladder: int) -> None:
    of = counted(ledger(seed), ladder)
    board = system_of([published(of, ladder)], SHAPE)
    truth = truth_of(board, of)
    for group in [("police",), ("police", "health"), ("care", "early-help"), ("interviews",), ("care", "interviews")]:
        known = board.knowledge(group, of.known, CUT)
        for cell, count in known.whole.items():
            key = board.where[cell][1]
            assert count == truth[cell], "a cell known whole counts nobody else's children"
            assert SHAPE.agencies_of(key.who) <= set(group)
            assert key.measure in OWN_RECORDS, "others decide who was screened, offered or met"
        assert all(count <= truth[cell] for (cell, _), count in known.own.items())
        assert ladder == 3 or not audit(board.system, known).contradictory
    assert not board.knowledge((), of.known, CUT).own, "the outsider knows nothing"
    shared = board.knowledge(("care", "early-help"), of.known, CUT).whole
    assert any("childrens_social_care" in cell for cell in shared) == (ladder == LADDER.version), (
        "two of a sector know it whole"
    )
    alone = board.knowledge(("care",), of.known, CUT).whole
    assert not any("childrens_social_care" in cell for cell in alone)


def test_hidden_cells_complete_each_sum() -> None:
    key = CellKey("m1_children", "2024FY", "ward", SHAPE.wards[0])
    board = system_of([Published(CUT, LADDER, {key: Protected(CellState.LOW)})], SHAPE)
    sums = [relation for relation in board.system.relations if relation.kind == "sum"]
    assert [len(relation.parts) for relation in sums] == [3, 3, 3]
    assert sum("ZZ" in part for relation in sums for part in relation.parts) == 3
    assert all(latent(name) == name.endswith("ZZ") for name in (*SHAPE.wards, "ZZ", f"{SHAPE.board}-T1-ZZ"))


def test_windows_of_different_cut_offs_are_tied_only_by_their_change() -> None:
    """A later release counts late records, so an earlier quarter is no part of its year."""
    quarter = CellKey("m9_children", "2024Q2", "board", SHAPE.board)
    year = quarter._replace(window="2024FY")
    shown = {quarter: Protected(CellState.FIGURE, 50)}
    early = Published("2024-07-29", LADDER, shown)
    late = Published(CUT, LADDER, {year: Protected(CellState.LOW)})
    apart = system_of([early, late], SHAPE)
    assert not apart.system.relations
    assert not audit(apart.system).contradictory
    again = Published(CUT, LADDER, shown)
    assert len(system_of([early, again], SHAPE).system.changes) == 1
    together = Published(CUT, LADDER, {**late.cells, **shown})
    assert audit(system_of([together], SHAPE).system).contradictory, "a quarter of 33 or more in a year under 27"


def test_an_indicator_of_a_year_is_not_tied_to_its_quarters_where_few_are_drawn() -> None:
    """A child with nine indicators in two quarters counts under six in each, and under six others in the year."""
    keys = [CellKey("m1_children", window, "board", SHAPE.board, ANY, SHAPE.indicators[0]) for window in WINDOWS]
    shown = {key: Protected(CellState.LOW) for key in keys}
    few = system_of([Published(CUT, LADDER, shown)], SHAPE).system
    every = system_of([Published(CUT, LADDERS[3], shown, KR5())], SHAPE).system
    name = f"|{SHAPE.indicators[0]}"

    def tied(relations: list[str]) -> bool:
        return any(total.endswith(name) for total in relations)

    assert not tied([relation.total for relation in few.relations])
    assert tied([relation.total for relation in every.relations])
    halves = [("2024Q2", SHAPE.indicators[:6]), ("2024Q3", SHAPE.indicators[6:])]
    facts = [Fact("m1_children", "c", window, "", "police", code) for window, codes in halves for code in codes]
    of = tally(facts, SHAPE, 6)
    quarter, year = (
        [len(of.children(CellKey("m1_children", window, "board", SHAPE.board, ANY, code))) for code in SHAPE.indicators]
        for window in ("2024Q2", "2024FY")
    )
    assert any(one > other for one, other in zip(quarter, year, strict=True)), "the relation would be false"


def test_a_child_has_one_home_per_financial_year() -> None:
    ward, other = SHAPE.wards[0], SHAPE.wards[3]
    rows = [
        Fact("m9_children", "c", "2025-02", other, "police"),
        Fact("m9_children", "c", "2024Q2", "unknown", "police"),
        Fact("m9_children", "c", "2024-09", ward, "care"),
        Fact("m9_children", "c", "2025Q2", other, "care"),
        Fact("m9_children", "d", "2024Q2", "", "care"),
    ]
    homes = {(fact.child, fact.window): fact.area for fact in attribute(rows, SHAPE)}
    assert homes["c", "2024Q2"] == homes["c", "2024-09"] == homes["c", "2025-02"] == ward
    assert homes["c", "2025Q2"] == other
    assert homes["d", "2024Q2"] == "ZZ"
    settled = attribute(rows, SHAPE, {("c", "2024FY"): other})
    assert {fact.area for fact in settled if fact.child == "c"} == {other}, "an earlier release's area stays"


def test_adding_up_over_areas_holds_for_any_order_of_facts() -> None:
    draw = random.Random(1)
    homes = [*SHAPE.wards, *SHAPE.towns, "unknown"]
    rows = [
        Fact("m1_children", f"c{draw.randrange(80)}", draw.choice(WINDOWS[:4]), draw.choice(homes), "police")
        for _ in range(300)
    ]
    of = tally(for_sectors_too(rows, SHAPE), SHAPE)
    for window in WINDOWS:
        board = len(of.children(CellKey("m1_children", window, "board", SHAPE.board)))
        towns = [("town", town) for town in (*SHAPE.towns, "ZZ")]
        assert board == sum(len(of.children(CellKey("m1_children", window, "town", name))) for _, name in towns)


def test_a_board_without_towns_adds_up_too() -> None:
    flat = Shape("B", {}, ("W1", "W2"), {"a": "a", "b": "b"}, ())
    of = tally([Fact("m9_children", str(n), "2024Q2", f"W{n % 3}", "ab"[n % 2]) for n in range(30)], flat)
    made = build(of, LADDER, ["2024FY"], KEYS, measures=of.measures)
    board = system_of([Published(CUT, LADDER, made)], flat)
    assert not audit(board.system).contradictory
    assert {key.level for key in made} == {"board", "ward"}
    assert len(of.children(CellKey("m9_children", "2024FY", "ward", "ZZ"))) == 10


def test_a_fact_of_a_stranger_is_refused_without_naming_it() -> None:
    with pytest.raises(ValueError, match="not registered") as raised:
        tally([Fact("m9_children", "ct_x", "2024Q2", "", "stranger")], SHAPE)
    assert "stranger" not in str(raised.value)


def test_grid_is_full_whatever_was_counted() -> None:
    empty = tally([], SHAPE)
    full = counted(ledger(1))
    for window in WINDOWS:
        assert LADDER.grid(window, empty.shape) == LADDER.grid(window, full.shape)
    made = build(empty, LADDER, WINDOWS, KEYS)
    assert all(key.who == ANY for key in made if key.level == "ward")


@pytest.mark.parametrize("ladder", [3, LADDER.version])
@pytest.mark.parametrize("seed", range(2))
def test_witnesses_change_speed_and_never_a_verdict(seed: int, ladder: int) -> None:
    of = counted(ledger(seed, children=60), ladder)
    board = system_of([published(of, ladder, ("2024Q2",))], SHAPE)
    for group in [(), ("police",), ("police", "care")]:
        known = board.knowledge(group, of.known, CUT)
        quick = Auditor(board.system, worlds=board.worlds(LADDERS[ladder])).audit(known)
        assert quick.failures == Auditor(board.system).audit(known).failures
