"""The scan against brute force, its null distributions against theirs, and what must change nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.hotspots import kernels
from analysis.hotspots.problem import MODELS, DataFault, Model, Problem, permutation_measure
from analysis.hotspots.scan import find, provisional, scan
from analysis.hotspots.significance import Null
from analysis.hotspots.simulation import simulate
from analysis.hotspots.zones import cartesian_distances, circles
from tests.analysis.hotspots.worlds import places, plain_best, plain_least, problem


def p_of(one: Problem, replicates: int = 199) -> float:
    """The best cluster's p-value; 1 when every replicate beats it."""
    clusters = scan(one, replicates, 4, "monte-carlo")
    return clusters[0].p or 1.0 if clusters else 1.0


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("model", "prospective"), [*((m, False) for m in MODELS), *((m, True) for m in MODELS[2:])])
def test_the_best_window_is_brute_forces(model: Model, prospective: bool, seed: int) -> None:
    one = problem(model, seed=seed, prospective=prospective)
    assert next(find(one)).ratio == pytest.approx(plain_best(one), abs=1e-9)


@pytest.mark.parametrize(
    ("model", "prospective"),
    [(model, False) for model in MODELS[:4]] + [("space-time-poisson", True), ("space-time-permutation", True)],
)
def test_replicates_have_the_nulls_own_distribution(model: Model, prospective: bool) -> None:
    """The mean greatest ratio agrees with data sets drawn by numpy and scanned window by window."""
    base = problem(model, areas=8, days=6, cases=40, longest=3, prospective=prospective)
    ours = simulate(base, 800, 7).maxima
    draw = np.random.default_rng(11)
    theirs = []
    for _ in range(150):
        if model == "bernoulli":
            people = base.measure[:, 0].astype(int)
            cases = draw.multivariate_hypergeometric(people, int(base.total)).astype(float)[:, None]
        elif model == "space-time-permutation":
            area, day = (
                np.repeat(index, base.cases[np.nonzero(base.cases)].astype(int)) for index in np.nonzero(base.cases)
            )
            cases = np.zeros_like(base.cases)
            np.add.at(cases, (area, draw.permutation(day)), 1)
        else:
            flat = base.scaled().ravel() / base.total
            cases = draw.multinomial(int(base.total), flat).reshape(base.cases.shape).astype(float)
        theirs.append(plain_best(replace(base, cases=cases)))
    error = np.hypot(np.std(ours) / len(ours) ** 0.5, np.std(theirs) / len(theirs) ** 0.5)
    assert abs(float(np.mean(ours) - np.mean(theirs))) < 4 * error
    beyond = float(np.mean(np.array(theirs) > np.quantile(ours, 0.8)))
    assert abs(beyond - 0.2) < 4 * (0.2 * 0.8 * (1 / 150 + 1 / 800)) ** 0.5


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("prospective", [False, True])
def test_the_short_cut_of_replicates_is_brute_forces(prospective: bool, seed: int) -> None:
    """On a grid, where whole groups of areas enter at once: the least measure for each count is all one needs."""
    base = problem("space-time-poisson", areas=16, cases=50, seed=seed, prospective=prospective)
    row, column = np.divmod(np.arange(16.0), 4)
    one = replace(base, zones=circles(cartesian_distances(row, column), base.measure.sum(axis=1), 0.6))
    zones, days = one.zones, one.longest if prospective else one.cases.shape[1]
    measure = np.ascontiguousarray(one.scaled()[:, one.first :])
    table = kernels.measures_until_end(zones.area, zones.depth, measure, 15)
    counts = np.ascontiguousarray(one.cases[:, one.first :].astype(np.int32))
    rows, row_of, least = np.zeros((16, days), np.int32), np.zeros(16, np.int64), np.full((1, 51), np.inf)
    if prospective:
        has = kernels.sum_until_end(counts)
        kernels.lower_until_end(zones.area, zones.depth, zones.whole, table, counts, has, rows, row_of, least[0])
    else:
        kernels.lower_any(zones.area, zones.depth, zones.whole, table, counts, one.longest, rows, row_of, least[0])
    found = kernels.best_ratios(one.likelihood, least, np.array([50]), 50.0, True, 2)
    assert found[0] == pytest.approx(plain_best(one), abs=1e-9)
    assert least[0, 1:] == pytest.approx(plain_least(one)[1:])


def test_expectation_replicates_vary_in_number() -> None:
    """A rise that is everywhere shows against known expectations and not in the conditional scan."""
    base = problem("expectation-poisson", cases=400)
    double = replace(base, measure=base.measure / 2)
    assert p_of(double) < 0.01
    assert p_of(replace(double, model="space-time-poisson")) > 0.05


def test_same_seed_same_answer_whatever_the_workers_and_batches() -> None:
    base = problem("space-time-permutation", cases=150)
    one, two = simulate(base, 400, 9, workers=1), simulate(base, 400, 9, workers=3)
    assert np.array_equal(one.maxima, two.maxima)
    assert np.array_equal(one.maxima[:100], simulate(base, 100, 9).maxima)
    assert not np.array_equal(one.maxima, simulate(base, 400, 10).maxima)


