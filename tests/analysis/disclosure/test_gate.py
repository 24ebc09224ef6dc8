"""The gate fails closed: it nudges, then withholds whole tables, then lets nothing out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from analysis.disclosure.algebra import Published, system_of
from analysis.disclosure.archive import relevant
from analysis.disclosure.attacks import Attacks
from analysis.disclosure.audit import Policy, audit
from analysis.disclosure.blocks import Block, ancestors, block_of
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, tally
from analysis.disclosure.gate import Candidate, GateClosed, attackers_of, gate
from analysis.disclosure.kr5 import Protected
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from models.releases import CellState
from tests.attacks import boards

pytestmark = pytest.mark.slow

TOWN = "X08000001-T1"
WARDS = tuple(f"X0500000{n}" for n in range(1, 7))
SMALL = Shape("X08000001", {TOWN: WARDS}, WARDS, {f"a{n}": f"a{n}" for n in range(6)}, ())
LOW = Protected(CellState.LOW)
RUNGS = [{"level": level, "window": "year", "split": "any", "measures": ["m9_children"]} for level in ("town", "ward")]
LADDER = Ladder.model_validate({"version": 9, "rungs": RUNGS}, strict=False)


def figure(value: int) -> Protected:
    return Protected(CellState.FIGURE, value)


def key(level: str, area: str, window: str = "2024FY") -> CellKey:
    return CellKey("m9_children", window, level, area)  # type: ignore[arg-type]


def squeezed(town: int, wards: list[int], shown: dict[str, Protected]) -> Candidate:
    """A town of six wards with these true counts, everyone known to a different agency, shown as given."""
    facts = [
        Fact("m9_children", f"{ward}-{number}", "2024FY", ward, f"a{number % 6}")
        for ward, count in zip(WARDS, wards, strict=True)
        for number in range(count)
    ]
    cells = {key("town", TOWN): figure(town)}
    cells |= {key("ward", ward): shown.get(ward, LOW) for ward in WARDS}
    return Candidate("2025-04-29", LADDER, cells, tally(facts, SMALL))


def test_the_note_s_example_is_nudged_clear() -> None:
    """Three wards at 10 under a town at 15 squeeze the other three to 0..1; publishing 20 clears it."""
    candidate = squeezed(15, [6, 6, 6, 0, 0, 0], {ward: figure(10) for ward in WARDS[:3]})
    board = system_of([candidate.published()], SMALL)
    report = audit(board.system)
    assert {(f.low, f.high) for f in report.failures if "X05000004" in f.target.cell} == {(0, 1)}
    gated = gate(candidate)
    assert gated.cells[key("town", TOWN)] == figure(20)
    assert gated.nudges == 1
    assert gated.withheld == ()
    assert candidate.cells[key("town", TOWN)] == figure(15), "the candidate itself is left as it was"


def test_what_is_not_nudged_clear_is_withheld_as_a_whole_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last pass, or when nothing can move: the finest table that holds the proof, and no more."""
    candidate = squeezed(15, [6, 6, 6, 0, 0, 0], {ward: figure(10) for ward in WARDS[:3]})
    monkeypatch.setattr("analysis.disclosure.gate.PASSES", 0)
    gated = gate(candidate)
    assert gated.withheld == (Block("m9_children", "2024FY", "ward", TOWN, "any"),)
    assert {gated.cells[key("ward", ward)].state for ward in WARDS} == {CellState.WITHHELD}
    assert gated.cells[key("town", TOWN)] == figure(15)
    assert gated.nudges == 0


def test_a_split_of_one_town_goes_before_the_board_s_own_figures() -> None:
    shape = boards.shape()
    blocks = [
        block_of(CellKey("m1_children", "2024Q2", level, area, who, indicator), shape)  # type: ignore[arg-type]
        for level, area, who, indicator in [
            ("board", shape.board, "any", "any"),
            ("board", shape.board, "sector:sector-0", "I01"),
            ("town", TOWN, "any", "any"),
            ("town", TOWN, "any", "I01"),
            ("ward", shape.wards[0], "any", "any"),
        ]
    ]
    assert sorted(blocks, key=lambda block: block.coarse) == blocks[::-1]


def test_what_earlier_releases_already_disclose_closes_the_gate() -> None:
    candidate = squeezed(20, [6, 6, 6, 0, 0, 0], {})
    wrong = Published("2025-01-29", LADDER, {key("town", TOWN): figure(40)})
    with pytest.raises(GateClosed, match="every table is withheld"):
        gate(replace(candidate, cells={key("town", TOWN): figure(20)}), [_exact(wrong)])


def _exact(release: Published) -> Published:
    """A release whose rule was broken: what it shows is the exact count."""

    class Leaky(Published):
        def interval(self, key: CellKey) -> object:  # type: ignore[override]
            from analysis.disclosure.system import Interval

            return Interval(3, 3)

    return Leaky(release.cut_off, release.ladder, release.cells)


