"""EARS against R's surveillance, and EWMA against its own definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from analysis.hotspots.ears import Kind, ears
from analysis.hotspots.ewma import ewma
from analysis.hotspots.series import Floats, SeriesVerdict
from tests.analysis.hotspots.published import needs_published_data, rows


@needs_published_data
@pytest.mark.parametrize(
    ("kind", "alpha"), [("c1", 0.05), ("c1", 0.001), ("c2", 0.05), ("c2", 0.001), ("c3", 0.05), ("c3", 0.025)]
)
def test_germany_2011(kind: Kind, alpha: float) -> None:
    counts = np.array([float(row["Germany"]) for row in rows("surveillance_salmonella/salmNewport_germany.csv")])
    found = ears(counts, kind, alpha)
    published = rows("surveillance_salmonella/ref_ears_germany2011.csv")
    assert len(published) == 52
    for row in published:
        verdict = found[int(row["index"]) - 1]
        name = kind.upper()
        assert verdict.upper == pytest.approx(float(row[f"{name}_ub_a{alpha}"]), abs=1e-9)
        assert verdict.alarm == (row[f"{name}_alarm_a{alpha}"] == "1")


@needs_published_data
def test_surveillances_unit_test() -> None:
    counts = np.array([float(row["Germany"]) for row in rows("surveillance_salmonella/salmNewport_germany.csv")])
    bounds = [verdict.upper for verdict in ears(counts, "c1", 0.05)[365:369]]
    assert bounds == pytest.approx([3.278854, 3.278854, 3.436517, 3.855617], abs=5e-7)


@pytest.mark.parametrize(("kind", "first"), [("c1", 7), ("c2", 9), ("c3", 11)])
def test_the_history_each_needs(kind: Kind, first: int) -> None:
    found = ears(np.arange(20.0), kind)
    assert [verdict.alarm is None for verdict in found] == [t < first for t in range(20)]


def test_a_level_baseline_never_divides() -> None:
    counts = np.array([2.0] * 12 + [3.0, 2.0, 2.0])
    found = ears(counts, "c1")
    assert (found[12].alarm, found[12].score, found[12].upper) == (True, None, 2.0)
    floored = ears(counts, "c1", min_sigma=1)
    assert (floored[12].alarm, floored[12].score) == (False, 1.0)
    assert all(verdict.score is None or math.isfinite(verdict.score) for verdict in ears(counts, "c3"))


def test_a_missing_day_is_not_zero() -> None:
    counts = np.array([4.0, 5, 4, 6, 5, 4, 5, 5, 5, 5])
    counts[4] = np.nan
    found = ears(counts, "c1")
    assert found[7].expected == pytest.approx(np.nanmean(counts[:7]))
    counts[8] = np.nan
    assert ears(counts, "c1")[8] == SeriesVerdict()


def plain_ewma(counts: Floats, weight: float) -> list[float]:
    """One average's p-values, from the description in Rnssp, with scipy's distributions."""
    z = counts[0]
    found = [math.nan]
    for t in range(1, len(counts)):
        z = weight * counts[t] + (1 - weight) * z
        if t < 13:
            found.append(math.nan)
            continue
        baseline = counts[max(0, t - 30) : t - 2]
        n = len(baseline)
        rest = 1 - weight
        warning, alert = (round(float(stats.t.ppf(q, n - 1)), 5) for q in (0.95, 0.99))
        factor = math.sqrt(weight / (2 - weight) + 1 / n - 2 * rest**3 * (1 - rest**n) / n)
        constant = (0.1289 - (0.2414 - 0.1826 * rest**4) * math.log(0.5)) * (weight / warning)
        floor = weight / warning * (1 + rest**2 / 2)
        sigma = max(floor, float(np.std(baseline, ddof=1)) * factor + constant)
        statistic = (z - float(np.mean(baseline))) / sigma
        found.append(float(stats.t.sf(statistic, n - 1)))
        if abs(statistic) > alert:
            z = float(np.mean(baseline)) + math.copysign(alert * sigma, statistic)
    return found


def test_ewma_is_the_smaller_of_two() -> None:
    counts = np.random.default_rng(4).poisson(6, 120).astype(float)
    counts[60:63] = [25, 30, 12]
    slow, sudden = plain_ewma(counts, 0.4), plain_ewma(counts, 0.9)
    found = ewma(counts)
    for t, verdict in enumerate(found):
        if t < 13:
            assert verdict == SeriesVerdict()
        else:
            assert verdict.p == pytest.approx(min(slow[t], sudden[t]), abs=1e-12)
    assert found[60].alarm
    assert sum(bool(verdict.alarm) for verdict in found) < 12


def test_the_ewma_bound_is_where_the_alarm_begins() -> None:
    counts = np.random.default_rng(5).poisson(6, 60).astype(float)
    upper = ewma(counts)[-1].upper
    assert upper is not None
    at = counts.copy()
    at[-1] = upper * (1 + 1e-9) + 1e-9
    assert ewma(at)[-1].p == pytest.approx(0.01, abs=1e-3) or ewma(at)[-1].alarm


def test_ewma_passes_over_a_missing_day() -> None:
    counts = np.random.default_rng(5).poisson(6, 60).astype(float)
    counts[40] = np.nan
    found = ewma(counts)
    assert found[40] == SeriesVerdict()
    assert all(verdict.alarm is not None for verdict in found[41:])
