"""p-values from replicates, and what they mean in days."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.hotspots.significance import Null, p_value, recurrence_interval_days


def test_the_rank_counts_ties_against_us() -> None:
    null = Null(np.array([1.0, 2.0, 3.0, 4.0]))
    assert p_value(3.0, null, "monte-carlo") == (0.6, "monte-carlo")
    assert p_value(4.5, null, "monte-carlo") == (0.2, "monte-carlo")


def test_no_replicates_no_p() -> None:
    assert p_value(3.0, Null(np.empty(0))) == (None, "none")


def test_gumbel_is_right_for_a_gumbel() -> None:
    maxima = np.random.default_rng(1).gumbel(4.0, 0.8, 20_000)
    p, used = p_value(4.0 - 0.8 * np.log(-np.log(1 - 1e-4)), Null(maxima), "gumbel")
    assert used == "gumbel"
    assert p == pytest.approx(1e-4, rel=0.15)


def test_auto_leaves_the_rank_only_below_one_in_a_hundred() -> None:
    null = Null(np.random.default_rng(1).gumbel(4.0, 0.8, 999))
    assert p_value(float(np.sort(null.maxima)[-20]), null)[1] == "monte-carlo"
    p, used = p_value(12.0, null)
    assert used == "gumbel"
    assert p is not None
    assert 0 < p < 0.001


def test_sequential_is_fifty_over_the_replicates_it_took() -> None:
    maxima = np.array([0.0, 1.0] * 200)
    assert p_value(0.5, Null(maxima), "sequential") == (0.5, "sequential")
    assert p_value(0.5, Null(maxima[:60]), "sequential") == (31 / 61, "sequential")


def test_recurrence_intervals() -> None:
    assert recurrence_interval_days(0.001) == pytest.approx(1000)
    assert recurrence_interval_days(0.0108, "year") / 365.25 == pytest.approx(92.6, abs=0.05)
    # SaTScan's form with earlier analyses: never longer than unadjusted times their number.
    assert recurrence_interval_days(0.05, analyses=10) == pytest.approx(1 / (1 - 0.95**0.1))
    assert recurrence_interval_days(0.0) == float("inf")


def test_ties_count_or_pass() -> None:
    """As published by SaTScan a tie passes: what is observed as often as not is then called rarer than it is."""
    null = Null(np.array([1.0, 2.0, 2.0, 2.0, 3.0]))
    assert p_value(2.0, null, "monte-carlo") == (5 / 6, "monte-carlo")
    assert p_value(2.0, null, "monte-carlo", "pass") == (2 / 6, "monte-carlo")
    assert p_value(1.5, null, "monte-carlo", "pass") == p_value(1.5, null, "monte-carlo")
