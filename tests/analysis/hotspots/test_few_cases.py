"""Scans of 8 to 20 cases: the greatest ratios take few values, and the tail of a fitted Gumbel is too thin."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.hotspots.problem import Problem, permutation_measure
from analysis.hotspots.scan import provisional, scan
from analysis.hotspots.significance import FEWEST_FOR_GUMBEL, Null, gumbel_p, p_value
from analysis.hotspots.simulation import simulate
from tests.analysis.signals.worlds import places


def few(cases: int, seed: int = 3) -> Problem:
    """So many cases of a year anywhere on the demo's wards: what the stream's permutation scan sees."""
    draw = np.random.default_rng(seed)
    counts = np.zeros((len(places().wards), 364))
    np.add.at(counts, (draw.integers(0, len(counts), cases), draw.integers(0, 364, cases)), 1)
    # Three of one ward in the last days, or there is no window to scan.
    counts[:, -6:] = 0
    counts[4, -5:-2] = 1
    return Problem("space-time-permutation", counts, permutation_measure(counts), places().zones, 84, True, 3)


@pytest.mark.slow
@pytest.mark.parametrize("cases", [8, 12])
def test_what_chance_gives_once_in_some_hundreds_is_not_called_rarer(cases: int) -> None:
    """The truth by 40,000 replicates; `auto` has 999, as the stream."""
    problem = few(cases)
    truth = np.sort(simulate(problem, 40_000, 7, workers=1).maxima)
    null = simulate(problem, 999, 1, workers=1)
    ratio = float(truth[-120])
    share = float(np.mean(truth >= ratio - 1e-9))
    assert 0.003 <= share < 0.02
    assert gumbel_p(ratio, *null.gumbel) < share / 4, "or the test shows nothing"
    p, used = p_value(ratio, null)
    assert used == "monte-carlo"
    assert p is not None
    assert p > share / 3


def test_ranks_up_to_twenty_cases_and_the_tail_beyond() -> None:
    maxima = np.random.default_rng(1).gumbel(4.0, 0.8, 999)
    few_cases, enough = Null(maxima, FEWEST_FOR_GUMBEL - 1), Null(maxima, FEWEST_FOR_GUMBEL)
    assert p_value(20.0, few_cases) == (1 / 1000, "monte-carlo")
    assert p_value(20.0, enough)[1] == "gumbel"
    assert p_value(20.0, few_cases, "gumbel")[1] == "gumbel", "who asks for it by name gets it"
    assert few_cases.tail(np.array([0.0, 20.0])).tolist() == [1.0, 1 / 1000]
    assert enough.tail(np.array([20.0]))[0] < 1e-6


def test_a_look_and_a_full_scan_of_few_cases_say_how_they_judge() -> None:
    problem = few(15)
    assert scan(problem, 999, 1, workers=1)[0].p_method == "monte-carlo"
    look = provisional(problem, simulate(problem, 199, 1, workers=1))
    assert look is not None
    assert look.p_method == "monte-carlo"
    assert look.p is not None
    assert look.p >= 1 / 200
