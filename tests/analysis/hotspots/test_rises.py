"""The gamma-Poisson Bayes factor: by hand, by the negative binomial itself, and what must hold of every count."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.hotspots.rises import RATES, log_factors, score
from analysis.hotspots.zones import Floats

counts = st.integers(0, 60)
sizes = st.floats(0.5, 400)
times = st.floats(1, 600)
noises = st.sampled_from([0.0, 4.0, 8.0, 16.0, 32.0])


def factors(count: float, size: float, before: float, exposure: float, variance: float = 0.0) -> Floats:
    """Of one count."""
    found: Floats = log_factors(*(np.array([float(one)]) for one in (count, size, before, exposure, variance)))[0]
    return found


def test_the_example_by_hand() -> None:
    assert pytest.approx([2.54, 4.21, 6.56, 6.81, 4.00], abs=0.01) == np.exp(factors(4, 6, 6, 1)).tolist()
    assert float(score(factors(4, 6, 6, 1))) == pytest.approx(math.log(4.82), abs=0.002)


@given(counts, sizes, times, times)
def test_a_factor_is_a_ratio_of_negative_binomials(count: int, size: float, before: float, exposure: float) -> None:
    none = stats.nbinom.logpmf(count, size, before / (before + exposure))
    for rate, found in zip(RATES, factors(count, size, before, exposure), strict=True):
        risen = stats.nbinom.logpmf(count, size, before / (before + rate * exposure))
        assert found == pytest.approx(risen - none, abs=1e-6)


@settings(max_examples=40)
@given(st.floats(0.1, 40), st.integers(0, 20), st.floats(1, 60), st.sampled_from([8.0, 32.0]))
def test_with_noise_it_is_a_ratio_of_their_convolutions(usual: float, more: int, size: float, variance: float) -> None:
    """Summed over every number of cases that matters, not only those near the count."""
    cases, count = np.arange(0, 900), round(usual) + more
    noise = -((count - cases) ** 2) / (2 * variance)

    def seen(rate: float) -> float:
        logs = stats.nbinom.logpmf(cases, size, size / (size + rate * usual)) + noise
        return float(np.logaddexp.reduce(logs))

    found = factors(count, size, size, usual, variance)
    for rate, one in zip(RATES, found, strict=True):
        exact = seen(rate) - seen(1.0)
        # Far below 0 noise of more than eight deviations would matter, if the factor did.
        assert one == pytest.approx(exact, abs=0.02) if exact > -8 else one < -6


@given(st.integers(-20, 80), sizes, times, times, noises)
def test_one_child_more_is_never_less_of_a_rise(
    count: int, size: float, before: float, exposure: float, variance: float
) -> None:
    """So a place has one least count from which it is told, and adding invented children never hides it there."""
    low = max(count, 0) if variance == 0 else count
    less, more = factors(low, size, before, exposure, variance), factors(low + 1, size, before, exposure, variance)
    assert float(score(more)) >= float(score(less)) - 1e-9


@given(counts, sizes, times, times, noises, st.floats(0.01, 100))
def test_the_unit_of_time_changes_nothing(
    count: int, size: float, before: float, exposure: float, variance: float, unit: float
) -> None:
    one = factors(count, size, before, exposure, variance)
    assert factors(count, size, before * unit, exposure * unit, variance) == pytest.approx(one, abs=1e-6)


def test_a_usual_count_is_no_rise_and_noise_makes_a_high_one_say_less() -> None:
    assert float(score(factors(3, 12, 364, 84))) < 0
    plain, noisy, noisier = (float(score(factors(16, 12, 364, 84, variance))) for variance in (0.0, 8.0, 32.0))
    assert plain > noisy > noisier > 0


def test_nothing_exposed_and_nothing_known_are_no_rise() -> None:
    assert score(factors(9, 4, 364, 0)) == -np.inf
    assert score(factors(9, 4, 0, 28)) == -np.inf


def test_large_boards_neither_overflow_nor_vanish() -> None:
    found = factors(2_000, 9_000, 900, 84, 8.0)
    assert np.isfinite(found).all()
    assert RATES[int(np.argmax(found))] == 2, "2,000 where 840 are usual"
