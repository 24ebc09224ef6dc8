"""The odds of one thing, worked out from what is published, against drawing it."""

from __future__ import annotations

import math
import random

import pytest

from analysis.disclosure.noise import STANDARD, KeyedNoise
from analysis.disclosure.odds import CERTAIN, Change, best_success, bound, certain, exact, log_ratio, rho


def draws(change: Change, number: int, of: int) -> list[tuple[Change, int | None]]:
    """What is published of so many cells with the count before."""
    lot = random.Random(number)
    return [(change, STANDARD.shown(change.before + STANDARD.draw(lot.getrandbits(64))).value) for _ in range(of)]


@pytest.mark.parametrize(("before", "cells"), [(20, 1), (20, 30), (9, 12), (11, 60)])
def test_the_exact_odds_are_those_of_draws(before: int, cells: int) -> None:
    """20,000 draws: as many above the stated factor as 1 in 100, the middle and the best guess where they should be."""
    change, back, number = Change(before + 1, before), Change(before, before + 1), 20_000 // cells + 500
    stated = exact([change] * cells)
    there = sorted(log_ratio(draws(change, n, cells)) for n in range(number))
    again = sorted(log_ratio(draws(back, n, cells)) for n in range(number))
    above = max(sum(one > math.log(stated.exceeded) + 1e-6 for one in ways) for ways in (there, again))
    assert above <= 0.01 * number + 4 * math.sqrt(0.01 * number)
    right = sum((one > 0) + 0.5 * (one == 0) for one in (*there, *again)) / (2 * number)
    assert right == pytest.approx(stated.success, abs=4 * 0.5 / math.sqrt(2 * number))


def test_rounding_loses_some_of_what_the_noisy_count_said() -> None:
    """From ten cells on the exact factor is under the bound; of one cell it may be a little over the normal curve's."""
    for cells in (10, 40, 100):
        for before in range(0, 30):
            found = exact([Change(before + 1, before)] * cells)
            assert found.exceeded < bound(found.rho)
            assert found.success < best_success(found.rho)
    one = [exact([Change(before + 1, before)]) for before in range(30)]
    assert max(odds.exceeded for odds in one) < 1.2 * bound(one[0].rho)


@pytest.mark.parametrize("cells", [20, 60])
def test_without_rounding_the_odds_are_those_of_the_normal_curve(cells: int) -> None:
    """Of many cells with one child more or less, as the sources say (docs/adr/0020)."""
    odds = exact([Change(101, 100)] * cells, KeyedNoise(3, 1, 1))
    assert math.log(odds.exceeded) == pytest.approx(math.log(bound(odds.rho)), rel=0.01)
    assert odds.success == pytest.approx(best_success(odds.rho), rel=0.01)
    assert math.log(odds.median) == pytest.approx(odds.rho, rel=0.01)


def test_costs_add_up_and_a_group_costs_the_square() -> None:
    assert rho([Change(3, 2)] * 18) == pytest.approx(1.0)
    assert rho([Change(5, 1)]) == pytest.approx(16 * rho([Change(2, 1)]))
    assert exact([]) == (0, 0.0, 1.0, 1.0, 0.5, 0.0)
    assert bound(0.0) == 1.0


def test_nothing_that_anybody_will_see_is_certain() -> None:
    for before in range(40):
        for more in (1, 2, 4):
            assert certain([Change(before + more, before)] * 100) < CERTAIN
    assert certain([Change(60, 0)]) > 0.99 > 0.001 > CERTAIN, "what is far apart is told apart"
    assert certain([Change(0, 35)]) == certain([Change(35, 0)]) > 0.9, "a figure proves more than `<10` does"
    assert log_ratio([(Change(60, 0), 60)]) == math.inf
    assert log_ratio([(Change(0, 60), 60)]) == -math.inf
