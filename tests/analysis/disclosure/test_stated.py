"""Which cells of sectors have a state and no count: by the register and the catalogue, and by nothing else."""

from __future__ import annotations

import pytest

from analysis.disclosure.cells import Shape
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.stated import stated
from analysis.measures.history import Rules
from demo.boards import LARGE, two_boards
from models.catalogue import shipped
from models.releases import CellState

REGISTER = two_boards()
SHAPE = Shape.of(REGISTER, REGISTER.board_by_code[LARGE], ())
KEYS = LADDERS[max(LADDERS)].grid("2025FY", SHAPE)
STATES = stated(KEYS, SHAPE, REGISTER, Rules(), ())


@pytest.mark.parametrize("topic", shipped().categories)
def test_a_topic_is_not_applicable_to_whoever_is_not_expected_to_see_it_and_to_nobody_else(topic: str) -> None:
    cells = [key for key in KEYS if key.who.startswith("sector:") and key.measure == f"m6_{topic}"]
    assert cells
    for key in cells:
        expected = bool(shipped().expected(key.who.removeprefix("sector:"), topic))
        assert (STATES.get(key) is CellState.NOT_APPLICABLE) is not expected, key


def test_no_cell_of_the_whole_board_has_a_state() -> None:
    assert not [key for key in STATES if key.who == "any"]


def test_a_sector_that_returned_nothing_has_no_other_state() -> None:
    silent = stated(KEYS, SHAPE, REGISTER, Rules(), ("police",))
    assert {state for key, state in silent.items() if key.who == "sector:police"} == {CellState.NO_RETURN}
    assert {key: state for key, state in silent.items() if key.who != "sector:police"} == {
        key: state for key, state in STATES.items() if key.who != "sector:police"
    }
