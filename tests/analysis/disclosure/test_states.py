"""States other than a figure and low: stated, because everyone knows the reason, and never worked out from a count."""

from __future__ import annotations

import pytest

from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import for_sectors_too, tally
from analysis.release import LADDER
from benchmarks import release_boards as boards
from models.releases import CellState

SHAPE = boards.shape(towns=2, wards=2, agencies=6, indicators=3)
SECTOR = CellKey("m1_children", "2024Q2", "board", SHAPE.board, "sector:sector-0")
SILENT = [CellState.NO_RETURN, CellState.NOT_RECORDED, CellState.NOT_APPLICABLE]


@pytest.mark.parametrize("state", SILENT)
@pytest.mark.parametrize("children", [0, 60])
def test_a_silent_cell_is_stated_and_moves_no_other(state: CellState, children: int) -> None:
    facts = boards.facts(1, children, SHAPE, ["2024Q2"])
    of = tally(for_sectors_too(facts, SHAPE), SHAPE)
    spoken = build(of, LADDER, ["2024Q2"], boards.keys(1))
    silent = build(of, LADDER, ["2024Q2"], boards.keys(1), stated={SECTOR: state})
    assert silent[SECTOR].state is state
    assert {key for key in spoken if silent[key] != spoken[key]} == {SECTOR}


def test_what_is_counted_is_a_figure_or_low_and_nothing_else() -> None:
    of = tally(for_sectors_too(boards.facts(1, 400, SHAPE, ["2024Q2"]), SHAPE), SHAPE)
    made = build(of, LADDER, ["2024Q2", "2024FY"], boards.keys(1))
    assert set(made) == {*LADDER.grid("2024Q2", SHAPE), *LADDER.grid("2024FY", SHAPE)}
    assert {cell.state for cell in made.values()} == {CellState.FIGURE, CellState.LOW}
