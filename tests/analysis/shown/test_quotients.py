"""Shares, rates and ratios of published values: the truth is in the range as often as said, no state is a number."""

from __future__ import annotations

import random

import pytest

from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, RoundingKeys
from analysis.shown.quotients import (
    PER,
    Quotient,
    against_expectation,
    missed_links,
    rate,
    share,
    span,
)
from analysis.training.released import ReleasedFigure
from models.releases import CellState

KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
F = CellState.FIGURE


def figure(value: int, sector: str = "any") -> ReleasedFigure:
    return ReleasedFigure("m7_children", sector, F, value)


def rounded(value: int | None) -> ReleasedFigure:
    """A cell of a release on ladder 3."""
    return ReleasedFigure("m7_children", "any", CellState.LOW if value is None else F, value, KR5())


def published(number: int, salt: int, sector: str = "any") -> ReleasedFigure:
    """As the rule itself would publish so many children."""
    told = STANDARD.protect(frozenset(f"{salt}-{n}" for n in range(number)), f"cell {salt}", KEYS)
    return ReleasedFigure("m7_children", sector, told.state, told.value)


def test_a_share_has_the_range_that_the_error_of_its_figures_leaves() -> None:
    assert share(figure(45), figure(100)) == Quotient(0.45, 38 / 107, 52 / 93)
    assert share(figure(100), figure(100)) == Quotient(1.0, 93 / 107, 1.0)


def test_a_share_of_older_releases_has_the_range_that_rounding_leaves() -> None:
    assert share(rounded(45), rounded(100)) == Quotient(0.45, 41 / 104, 49 / 96)
    assert share(rounded(None), rounded(100)) == Quotient(None, 0, 9 / 96, CellState.LOW)
    assert share(rounded(10), rounded(100)).low == 6 / 104


def test_a_part_that_chance_put_above_its_whole_is_all_of_it() -> None:
    found = share(figure(30), figure(10))
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == 1.0  # 23 of at most 17


@pytest.mark.parametrize("count", [*range(31), 200, 201, 202, 203, 204])
def test_the_number_of_children_lies_in_the_range_nine_times_in_ten(count: int) -> None:
    """By the rule's own chances, whatever the number: so a rate's range holds as often."""
    cells = [ReleasedFigure("m7_children", "any", CellState.LOW), *(figure(value) for value in range(10, 260, 5))]
    inside = 0.0
    for cell in cells:
        low, high = span(cell) or (1, 0)
        if low <= count <= high:
            inside += STANDARD.likelihood(cell.value, count)
        found = rate(cell, 5_000)
        assert (found.low, found.high) == (PER * low / 5_000, PER * high / 5_000)
    assert inside >= 0.9


def test_the_true_share_and_ratio_lie_in_the_range_nine_times_in_ten() -> None:
    chance, told = random.Random(12), {"share": [], "ratio": []}  # type: ignore[var-annotated]
    for salt in range(400):
        part, rest = chance.randrange(15, 100), chance.randrange(15, 200)
        whole = part + rest
        found = share(published(part, 10 * salt), published(whole, 10 * salt + 1))
        if found.low is not None and found.high is not None:
            told["share"].append(found.low <= part / whole <= found.high)
        pairs = [(chance.randrange(20, 200), chance.randrange(20, 200)) for _ in range(3)]
        now = [published(new, 10 * salt + 2 + at, f"s{at}") for at, (new, _) in enumerate(pairs)]
        past = [published(old, 10 * salt + 5 + at, f"s{at}") for at, (_, old) in enumerate(pairs)]
        against = against_expectation(now[0], now, past[0], past)
        truth = (pairs[0][0] / sum(new for new, _ in pairs)) / (pairs[0][1] / sum(old for _, old in pairs))
        if against.low is not None and against.high is not None:
            told["ratio"].append(against.low <= truth <= against.high)
    for name, held in told.items():
        assert len(held) > 300, name
        assert sum(held) / len(held) >= 0.9, name


@pytest.mark.parametrize("state", [state for state in CellState if state is not F])
def test_a_part_that_is_no_figure_gives_no_value(state: CellState) -> None:
    other = ReleasedFigure("m7_screened", "any", state)
    assert share(other, figure(100)).value is None
    assert share(other, figure(100)).why is state
    assert share(figure(10), other) == Quotient(why=state)
    assert rate(other, 5_000).value is None
    assert against_expectation(other, [other], figure(10), [figure(10)]) == Quotient(why=state)
    says_nothing = state in (
        CellState.WITHHELD, CellState.NO_RETURN, CellState.NOT_RECORDED, CellState.NOT_APPLICABLE,
        CellState.NOT_COUNTABLE,
    )  # fmt: skip
    assert (span(other) is None) is says_nothing
    assert (share(other, figure(100)).high is None) is says_nothing


def test_bands_give_bounds_and_the_bounds_of_missed_links_widen_with_what_is_unlinked() -> None:
    low = ReleasedFigure("x", "any", CellState.LOW)
    assert share(low, figure(100)) == Quotient(None, 0, 14 / 93, CellState.LOW)
    few = ReleasedFigure("x", "any", CellState.ONE_TO_NINE, rule=KR5())
    assert share(few, rounded(100)) == Quotient(None, 1 / 104, 9 / 96, CellState.ONE_TO_NINE)
    found = share(figure(20), figure(100))
    assert found.low is not None
    assert found.high is not None
    assert missed_links(found, 0.0) == (found.low, found.high)
    assert missed_links(found, 0.2) == pytest.approx((found.low * 0.8, found.high + 0.25))
    assert missed_links(found, 1.0) == (0.0, 1.0)
    assert missed_links(Quotient(why=CellState.WITHHELD), 0.1) is None
