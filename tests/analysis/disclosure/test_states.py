"""States other than a figure and low: stated before the gate, and `0` and `1-9` apart where that gives nothing away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from analysis.disclosure.attacks import Attacks
from analysis.disclosure.gate import attackers_of, gate
from pydantic import ValidationError

from analysis.disclosure.algebra import system_of
from analysis.disclosure.audit import Policy
from analysis.disclosure.build import build, candidate
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Fact, Tally, tally
from analysis.disclosure.export import export
from analysis.disclosure.ladder import Rung
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.system import ANYTHING, OUTSIDER, Interval
from models.releases import CellState
from tests.attacks import boards

SHAPE = boards.shape(towns=2, wards=2, agencies=6, indicators=3)
SECTOR = CellKey("m1_children", "2024Q2", "board", SHAPE.board, "sector:sector-0")
SILENT = [CellState.NO_RETURN, CellState.NOT_RECORDED, CellState.NOT_APPLICABLE]


def counted(children: int = 60, seed: int = 1) -> Tally:
    return tally(boards.facts(seed, children, SHAPE, ["2024Q2"]), SHAPE)


def test_only_sectors_of_the_whole_board_tell_zero_from_few() -> None:
    rows = [Fact("m1_children", str(n), "2024Q2", SHAPE.wards[0], "agency-1", "I00") for n in range(3)]
    made = candidate(tally(rows, SHAPE), LADDERS[2], ["2024Q2"], boards.keys(1), "cut")
    apart = {key for key, cell in made.cells.items() if cell.state in (CellState.NONE, CellState.ONE_TO_NINE)}
    assert apart == {key for key in made.cells if key.level == "board" and key.who != "any" and key.indicator == "any"}
    assert made.cells[SECTOR].state is CellState.NONE
    assert made.cells[SECTOR._replace(who="sector:sector-1")].state is CellState.ONE_TO_NINE
    published = made.published()
    assert published.interval(SECTOR) == Interval(0, 0)
    assert published.interval(SECTOR._replace(who="sector:sector-1")) == Interval(1, 9)


def test_no_other_rung_may_tell_them_apart() -> None:
    for level, split in (("town", "sector"), ("board", "any"), ("board", "sector x indicator")):
        with pytest.raises(ValidationError, match="sectors of the whole board"):
            Rung.model_validate(
                {"level": level, "window": "year", "split": split, "measures": ("m1_children",), "zero_apart": True}
            )


@pytest.mark.slow
def test_what_is_told_apart_becomes_low_again_where_it_helps_a_proof() -> None:
    """The exception is subject to the gate, which takes it back in some cells of small boards and leaves it in most."""
    merged = left = 0
    for seed in range(6):
        made = candidate(counted(20, seed), LADDERS[2], ["2024Q2"], boards.keys(seed), "cut")
        gated = gate(made)
        apart = {key for key, cell in made.cells.items() if cell.state in (CellState.NONE, CellState.ONE_TO_NINE)}
        merged += sum(gated.cells[key].state is CellState.LOW for key in apart)
        left += sum(gated.cells[key] == made.cells[key] for key in apart)
        out = replace(made, cells=gated.cells).published()
        assert not Attacks(out, [], made.tally, Policy()).proofs(out, attackers_of(SHAPE.sector_of, 2))
    assert left > merged > 0


@pytest.mark.parametrize("state", SILENT)
def test_a_silent_cell_is_stated_and_attacked_in_both_ways_of_reading_it(state: CellState) -> None:
    of = counted()
    gated = build(of, LADDERS[2], ["2024Q2"], boards.keys(1), "cut", stated={SECTOR: state})
    assert gated.cells[SECTOR].state is state
    made = candidate(of, LADDERS[2], ["2024Q2"], boards.keys(1), "cut", stated={SECTOR: state})
    out = replace(made, cells=gated.cells).published()
    certain, assumed = (system_of(reading, SHAPE) for reading in Attacks(out, [], of, Policy()).readings(out))
    cell = out.id_of(SECTOR)
    assert certain.system.cells[cell] == ANYTHING
    assert assumed.system.cells[cell] == Interval(0, 0)
    document = export([out], certain, OUTSIDER)
    assert next(c["release"] for c in document["cells"] if c["id"] == cell) == {"kind": "withheld"}


@pytest.mark.slow
def test_a_sector_that_sent_nothing_does_not_give_the_others_away() -> None:
    """Whole sectors without a return, which everyone may take for none: outsider, insiders and pairs prove nothing."""
    rows = [fact for fact in boards.facts(3, 80, SHAPE, ["2024Q2"]) if fact.agency not in ("agency-2", "agency-3")]
    of, silent = tally(rows, SHAPE), ("sector:sector-2", "sector:sector-3")
    stated = {key: CellState.NO_RETURN for key in LADDERS[2].grid("2024Q2", SHAPE) if key.who in silent}
    made = candidate(of, LADDERS[2], ["2024Q2"], boards.keys(3), "cut", stated=stated)
    out = replace(made, cells=gate(made).cells).published()
    attacks = Attacks(out, [], of, Policy())
    assert len(attacks.readings(out)) == 2
    assert attacks.proofs(out, attackers_of(SHAPE.sector_of, 2)) == []
