"""What signals told enters the gate's archive: a release is moved when both together would prove a small group."""

from __future__ import annotations

from datetime import date

from analysis.disclosure.algebra import system_of
from analysis.disclosure.attacks import Attacks
from analysis.disclosure.audit import Policy
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, Tally, tally
from analysis.disclosure.gate import Candidate, attackers_of, gate
from analysis.disclosure.kr5 import KR5, Protected
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.statements import AtLeast, least
from models.releases import CellState

BOARD = "X08000001"
SHAPE = Shape(BOARD, {}, (), {"a": "a", "b": "b", "c": "c"})
RUNG = {"level": "board", "window": "quarter", "split": "any", "measures": ["m1_children"]}
LADDER = Ladder.model_validate({"version": 9, "rungs": [RUNG]}, strict=False)
QUARTER = CellKey("m1_children", "2025Q2", "board", BOARD)
TOLD = AtLeast("m1_children", date(2025, 4, 7), date(2025, 5, 4), 12)


def counted() -> Tally:
    """Nine children of `a` and four of `b`."""
    facts = [Fact("m1_children", f"child-{n}", "2025-05", "", "a" if n < 9 else "b") for n in range(13)]
    return tally(facts, SHAPE)


def shown(value: int) -> Candidate:
    cells = {QUARTER: Protected(CellState.FIGURE, value)}
    return Candidate("2025-07-29", LADDER, cells, counted(), KR5(coalition=1))


def test_a_statement_and_a_figure_together_prove_what_neither_does() -> None:
    """`a` knows nine; 10 stands for 6 to 14, so 0 to 5 others; with twelve or more it is 3 to 5."""
    agencies = attackers_of(SHAPE.sector_of, 1)
    alone = Attacks(shown(10).published(), [], counted(), Policy())
    assert alone.proofs(shown(10).published(), agencies) == []
    beside = Attacks(shown(10).published(), [], counted(), Policy(), said=[TOLD])
    assert {proof.by for proof in beside.proofs(shown(10).published(), agencies)} == {("a",)}


def test_the_gate_moves_the_figure_that_a_statement_would_give_away() -> None:
    assert gate(shown(10)).cells[QUARTER].value == 10
    gated = gate(shown(10), said=[TOLD])
    assert (gated.cells[QUARTER].value, gated.nudges) == (15, 1)


def test_a_statement_that_no_longer_holds_closes_no_gate() -> None:
    """Told in April of 30 children, of whom records were taken back since: that proves nothing of what is left."""
    assert gate(shown(10), said=[TOLD._replace(at_least=30)]).cells[QUARTER].value == 10


def test_a_statement_is_of_every_window_that_holds_its_days_and_of_the_whole_board_only() -> None:
    year, ward = QUARTER._replace(window="2025FY"), QUARTER._replace(level="ward", area="X05000001")
    cells = [QUARTER, year, QUARTER._replace(window="2025Q3"), QUARTER._replace(measure="m9_children"), ward]
    assert least([TOLD, TOLD._replace(at_least=10)], cells) == {QUARTER: 12, year: 12}
    across = TOLD._replace(ends_on=date(2025, 7, 6))
    assert least([across], cells) == {year: 12}
    system = system_of([shown(10).published()], SHAPE).system
    assert next(iter(system.cells.values())).low == 6
