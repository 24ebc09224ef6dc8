"""Farrington against R's surveillance: every published threshold, and the steps that lead there."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.hotspots.counts import at_least, quantile
from analysis.hotspots.farrington import Options, farrington, season_levels
from analysis.hotspots.series import Floats, SeriesVerdict
from tests.analysis.hotspots.published import needs_published_data, rows, write

FOLDER = "surveillance_salmonella"
ORIGINAL = Options(years=4, alpha=0.05, threshold="delta", periods=1, exclude=3, p_trend=0.05, weights_from=1)
FLEXIBLE = Options(years=4, alpha=0.05)


def series(file: str, column: str) -> tuple[Floats, list[date]]:
    table = rows(f"{FOLDER}/{file}")
    return np.array([float(row[column]) for row in table]), [date.fromisoformat(row["date"]) for row in table]


def same(verdict: SeriesVerdict, row: dict[str, str]) -> bool:
    bound = None if row["upperbound"] == "NA" else float(row["upperbound"])
    return verdict.upper == bound and verdict.alarm == (row["alarm"] == "1")


@needs_published_data
def test_germany_2011_with_the_flexible_method() -> None:
    counts, dates = series("salmNewport_germany.csv", "Germany")
    found = farrington(counts, FLEXIBLE, dates, since=360)
    published = rows(f"{FOLDER}/ref_farrington_germany2011_noufaily_nbPlugin.csv")
    assert len(published) == 52
    for row in published:
        verdict = found[int(row["index"]) - 1]
        assert same(verdict, row), row["date"]
        if row["expected"] != "NA":
            assert verdict.expected == pytest.approx(float(row["expected"]), abs=1e-9)
        assert verdict.p == pytest.approx(float(row["pvalue"]), abs=1e-9)


@needs_published_data
@pytest.mark.parametrize(("options", "alarms"), [(ORIGINAL, 11), (replace(FLEXIBLE, threshold="muan"), 6)])
def test_germany_2011_where_the_standard_error_enters(options: Options, alarms: int) -> None:
    """R gives 14 and 8 from a standard error that its reweighting has spoilt; 11 and 6 with the fit's own."""
    counts, dates = series("salmNewport_germany.csv", "Germany")
    found = farrington(counts, options, dates, since=360)
    in_2011 = [verdict for verdict, day in zip(found, dates, strict=True) if day.year == 2011]
    assert sum(bool(verdict.alarm) for verdict in in_2011) == alarms


@needs_published_data
def test_vignette_table_2() -> None:
    """2013, weeks 48 to 52, as the surveillance vignette prints them."""
    for state, expected in (("Baden.Wuerttemberg", [4, 3, 3, 3, 2]), ("North.Rhine.Westphalia", [3, 3, 3, 2, 2])):
        counts, dates = series("salmNewport_states.csv", state)
        weeks = [dates.index(date.fromisocalendar(2013, week, 1)) for week in range(48, 53)]
        # The vignette shows the bound even below 5 cases in 4 weeks.
        found = farrington(counts[: weeks[-1] + 1], Options(years=4, alpha=0.05, enough=(0, 4)), dates, since=weeks[0])
        assert [found[week].upper for week in weeks] == expected


