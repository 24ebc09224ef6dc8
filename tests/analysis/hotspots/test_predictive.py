"""The Gamma-Poisson prediction against its definition, and against chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.hotspots.predictive import (
    JEFFREYS,
    Prior,
    areas_today,
    benjamini_hochberg,
    exceedance,
    predictive,
    region_prior,
)
from analysis.hotspots.series import Floats, SeriesVerdict

PUBLISHED = "0.0001 0.0004 0.0019 0.0095 0.0201 0.0278 0.0298 0.0344 0.0459 0.3240 0.4262 0.5719 0.6528 0.7590 1.0"


def thrown(areas: int, days: int, mean: float, seed: int) -> Floats:
    return np.random.default_rng(seed).poisson(mean, (areas, days)).astype(float)


def test_the_tail_is_the_negative_binomials() -> None:
    prior = Prior(np.array([2.0, 0.5]), 40.0)
    past, before, now = np.array([5.0, 0.0]), np.array([364.0, 364.0]), np.array([28.0, 28.0])
    expected, p, mid = exceedance(np.array([3.0, 3.0]), past, before, now, prior)
    law = stats.nbinom(prior.shape + past, (40 + before) / (40 + before + now))
    assert expected == pytest.approx(law.mean())
    assert p == pytest.approx(law.sf(2))
    assert mid == pytest.approx((law.sf(2) + law.sf(3)) / 2)


def test_overdispersion_widens_but_does_not_move() -> None:
    one = np.array([8.0])
    given = (one, np.array([30.0]), np.array([364.0]), np.array([28.0]), Prior(np.array([0.5]), 0.0))
    e, p, _ = exceedance(*given)
    e_wide, p_wide, _ = exceedance(*given, phi=3.0)
    assert e_wide == pytest.approx(e)
    assert p_wide > p
    assert exceedance(*given, phi=1.1)[1] == pytest.approx(p)


def test_nothing_seen_or_nothing_exposed_is_no_surprise() -> None:
    prior = Prior(np.array([0.5]), 0.0)
    none, year = np.array([0.0]), np.array([364.0])
    assert exceedance(none, none, year, np.array([28.0]), prior)[1] == 1
    assert exceedance(np.array([4.0]), none, year, none, prior)[1] == 1


def test_marshalls_prior_has_the_regions_mean_and_more_spread_where_areas_differ() -> None:
    draw = np.random.default_rng(3)
    exposure = np.full(200, 364.0)
    alike = region_prior(draw.poisson(0.03 * exposure).astype(float), exposure)
    unlike = region_prior(draw.poisson(draw.gamma(1, 0.03, 200) * exposure).astype(float), exposure)
    assert alike.shape[0] / alike.rate == pytest.approx(0.03, rel=0.1)
    assert unlike.rate < alike.rate / 5
    assert unlike.shape[0] == pytest.approx(1, rel=0.5)
    few = region_prior(np.ones(29), exposure[:29])
    assert (few.shape.tolist(), few.rate) == ([JEFFREYS[0]] * 29, JEFFREYS[1])


def test_benjamini_and_hochberg() -> None:
    """Their own example of 1995: four of fifteen."""
    p = np.array([float(x) for x in PUBLISHED.split()])
    shuffled = np.random.default_rng(1).permutation(15)
    assert benjamini_hochberg(p[shuffled])[np.argsort(shuffled)].tolist() == [True] * 4 + [False] * 11
    assert not benjamini_hochberg(np.full((2, 2), np.nan)).any()


def test_a_planted_rise_alarms_and_the_rest_does_not() -> None:
    cases = thrown(60, 400, 0.05, 8)
    cases[7, -7:] = [1, 2, 0, 2, 1, 0, 3]
    found = areas_today(cases)
    assert found.alarm[7].any()
    assert not np.delete(found.alarm, 7, axis=0).any()
    assert found.windows == (1, 7, 14, 28)
    assert found.observed[7, 1] == 9


def test_a_short_history_is_judged_by_the_region_and_said() -> None:
    cases = thrown(60, 400, 0.05, 8)
    cases[3, :380] = np.nan
    cases[3, -5:] = 2
    found = areas_today(cases)
    assert found.no_baseline[3]
    assert found.no_baseline.sum() == 1
    assert found.alarm[3].any()


def test_incomplete_days_lower_what_is_expected_not_what_is_counted() -> None:
    cases = thrown(60, 400, 0.2, 8)
    exposure = np.ones_like(cases)
    exposure[:, -7:] = 0.6
    whole, partial = areas_today(cases), areas_today(cases, exposure)
    assert partial.expected[:, 1] == pytest.approx(whole.expected[:, 1] * 0.6)
    assert np.array_equal(partial.observed, whole.observed)
    exposure[:, -7:] = 0.3
    assert np.isnan(areas_today(cases, exposure).p[:, 1]).all()


def test_two_cases_never_alarm() -> None:
    cases = np.zeros((40, 400))
    cases[0, -1] = 2
    assert not areas_today(cases).alarm.any()
    assert not areas_today(cases).watch.any()


@pytest.mark.slow
def test_false_alarms_stay_at_or_below_the_nominal_rate() -> None:
    """Of areas and windows of chance alone, at most 0.5 % are on watch."""
    on_watch = [areas_today(thrown(100, 400, mean, s)).watch.mean() for mean in (0.02, 0.3) for s in range(40)]
    assert np.mean(on_watch) <= 0.005 * 1.2


def test_a_single_series_by_dates() -> None:
    counts = thrown(1, 300, 0.5, 2)[0]
    counts[-1] = 6
    counts[200] = np.nan
    found = predictive(counts)
    assert found[62] == SeriesVerdict()
    assert found[200] == SeriesVerdict()
    assert found[-1].alarm
    base = counts[:292]
    size, before = 0.5 + np.nansum(base), float(np.sum(~np.isnan(base)))
    law = stats.nbinom(size, before / (before + 1))
    assert found[-1].p == pytest.approx(law.sf(5))
    assert found[-1].upper is not None
    assert law.sf(found[-1].upper) < 0.005
