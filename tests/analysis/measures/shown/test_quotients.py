"""Shares, rates and ratios of published values: the truth lies in the interval, and no state becomes a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.kr5 import KR5, RoundingKeys, protect
from analysis.measures.shown.quotients import (
    PER,
    Quotient,
    against_expectation,
    missed_links,
    rate,
    share,
    span,
)
from analysis.training.released import Shown
from models.releases import CellState

KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
F = CellState.FIGURE


def figure(value: int, sector: str = "any") -> Shown:
    return Shown("m7_children", sector, F, value)


def published(number: int, salt: int, sector: str = "any") -> Shown:
    """As the rule itself would publish so many children."""
    told = protect(frozenset(f"{salt}-{n}" for n in range(number)), {}, KEYS, KR5())
    return Shown("m7_children", sector, told.state, told.value)


def test_a_share_has_the_interval_that_rounding_leaves() -> None:
    assert share(figure(45), figure(100)) == Quotient(0.45, 41 / 104, 49 / 96)
    assert share(figure(100), figure(100)) == Quotient(1.0, 96 / 104, 1.0)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 10_000))
def test_the_true_share_and_rate_lie_in_the_interval(part: int, rest: int, salt: int) -> None:
    whole = part + rest
    parts, wholes = published(part, salt), published(whole, salt + 1)
    found = share(parts, wholes)
    if found.low is not None and found.high is not None:
        assert found.low <= part / whole <= found.high
        assert found.value is None or 0 <= found.value <= 1
    told = rate(parts, 5_000)
    assert told.low is not None
    assert told.high is not None
    assert told.low <= PER * part / 5_000 <= told.high


@given(st.lists(st.tuples(st.integers(20, 200), st.integers(20, 200)), min_size=2, max_size=5))
def test_the_true_ratio_against_expectation_lies_in_the_interval(pairs: list[tuple[int, int]]) -> None:
    now = [published(new, at, f"s{at}") for at, (new, _) in enumerate(pairs)]
    past = [published(old, 50 + at, f"s{at}") for at, (_, old) in enumerate(pairs)]
    found = against_expectation(now[0], now, past[0], past)
    truth = (pairs[0][0] / sum(new for new, _ in pairs)) / (pairs[0][1] / sum(old for _, old in pairs))
    assert found.low is not None
    assert found.high is not None
    assert found.low <= truth <= found.high


@pytest.mark.parametrize("state", [state for state in CellState if state is not F])
def test_a_part_that_is_no_figure_gives_no_value(state: CellState) -> None:
    other = Shown("m7_screened", "any", state)
    assert share(other, figure(100)).value is None
    assert share(other, figure(100)).why is state
    assert share(figure(10), other) == Quotient(why=state)
    assert rate(other, 5_000).value is None
    assert against_expectation(other, [other], figure(10), [figure(10)]) == Quotient(why=state)
    says_nothing = state in (
        CellState.WITHHELD, CellState.NO_RETURN, CellState.NOT_RECORDED, CellState.NOT_APPLICABLE
    )  # fmt: skip
    assert (span(other) is None) is says_nothing
    assert (share(other, figure(100)).high is None) is says_nothing


def test_bands_give_bounds_and_the_bounds_of_missed_links_widen_with_what_is_unlinked() -> None:
    assert share(Shown("x", "any", CellState.ONE_TO_NINE), figure(100)) == Quotient(
        None, 1 / 104, 9 / 96, CellState.ONE_TO_NINE
    )
    found = share(figure(20), figure(100))
    assert found.low is not None
    assert found.high is not None
    assert missed_links(found, 0.0) == (found.low, found.high)
    assert missed_links(found, 0.2) == pytest.approx((found.low * 0.8, found.high + 0.25))
    assert missed_links(found, 1.0) == (0.0, 1.0)
    assert missed_links(Quotient(why=CellState.WITHHELD), 0.1) is None