@needs_published_data
def test_the_command_gives_the_same(tmp_path: Path) -> None:
    table = rows(f"{FOLDER}/salmNewport_germany.csv")
    file = write(tmp_path / "series.csv", "date,count", [(row["date"], row["Germany"]) for row in table])
    arguments = ["exceed", str(file), "--method", "farrington", "--years", "4", "--alpha", "0.05", "--json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    found = {row["date"]: row for row in json.loads(result.output)["dates"]}
    for row in rows(f"{FOLDER}/ref_farrington_germany2011_noufaily_nbPlugin.csv"):
        bound = None if row["upperbound"] == "NA" else float(row["upperbound"])
        ours = found[row["date"]]
        assert (ours["upper_bound"], ours["alarm"]) == (bound, row["alarm"] == "1")


@needs_published_data
@pytest.mark.slow
def test_sixteen_states_three_years() -> None:
    """2,496 fits."""
    published = rows(f"{FOLDER}/ref_farrington_states_2011_2013_nbPlugin_a01.csv")
    for state in sorted({row["state"] for row in published}):
        counts, dates = series("salmNewport_states.csv", state)
        found = farrington(counts, Options(years=4), dates, since=dates.index(date(2011, 1, 3)))
        by_date = dict(zip(dates, found, strict=True))
        for row in published:
            if row["state"] == state:
                assert same(by_date[date.fromisoformat(row["date"])], row), (state, row["date"])


@needs_published_data
def test_agona_by_index() -> None:
    """A series without dates: 52 points are a year. The 1996 method, whose two-sided 0.05 is 0.025 here."""
    counts = np.array([float(row["observed"]) for row in rows(f"{FOLDER}/salmonella_agona.csv")])
    flexible = farrington(counts, Options(years=4))
    for row in rows(f"{FOLDER}/ref_agona_noufaily_nbPlugin_a01.csv"):
        assert same(flexible[int(row["index"]) - 1], row)
    original = farrington(counts, replace(ORIGINAL, alpha=0.025, floor_in_error=True))
    for row in rows(f"{FOLDER}/ref_agona_farrington_original.csv"):
        verdict = original[int(row["index"]) - 1]
        assert (verdict.upper or 0.0) == pytest.approx(float(row["upperbound"]), abs=1e-9)
        assert bool(verdict.alarm) == (row["alarm"] == "1")


def weekly(weeks: int, mean: float = 10, seed: int = 2) -> tuple[Floats, list[date]]:
    start = date(2015, 1, 5)
    counts = np.random.default_rng(seed).poisson(mean, weeks).astype(float)
    return counts, [start + timedelta(weeks=i) for i in range(weeks)]


def test_season_levels_share_the_gaps() -> None:
    levels = season_levels(120, 110, [58, 6], 3, 10)
    assert levels[107:111].tolist() == [10] * 4
    assert levels[55:62].tolist() == [10] * 7
    assert levels[3:10].tolist() == [10] * 7
    assert set(levels[:3]) == {-1}
    gap = levels[62:107].tolist()
    assert gap == sorted(gap)
    assert [gap.count(block) for block in range(1, 10)] == [5] * 9
    assert [levels[10:55].tolist().count(block) for block in range(1, 10)] == [5] * 9


def test_an_outbreak_alarms_and_a_past_one_does_not_hide_it() -> None:
    counts, dates = weekly(330)
    counts[-1] = 30
    assert farrington(counts, Options(), dates, since=329)[-1].alarm
    raised = counts.copy()
    # Last year's outbreak, in the same season: weighted down, the bound stays within reach.
    raised[-54:-51] = 60
    unweighted = farrington(raised, Options(weights_from=1e9), dates, since=329)[-1].upper
    assert (farrington(raised, Options(), dates, since=329)[-1].upper or 0) < (unweighted or 0)


def test_population_is_an_offset() -> None:
    counts, dates = weekly(330)
    bare = farrington(counts, Options(), dates, since=329)[-1]
    scaled = farrington(counts, Options(), dates, np.full(330, 7_000.0), 329)[-1]
    assert scaled.upper == bare.upper
    assert scaled.expected == pytest.approx(bare.expected or 0)
    more = np.where(np.arange(330) == 329, 120.0, 100.0)
    assert farrington(counts, Options(), dates, more, 329)[-1].expected == pytest.approx(1.2 * (bare.expected or 0))


def test_no_result_is_not_no_alarm() -> None:
    counts, dates = weekly(330)
    counts[300] = np.nan
    found = farrington(counts, Options(), dates)
    assert found[300] == SeriesVerdict()
    assert found[60] == SeriesVerdict()
    assert found[320].alarm is not None


def test_few_cases_give_no_bound_and_no_alarm() -> None:
    counts, dates = weekly(330, mean=0.3)
    counts[-4:] = [0, 0, 0, 4]
    assert (found := farrington(counts, Options(), dates, since=329)[-1]).alarm is False
    assert found.upper is None
    assert farrington(counts, Options(enough=(4, 4)), dates, since=329)[-1].alarm


@pytest.mark.parametrize("phi", [1.0, 1.4, 6.0])
@pytest.mark.parametrize("mean", [0.05, 0.7, 12.3, 400.0])
def test_quantiles_are_the_smallest_that_suffice(mean: float, phi: float) -> None:
    for p in (0.5, 0.95, 0.99, 0.9999):
        x = quantile(p, mean, phi)
        assert 1 - at_least(x + 1, mean, phi) >= p * (1 - 1e-12)
        assert x == 0 or 1 - at_least(x, mean, phi) < p


def test_surveillances_own_threshold_examples() -> None:
    """Its unit tests: mean 5, alpha 0.05, with and without overdispersion, plug-in and muan."""
    muan = float(np.exp(np.log(5) + 1.6448536269514722 * np.log(2)))
    assert [quantile(0.95, 5, 1.5), quantile(0.95, 5), quantile(0.95, muan, 1.5), quantile(0.95, muan)] == [
        *(10, 9),
        *(24, 22),
    ]
    assert at_least(11, 5, 1.5) == pytest.approx(0.03763657, abs=1e-8)
    assert at_least(11, 5) == pytest.approx(0.01369527, abs=1e-8)