def test_a_year_is_read_as_if_its_quarters_made_it_up() -> None:
    """Beside what is certain across cut-offs: the quarters as parts of the year, as a reader will take them."""
    facts = [Fact("m9_children", str(n), "2024Q2", WARDS[n % 6], f"a{n % 6}") for n in range(9)]
    candidate = Candidate("2025-04-29", LADDER, {key("town", TOWN): LOW}, tally(facts, SMALL))
    quarter = Published("2024-07-29", LADDER, {key("town", TOWN, "2024Q2"): figure(10)})
    other = Published("2024-04-29", LADDER, {key("town", TOWN, "2024Q1"): figure(10)})
    attacks = Attacks(candidate.published(), [other, quarter], candidate.tally, Policy())
    certain, steady = (system_of(reading, SMALL).system for reading in attacks.readings(candidate.published()))
    year, part = (f"2025-04-29|{key('town', TOWN, window).label}" for window in ("2024FY", "2024Q2"))
    assert not any(part in relation.parts for relation in certain.relations)
    assert any(relation.total == year and part in relation.parts for relation in steady.relations)
    assert steady.cells[part] == (6, 14)


def test_a_contradiction_with_a_release_of_the_same_cut_off_closes_the_gate() -> None:
    candidate = squeezed(20, [6, 6, 6, 0, 0, 0], {})
    wrong = Published(candidate.cut_off, LADDER, {key("town", TOWN): figure(40)})
    with pytest.raises(GateClosed, match="contradict"):
        gate(candidate, [wrong])


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_gated_releases_pass_every_attack_and_stay_true(seed: int) -> None:
    candidate = boards.make(seed, 300, ["2024Q2"], indicators=8)
    gated = gate(candidate)
    of = candidate.tally
    for cell_key, cell in gated.cells.items():
        if cell.state in (CellState.FIGURE, CellState.LOW):
            low, high = candidate.rule.bounds(cell.value)
            assert low <= len(of.children(cell_key)) <= high, "a nudge must keep the public meaning true"
    board = system_of([replace(candidate, cells=gated.cells).published()], of.shape)
    for group in attackers_of(of.shape.sector_of, 2)[::9]:
        report = audit(board.system, board.knowledge(group, of.known, candidate.cut_off))
        assert report.safe
    assert gated.nudges
    assert gated.audits >= 3 * 37, "two parts, and after a nudge everyone attacks what changed, not only its suspects"
    assert gate(candidate).cells == gated.cells, "the same candidate gives the same release"


def test_cells_of_the_same_children_move_together() -> None:
    for seed in range(12):
        candidate = boards.make(seed, 300, ["2024Q2"], indicators=8)
        gated = gate(candidate)
        sets: dict[tuple[frozenset[str], Protected], set[Protected]] = {}
        for cell_key, before in candidate.cells.items():
            if gated.cells[cell_key].state is not CellState.WITHHELD:
                same = (candidate.tally.children(cell_key), before)
                sets.setdefault(same, set()).add(gated.cells[cell_key])
        assert all(len(shown) == 1 for shown in sets.values())
        if gated.nudges:
            return
    pytest.fail("no seed needed a nudge: nothing was tested")


def test_the_first_ladder_s_three_figures_go_through_the_same_gate() -> None:
    known = {"m9_children": {"a0": range(8), "a1": range(5, 14)}, "m10_children": {"a0": range(1, 4)}}
    facts = [
        Fact(measure, str(child), "2024Q2", "", agency)
        for measure, sets in known.items()
        for agency, children in sets.items()
        for child in children
    ]
    gated = build(tally(facts, SMALL), LADDERS[1], ["2024Q2"], boards.keys(1), "2024-07-29")
    shown = {cell.measure: value for cell, value in gated.cells.items()}
    assert shown["m1_children"] == shown["m10_children"] == LOW
    assert shown["m9_children"].value in (15, 20)
    with pytest.raises(ValueError, match="not registered"):
        tally([Fact("m9_children", "1", "2024Q2", "", "stranger")], SMALL)


def test_attackers_are_everyone_alone_and_in_pairs() -> None:
    found = attackers_of(["c", "a", "b"], 2)
    assert len(found) == 1 + 3 + 3
    assert set(found) == {(), ("a",), ("b",), ("c",), *combinations("abc", 2)}


def test_the_archive_is_this_financial_year_and_the_one_before() -> None:
    ladder = LADDERS[2]
    entries = {
        window: Published(f"{number}", ladder, {key("board", "B", window): LOW})
        for number, window in enumerate(["2022FY", "2023Q1", "2023Q2", "2023FY", "2024Q2", "2025Q1"])
    }
    kept = relevant(reversed(entries.values()), [key("board", "B", "2025Q1")])
    assert [next(iter(r.cells)).window for r in kept] == ["2023Q2", "2023FY", "2024Q2", "2025Q1"]


def test_ancestors_are_nearest_first_and_blocks_are_tables() -> None:
    shape = boards.shape()
    ward = CellKey("m1_children", "2024FY", "ward", shape.wards[0])
    assert [(a.level, a.window) for a in ancestors(ward, shape)] == [("town", "2024FY"), ("board", "2024FY")]
    cell = CellKey("m1_children", "2024Q2", "town", TOWN, "sector:sector-0", "I01")
    near = list(ancestors(cell, shape))
    assert near[0] == cell._replace(level="board", area=shape.board)
    assert near[1].who == "any"
    assert near[2].window == "2024FY"
    assert len(near) == 15
    assert block_of(ward, shape) == Block("m1_children", "2024FY", "ward", TOWN, "any")
    assert block_of(cell, shape) == Block("m1_children", "2024Q2", "town", TOWN, "sector x indicator")
    assert block_of(cell._replace(who="any", indicator="any"), shape).parent == shape.board