def test_sequential_ends_at_the_fiftieth_exceedance() -> None:
    base = problem("space-time-permutation", cases=150)
    full = simulate(base, 600, 9)
    level = float(np.quantile(full.maxima, 0.6))
    short = simulate(base, 600, 9, stop_at=level, workers=2)
    assert int(np.sum(short.maxima >= level)) == 50
    assert short.maxima[-1] >= level
    assert np.array_equal(short.maxima, full.maxima[: len(short.maxima)])
    assert np.array_equal(short.maxima, simulate(base, 600, 9, stop_at=level, workers=1).maxima)


def test_tables_in_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large problems are scanned some centres at a time."""
    base = problem("space-time-permutation", cases=150)
    whole = [cluster.ratio for cluster in find(base)], simulate(base, 50, 1).maxima
    monkeypatch.setattr("analysis.hotspots.zones.TABLE_CELLS", 100)
    assert [cluster.ratio for cluster in find(base)] == whole[0]
    assert np.array_equal(simulate(base, 50, 1).maxima, whole[1])


def test_a_provisional_look_agrees_with_the_full_scan() -> None:
    base = problem("space-time-permutation", cases=150, prospective=True)
    full = scan(base, 999, 3, "gumbel")[0]
    assert provisional(base, simulate(base, 999, 3)) == full
    assert provisional(replace(base, min_cases=151), Null(np.array([0.5, 1.5]))) is None
    for seed in range(20):
        for model in MODELS[2:]:
            one = problem(model, areas=25, cases=90, seed=seed, prospective=True)
            quick, slow = provisional(one, Null(np.array([0.5, 1.5]))), next(find(one))
            assert quick is not None
            assert replace(quick, p=None, p_method="none") == slow


def test_secondary_clusters_share_no_area() -> None:
    clusters = scan(problem("poisson", areas=40, cases=400), 0, 1)
    assert len(clusters) > 1
    areas = [area for cluster in clusters for area in cluster.areas]
    assert len(areas) == len(set(areas))
    assert [c.ratio for c in clusters] == sorted((c.ratio for c in clusters), reverse=True)


def test_a_planted_rise_is_found() -> None:
    base = problem("space-time-permutation", areas=30, days=40, cases=400, prospective=True, longest=14)
    cases = base.cases.copy()
    around = np.argsort(places(30)[7])[:3]
    cases[np.ix_(around, np.arange(33, 40))] += 3
    best = scan(replace(base, cases=cases, measure=permutation_measure(cases)), 199, 1)[0]
    assert set(around.tolist()) <= set(best.areas)
    assert best.p is not None
    assert best.p < 0.01
    assert best.last == 39


@pytest.mark.parametrize("model", MODELS)
def test_one_area_holding_all_cases(model: Model) -> None:
    """The terms of what is left outside vanish; nothing divides by it."""
    base = problem(model)
    cases = np.zeros_like(base.cases)
    cases[2, -1] = 9
    measure = permutation_measure(cases) if model == "space-time-permutation" else np.maximum(base.measure, 9)
    one = replace(base, cases=cases, measure=measure)
    for cluster in scan(one, 19, 1):
        assert np.isfinite(cluster.ratio)
        assert cluster.relative_risk is None or np.isfinite(cluster.relative_risk)


def test_data_that_contradict_themselves_are_refused() -> None:
    base = problem("poisson")
    with pytest.raises(DataFault, match="no cases"):
        list(find(replace(base, cases=base.cases * 0)))
    with pytest.raises(DataFault, match="no population"):
        list(find(replace(base, measure=np.where(base.cases > 4, 0, base.measure))))
    bernoulli = problem("bernoulli")
    with pytest.raises(DataFault, match="more cases than people"):
        list(find(replace(bernoulli, measure=bernoulli.measure * 0 + 1)))


def test_equally_distant_areas_enter_together() -> None:
    """A cross: the four arms are equally far from the middle, so no circle there holds two or three of them."""
    x, y = np.array([0.0, 1, -1, 0, 0]), np.array([0.0, 0, 0, 1, -1])
    zones = circles(cartesian_distances(x, y), np.ones(5), 1.0)
    middle = [zones.members(n) for n in range(int(zones.start[0]), int(zones.start[1])) if zones.whole[n]]
    assert [len(areas) for areas in middle] == [1, 5]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["poisson", "space-time-permutation", "expectation-poisson"])
def test_p_values_are_uniform_or_more_careful_under_the_null(model: Model) -> None:
    """Of 200 data sets from the null, 5 % and not more come out below 0.05."""
    p = np.array([p_of(problem(model, areas=20, days=15, cases=120, seed=s), 99) for s in range(200)])
    assert np.mean(p <= 0.05) <= 0.05 + 4 * (0.05 * 0.95 / 200) ** 0.5
    assert 0.35 < np.mean(p) < 0.65
