"""`scan`, `exceed` and `gistar` as an analyst runs them: files in, JSON out, and errors that say what to mend."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.__main__ import main

KEYS = [
    *("rank", "areas", "centre", "radius", "start", "end", "observed", "expected", "relative_risk", "llr", "p"),
    *("p_method", "recurrence_interval_days"),
]


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(main, [*map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def refusal(*arguments: object) -> str:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exit_code == 2, result.output
    return result.output


def save(path: Path, header: str, lines: list[str]) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Twelve invented areas over 60 days, with a rise in A3 and A4 at the end."""
    draw = random.Random(4)
    codes = [f"A{i}" for i in range(1, 13)]
    save(tmp_path / "areas.csv", "area,x,y", [f"{code},{i % 4},{i // 4}" for i, code in enumerate(codes)])
    save(tmp_path / "people.csv", "area,population", [f"{code},{1000 + 10 * i}" for i, code in enumerate(codes)])
    days = [date(2026, 1, 1) + timedelta(days=i) for i in range(60)]
    cases = [f"{draw.choice(codes)},1,{draw.choice(days)}" for _ in range(200)]
    cases += [f"{code},2,{day}" for code in ("A3", "A4") for day in days[-5:]]
    save(tmp_path / "cases.csv", "area,count,date", cases)
    save(tmp_path / "controls.csv", "area,count", [f"{code},400" for code in codes])
    save(tmp_path / "expected.csv", "area,expected", [f"{code},16.7" for code in codes])
    pairs = [(i, j) for i in range(12) for j in range(i) if abs(i % 4 - j % 4) + abs(i // 4 - j // 4) == 1]
    save(tmp_path / "pairs.csv", "a,b", [f"{codes[i]},{codes[j]}" for i, j in pairs])
    return tmp_path


def options(world: Path, model: str) -> list[object]:
    extra: dict[str, list[object]] = {
        "poisson": ["--population", world / "people.csv"],
        "bernoulli": ["--controls", world / "controls.csv"],
        "space-time-poisson": ["--population", world / "people.csv"],
        "space-time-permutation": [],
        "expectation-poisson": ["--expected", world / "expected.csv"],
    }
    return ["--areas", world / "areas.csv", "--model", model, "--replicates", 99, *extra[model]]


@pytest.mark.parametrize(
    "model", ["poisson", "bernoulli", "space-time-poisson", "space-time-permutation", "expectation-poisson"]
)
def test_every_model_says_the_same_whatever_the_order_of_rows(world: Path, model: str) -> None:
    arguments = options(world, model)
    found = run("scan", world / "cases.csv", *arguments)
    for file in world.glob("*.csv"):
        header, *lines = file.read_text("utf-8").splitlines()
        random.Random(file.name).shuffle(lines)
        save(file, header, lines)
    assert run("scan", world / "cases.csv", *arguments) == found
    assert list(found["clusters"][0]) == KEYS
    assert found["clusters"][0]["rank"] == 1
    assert found["clusters"][0]["start"] >= "2026-01-01"
    assert found["parameters"]["seed"] == 1


@pytest.mark.parametrize("model", ["space-time-poisson", "space-time-permutation", "expectation-poisson"])
def test_the_planted_rise_is_found_prospectively(world: Path, model: str) -> None:
    found = run("scan", world / "cases.csv", *options(world, model), "--prospective", "--max-window", 14)
    first = found["clusters"][0]
    # On a grid the four nearest are equally far, so no circle holds these two alone.
    assert set(first["areas"]) in ({"A3", "A4", "A8"}, {"A2", "A3", "A4", "A7"})
    assert (first["start"] >= "2026-02-20", first["end"]) == (True, "2026-03-01")
    assert first["recurrence_interval_days"] == pytest.approx(1 / first["p"])
    assert found["parameters"]["max_window"] == 14


def test_another_seed_moves_the_p_value_and_nothing_else(world: Path) -> None:
    arguments = [*options(world, "space-time-permutation"), "--p-value", "monte-carlo"]
    one, two = (run("scan", world / "cases.csv", *arguments, "--seed", seed)["clusters"] for seed in (1, 2))
    assert [c["p"] for c in one] != [c["p"] for c in two]
    shared = min(len(one), len(two))
    assert [c["llr"] for c in one][:shared] == [c["llr"] for c in two][:shared]


def test_sequential_p_values_stop_early_and_say_so(world: Path) -> None:
    arguments = [*options(world, "poisson"), "--replicates", 999]
    full = run("scan", world / "cases.csv", *arguments, "--p-value", "monte-carlo")["clusters"][0]
    early = run("scan", world / "cases.csv", *arguments, "--p-value", "sequential")["clusters"][0]
    assert (full["p_method"], early["p_method"]) == ("monte-carlo", "sequential")
    assert early["p"] == pytest.approx(full["p"], rel=0.6, abs=0.01)


def test_flexible_zones_follow_the_pairs(world: Path) -> None:
    arguments = [*options(world, "poisson"), "--shape", "flexible", "--neighbours", world / "pairs.csv", "--k", 5]
    assert set(run("scan", world / "cases.csv", *arguments)["clusters"][0]["areas"]) >= {"A3", "A4"}


def test_the_study_period_can_be_narrowed(world: Path) -> None:
    arguments = [*options(world, "space-time-permutation"), "--start", "2026-01", "--end", "2026-01"]
    found = run("scan", world / "cases.csv", *arguments)
    assert (found["parameters"]["start"], found["parameters"]["end"]) == ("2026-01-01", "2026-01-31")
    assert found["parameters"]["cases"] + found["parameters"]["cases_outside_period"] == 220
    assert found["parameters"]["intervals"] == 31


def test_months_and_fractions(world: Path) -> None:
    arguments = [*options(world, "space-time-permutation"), "--time-unit", "month", "--end", "2026-02"]
    found = run("scan", world / "cases.csv", *arguments, "--max-window-fraction", 0.5, "--replicates", 0)
    assert found["parameters"]["intervals"] == 2
    assert {c["end"] for c in found["clusters"]} <= {"2026-01-31", "2026-02-28"}


def test_text_is_for_people(world: Path) -> None:
    result = CliRunner().invoke(main, ["scan", str(world / "cases.csv"), *map(str, options(world, "poisson"))])
    assert result.exit_code == 0
    assert result.output.startswith("1. A")
    assert "log likelihood ratio" in result.output


SECRET = "Kowalczyk"


@pytest.mark.parametrize(
    ("file", "header", "lines", "rule"),
    [
        ("cases.csv", "area,count", [f"A1,{SECRET}"], "line 2: count must be a number"),
        ("cases.csv", "area,count", ["A1,1", "A2,-1"], "line 3: count must not be negative"),
        ("cases.csv", "area,count", ["A1,nan"], "line 2: count must be a finite number"),
        ("cases.csv", "area,count", [f"{SECRET},1"], "line 2: area is not in the file of areas"),
        ("cases.csv", "area,count,date", [f"A1,1,{SECRET}"], "line 2: a date must be YYYY"),
        ("cases.csv", "area,count,date", ["A1,1,2026-02-30"], "line 2: no such date"),
        ("cases.csv", "area,count,date", ["A1,1,2026-02-03", "A1,1"], "line 3: 2 cells where the header has 3"),
        ("cases.csv", "area,date", ["A1,2026-02-03"], "line 1: no column count"),
        ("cases.csv", "area,count", [], "no rows"),
        ("cases.csv", "area,count", ["A1,0"], "there are no cases"),
        ("cases.csv", "area,count", [",3"], "line 2: area is empty"),
        ("areas.csv", "area,x,y", ["A1,0,0", "A1,1,1"], "line 3: the area stands twice"),
        ("areas.csv", "area,x", ["A1,0"], "line 1: needed: area,x,y or area,lat,lon"),
        ("areas.csv", "area,lat,lon", ["A1,91,0"], "line 2: latitude must lie within 90"),
        ("people.csv", "area,population", ["A2,5"], "no population"),
        ("people.csv", "area,population,date", ["A1,5,then"], "line 2: a date must be"),
    ],
)
def test_a_bad_file_is_named_with_line_and_rule_and_never_a_value(
    world: Path, file: str, header: str, lines: list[str], rule: str
) -> None:
    save(world / file, header, lines)
    said = " ".join(refusal("scan", world / "cases.csv", *options(world, "poisson")).split())
    assert rule in said
    assert SECRET not in said


def test_a_file_that_is_no_text_is_refused(world: Path) -> None:
    (world / "cases.csv").write_bytes(b"area,count\nA1,\xff\n")
    assert "not a readable UTF-8 CSV file" in refusal("scan", world / "cases.csv", *options(world, "poisson"))


def test_dates_coarser_than_the_unit_are_refused(world: Path) -> None:
    save(world / "cases.csv", "area,count,date", ["A1,1,2024", "A2,1,2026"])
    said = refusal("scan", world / "cases.csv", *options(world, "space-time-permutation"), "--time-unit", "day")
    assert "line 2: a date must lie in one time unit" in said


@pytest.mark.parametrize(
    ("model", "extra", "rule"),
    [
        ("poisson", ["--prospective"], "--prospective needs a model over time"),
        ("poisson", ["--controls", "controls.csv"], "--controls is for"),
        ("bernoulli", ["--expected", "expected.csv"], "takes no --expected"),
        ("space-time-permutation", ["--max-window", "3", "--max-window-fraction", "0.2"], "not both"),
        ("poisson", ["--shape", "flexible"], "needs --neighbours"),
        ("poisson", ["--start", "tomorrow"], "--start: a date must be"),
        ("poisson", ["--shape", "flexible", "--neighbours", "pairs.csv", "--k", "40"], "between 1 and 30"),
        ("space-time-permutation", ["--start", "2026-02-01", "--end", "2026-01-01"], "ends before it starts"),
    ],
)
def test_options_that_do_not_fit_are_refused(world: Path, model: str, extra: list[str], rule: str) -> None:
    files = [str(world / word) if word.endswith(".csv") else word for word in extra]
    assert rule in " ".join(refusal("scan", world / "cases.csv", *options(world, model), *files).split())


@pytest.mark.parametrize("model", ["poisson", "space-time-poisson", "bernoulli", "expectation-poisson"])
def test_models_say_which_file_they_lack(world: Path, model: str) -> None:
    assert "needs --" in refusal("scan", world / "cases.csv", "--areas", world / "areas.csv", "--model", model)


def weeks(path: Path, counts: list[float | None]) -> Path:
    start = date(2018, 1, 1)
    lines = [f"{start + timedelta(weeks=i)},{'' if c is None else c}" for i, c in enumerate(counts)]
    return save(path, "date,count", lines)


@pytest.mark.parametrize("method", ["farrington", "ears-c1", "ears-c2", "ears-c3", "ewma", "predictive"])
def test_every_method_sees_an_outbreak(tmp_path: Path, method: str) -> None:
    draw = random.Random(6)
    counts: list[float | None] = [draw.randint(3, 9) for _ in range(320)]
    counts[-3:] = [31, 34, 33]
    found = run("exceed", weeks(tmp_path / "s.csv", counts), "--method", method)
    last = found["dates"][-1] if method in ("farrington", "predictive") else found["dates"][-3]
    if method == "ears-c3":
        last = found["dates"][-1]
    assert last["alarm"] is True
    assert list(last)[:6] == ["date", "count", "expected", "upper_bound", "score", "alarm"]
    assert sum(row["alarm"] is True for row in found["dates"][:-3]) < 320 * 0.08
    assert found["dates"][0]["alarm"] is None
    assert found["parameters"]["step"] == "week"


def test_a_week_left_out_is_missing_and_not_zero(tmp_path: Path) -> None:
    counts: list[float | None] = [5.0, 4, 6] * 10
    counts[12] = None
    path = weeks(tmp_path / "s.csv", counts)
    text = path.read_text("utf-8").splitlines()
    del text[20]
    path.write_text("\n".join(text), "utf-8")
    rows = run("exceed", path, "--method", "ears-c1")["dates"]
    assert len(rows) == 30
    assert (rows[12]["count"], rows[12]["alarm"], rows[19]["count"]) == (None, None, None)
    assert rows[13]["expected"] == pytest.approx(5, abs=0.3)


def test_the_farrington_of_1996_by_options(tmp_path: Path) -> None:
    path = weeks(tmp_path / "s.csv", [float(random.Random(i).randint(2, 9)) for i in range(320)])
    flexible = run("exceed", path, "--method", "farrington")["dates"][-1]
    original = run(
        "exceed", path, "--method", "farrington", "--periods", 1, "--threshold", "delta", "--exclude-weeks", 3
    )["dates"][-1]
    assert flexible["upper_bound"] == int(flexible["upper_bound"])
    assert original["upper_bound"] != int(original["upper_bound"])


@pytest.mark.parametrize(
    ("header", "lines", "rule"),
    [
        ("date,count", ["2026-01-01,1", "2026-01-01,2"], "line 3: the date stands twice"),
        ("date,count", ["2026-01-01,1", "2026-02,2"], "line 3: dates must all be written alike"),
        ("date,count", ["2026,1"], "line 2: a series of years is too coarse"),
        ("date,count,population", ["2026-01-01,1,0"], "line 2: population must be above 0"),
        ("date,cases", ["2026-01-01,1"], "line 1: no column count"),
        ("date,count", ["2026-01-01,-4"], "line 2: count must not be negative"),
        ("date,count", ["2026-01-01,1", "2026-01-04,1"], "a day, a week or a month apart"),
    ],
)
def test_a_bad_series_is_refused(tmp_path: Path, header: str, lines: list[str], rule: str) -> None:
    path = save(tmp_path / "s.csv", header, lines)
    assert rule in " ".join(refusal("exceed", path, "--method", "ears-c1").split())


def test_a_limit_that_is_no_pair_is_refused(tmp_path: Path) -> None:
    path = weeks(tmp_path / "s.csv", [1.0] * 9)
    assert "--limit54" in refusal("exceed", path, "--method", "farrington", "--limit54", "five")


def test_hot_and_cold_ends_of_a_row(tmp_path: Path) -> None:
    values = save(tmp_path / "v.csv", "area,value", [f"L{i},{10 if i < 8 else 0 if i > 31 else 5}" for i in range(40)])
    pairs = save(tmp_path / "w.csv", "a,b", [f"L{i},L{i + step}" for i in range(38) for step in (1, 2)] + ["L38,L39"])
    found = run("gistar", values, "--neighbours", pairs, "--star")
    marks = {row["area"]: row["mark"] for row in found["areas"]}
    assert marks["L3"] == "hot"
    assert marks["L36"] == "cold"
    assert marks["L20"] is None
    assert found["parameters"]["statistic"] == "G_i*"
    assert [row["area"] for row in found["areas"]][:3] == ["L0", "L1", "L2"]


def test_a_neighbour_without_a_value_is_refused(tmp_path: Path) -> None:
    values = save(tmp_path / "v.csv", "area,value", ["A,1", "B,2"])
    pairs = save(tmp_path / "w.csv", "a,b", [f"A,{SECRET}"])
    said = refusal("gistar", values, "--neighbours", pairs)
    assert "line 2: b is not in the file of values" in said
    assert SECRET not in said
