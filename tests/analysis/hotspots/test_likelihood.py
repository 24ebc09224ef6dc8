"""The likelihood ratio at values that SaTScan's own tests assert, and at its edges."""

from __future__ import annotations

import math

import pytest

from analysis.hotspots.likelihood import BERNOULLI, EXPECTATION, POISSON, log_likelihood_ratio, relative_risk


def test_satscans_unit_tests() -> None:
    """Its New Mexico fixture: 1,175 cases in all."""
    assert log_likelihood_ratio(POISSON, 10, 1, 1175, 1175) == pytest.approx(14.060436, abs=1e-6)
    assert log_likelihood_ratio(POISSON, 2, 1, 1175, 1175) == pytest.approx(0.386720, abs=1e-6)
    assert log_likelihood_ratio(EXPECTATION, 10, 1, 0, 0) == pytest.approx(10 * math.log(10) - 9)


@pytest.mark.parametrize("model", [POISSON, BERNOULLI, EXPECTATION])
def test_low_rates_and_no_cases_are_nothing(model: int) -> None:
    assert log_likelihood_ratio(model, 0, 3, 10, 30) == 0
    assert log_likelihood_ratio(model, 1, 9, 10, 30) == 0


@pytest.mark.parametrize("model", [POISSON, BERNOULLI, EXPECTATION])
def test_it_falls_as_the_measure_grows(model: int) -> None:
    """What the scan's short cut rests on."""
    total = 100 if model == BERNOULLI else 20
    measures = [5 + step / 4 for step in range(60)]
    ratios = [log_likelihood_ratio(model, 5, m, 20, total) for m in measures]
    assert ratios == sorted(ratios, reverse=True)


def test_all_cases_inside_and_all_people_inside() -> None:
    assert log_likelihood_ratio(POISSON, 10, 4, 10, 10) == pytest.approx(10 * math.log(2.5))
    assert log_likelihood_ratio(BERNOULLI, 10, 10, 10, 40) == pytest.approx(
        -(10 * math.log(10 / 40) + 30 * math.log(30 / 40))
    )
    assert log_likelihood_ratio(POISSON, 3, 0, 10, 10) == math.inf


def test_relative_risk() -> None:
    assert relative_risk(236, 176.22, 1175, 1175) == pytest.approx(1.42, abs=0.005)
    assert relative_risk(10, 4, 10, 10) is None
