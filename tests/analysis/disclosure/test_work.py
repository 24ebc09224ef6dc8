"""The gate's work is bounded, the bound is the same everywhere, and small boards stay far from it."""

from __future__ import annotations

import pytest

from analysis.disclosure.build import candidate
from analysis.disclosure.counting import tally
from analysis.disclosure.gate import Candidate, GateClosed, gate
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.windows import parts
from analysis.disclosure.work import ITERATIONS, OutOfWork, Work, spend
from benchmarks import release_boards

YEAR = "2024FY"


def small_board(indicators: int = 45) -> Candidate:
    """Sixty children a year of whom two agencies know all: every other sector shows 0, and next to all is known."""
    shape = release_boards.shape(towns=2, wards=3, agencies=6, indicators=indicators)
    facts = release_boards.facts(3, 60, shape, parts(YEAR), big=1.0)
    windows = [YEAR, *parts(YEAR)]
    return candidate(tally(facts, shape), LADDERS[2], windows, release_boards.keys(1), "0")


@pytest.mark.slow
def test_a_small_board_s_year_with_its_quarters_takes_little_work() -> None:
    """Thousands of groups that are nobody are ruled out together: one by one they took hours on the demo's board."""
    work = Work()
    gate(small_board(), work=work)
    assert ITERATIONS - work.left < 65_000  # 44,000; 84,000 when each is ruled out by itself


def test_a_gate_that_does_not_finish_within_its_work_stays_closed_and_says_what_to_do() -> None:
    with pytest.raises(GateClosed, match="ask for fewer windows at once, each quarter and then the year"):
        gate(small_board(indicators=6), work=Work(500))


@pytest.mark.slow
def test_the_same_gate_takes_the_same_work_every_time() -> None:
    def taken() -> int:
        work = Work()
        gate(small_board(indicators=2), work=work)
        return ITERATIONS - work.left

    assert taken() == taken() > 0


def test_work_counts_only_where_it_is_limited() -> None:
    spend(10**9)
    with Work(5).limited() as work:
        spend(5)
        with pytest.raises(OutOfWork):
            spend(1)
    assert work.left == -1
    spend(10**9)
