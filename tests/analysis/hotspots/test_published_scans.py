"""`scan` gives what SaTScan and FleXScan published: likelihood ratios, members, cases, and p within simulation."""

from __future__ import annotations

import json
from math import floor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from tests.analysis.hotspots.published import HOTSPOTS, near, needs_published_data, rows, words, write

pytestmark = needs_published_data
NM_NINE = {
    "Torrance",
    "Bernalillo",
    "Valencia",
    "SantaFe",
    "Guadelupe",
    "Socorro",
    "Sandoval",
    "SanMiguel",
    "LosAlamos",
}


def scan(*arguments: object) -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["scan", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    clusters: list[dict[str, Any]] = json.loads(result.output)["clusters"]
    return clusters


@pytest.fixture(scope="module")
def ny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """New York leukaemia as files."""
    folder = tmp_path_factory.mktemp("ny")
    table = rows("ny_leukemia/nydf_smerc.csv")
    cases = [floor(float(row["cases"])) for row in table]
    areas = [row["area"] for row in table]
    write(folder / "cases.csv", "area,count", zip(areas, cases, strict=True))
    write(folder / "fractions.csv", "area,count", [(row["area"], row["cases"]) for row in table])
    write(folder / "places.csv", "area,lat,lon", [(r["area"], r["latitude"], r["longitude"]) for r in table])
    write(folder / "plane.csv", "area,x,y", [(row["area"], row["x"], row["y"]) for row in table])
    write(folder / "people.csv", "area,population", [(row["area"], row["population"]) for row in table])
    controls = [int(row["population"]) - count for row, count in zip(table, cases, strict=True)]
    write(folder / "controls.csv", "area,count", zip(areas, controls, strict=True))
    return folder


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            ["--coordinates", "cartesian"],
            [(14.083511, 28, 100, 0.00015), (9.019716, 8, 38, 0.016), (6.114140, 33, 64, 0.248)],
        ),
        (
            ["--coordinates", "cartesian", "--max-population", "0.1"],
            [
                (11.577255, 26, 85, 0.001),
                (9.019716, 8, 38, 0.013),
                (6.114140, 33, 64, 0.216),
                (4.651839, 4, 25, 0.609),
                (4.169203, 7, 28, 0.755),
                (3.363518, 4, 12, 0.961),
                (3.209485, 3, 11, 0.976),
            ],
        ),
        ([], [(14.780276, 31, 106, 0.000087), (8.287056, 9, 42, 0.033), (7.199672, 16, 44, 0.105)]),
    ],
)
def test_new_york_circles_as_satscan(
    ny: Path, options: list[str], expected: list[tuple[float, int, int, float]]
) -> None:
    found = scan(
        ny / "cases.csv",
        *("--areas", ny / "places.csv", "--population", ny / "people.csv", "--model", "poisson"),
        *options,
    )
    for cluster, (ratio, areas, cases, p) in zip(found, expected, strict=False):
        assert cluster["llr"] == pytest.approx(ratio, abs=1e-6)
        assert (len(cluster["areas"]), cluster["observed"]) == (areas, cases)
        assert near(cluster["p"], p, 999)
    assert len(found) >= len(expected)


def test_new_york_members_centre_and_risk(ny: Path) -> None:
    """The 10 % run, whose members smerc's own tests assert."""
    found = scan(
        ny / "cases.csv",
        *("--areas", ny / "places.csv", "--coordinates", "cartesian", "--population", ny / "people.csv"),
        *("--model", "poisson", "--max-population", 0.1, "--replicates", 99),
    )
    first, second = found[:2]
    assert first["centre"] == "49"
    assert ",".join(first["areas"]) == "49,48,50,47,1,15,51,2,13,14,3,35,16,52,36,37,12,11,5,17,10,4,6,38,18,9"
    assert ",".join(second["areas"]) == "89,88,87,84,90,86,92,85"
    assert first["expected"] == pytest.approx(49.71, abs=0.005)
    assert first["relative_risk"] == pytest.approx(1.84, abs=0.005)
    assert set(found[6]["areas"]) == {"166", "159", "167"}


@pytest.mark.parametrize(("cap", "ratio", "areas"), [(0.5, 15.005562, 37), (0.1, 14.807678, 24)])
def test_new_york_in_a_plane(ny: Path, cap: float, ratio: float, areas: int) -> None:
    found = scan(
        ny / "cases.csv",
        *("--areas", ny / "plane.csv", "--population", ny / "people.csv", "--model", "poisson"),
        *("--max-population", cap, "--replicates", 0),
    )
    assert found[0]["llr"] == pytest.approx(ratio, abs=1e-6)
    assert len(found[0]["areas"]) == areas
    assert (found[0]["p"], found[0]["p_method"]) == (None, "none")


def test_new_york_with_fractions_of_cases(ny: Path) -> None:
    """smerc's run on the fractional counts: no counting table holds those."""
    found = scan(
        ny / "fractions.csv",
        *("--areas", ny / "plane.csv", "--population", ny / "people.csv", "--model", "poisson", "--replicates", 99),
    )
    assert [round(one["llr"], 6) for one in found[:3]] == [13.058117, 7.971757, 6.164880]
    assert found[0]["observed"] == pytest.approx(95.331079)
    assert found[0]["p"] < 0.02


def test_new_york_flexible_as_flexscan(ny: Path) -> None:
    found = scan(
        ny / "cases.csv",
        *("--areas", ny / "places.csv", "--coordinates", "cartesian", "--population", ny / "people.csv"),
        *("--model", "poisson", "--shape", "flexible", "--k", 10, "--replicates", 199),
        *("--neighbours", HOTSPOTS / "ny_leukemia/nyw_adjacency_pairs.csv"),
    )
    expected = [
        (11.6713, {"85", "86", "88", "89", "90", "92", "93"}, 0.006),
        (8.62939, {"1", "2", "13", "15", "47", "49", "51"}, 0.082),
        (8.14694, {"117", "118", "119", "124", "125", "126", "220"}, 0.115),
    ]
    for cluster, (ratio, areas, p) in zip(found, expected, strict=False):
        assert cluster["llr"] == pytest.approx(ratio, abs=5e-5)
        assert set(cluster["areas"]) == areas
        assert near(cluster["p"], p, 199)


def test_new_york_bernoulli_as_flexscan(ny: Path) -> None:
    """FleXScan's binomial run over the ten nearest areas."""
    found = scan(
        ny / "cases.csv",
        *("--areas", ny / "places.csv", "--controls", ny / "controls.csv", "--model", "bernoulli", "--k", 10),
    )
    expected = [
        (8.47836, {"1", "2", "3", "12", "13", "14", "15", "35", "47", "49"}, 0.014),
        (8.29257, {"85", "86", "87", "88", "89", "90", "91", "92", "93"}, 0.02),
        (6.43049, {"37", "38", "39", "40", "43", "44", "45", "46", "52", "53"}, 0.139),
    ]
    for cluster, (ratio, areas, p) in zip(found, expected, strict=False):
        assert cluster["llr"] == pytest.approx(ratio, abs=5e-6)
        assert set(cluster["areas"]) == areas
        assert near(cluster["p"], p, 999)


@pytest.fixture(scope="module")
def nm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """New Mexico brain cancer as files."""
    folder = tmp_path_factory.mktemp("nm")
    table = rows("nm_brain_satscan/nm_county_year_expected.csv")
    write(folder / "cases.csv", "area,count,date", [(r["county"], r["cases"], r["year"]) for r in table])
    write(
        folder / "expected.csv",
        "area,expected,date",
        [(r["county"], r["expected_age_sex"], r["year"]) for r in table],
    )
    write(folder / "places.csv", "area,lat,lon", words("nm_brain_satscan/nm.geo"))
    people = [(name, number, f"19{year}") for name, year, number, *_ in words("nm_brain_satscan/nm.pop")]
    write(folder / "people.csv", "area,population,date", people)
    return folder


def nm_scan(nm: Path, *options: object) -> list[dict[str, Any]]:
    return scan(
        nm / "cases.csv",
        *("--areas", nm / "places.csv", "--expected", nm / "expected.csv", "--model", "space-time-poisson"),
        *options,
    )


def test_new_mexico_retrospective(nm: Path) -> None:
    first, second, third = nm_scan(nm)[:3]
    assert first["llr"] == pytest.approx(10.979758, abs=1e-6)
    assert (set(first["areas"]), first["observed"]) == (NM_NINE, 236)
    assert (first["start"], first["end"]) == ("1985-01-01", "1989-12-31")
    assert first["expected"] == pytest.approx(176.22, abs=0.005)
    assert first["relative_risk"] == pytest.approx(1.42, abs=0.005)
    assert near(first["p"], 0.0118, 999)
    assert first["recurrence_interval_days"] is None
    assert (second["areas"], third["areas"]) == (["Chaves"], ["Curry", "Roosevelt"])
    assert second["llr"] == pytest.approx(5.684828, abs=1e-6)
    assert near(second["p"], 0.7146, 999)
    assert third["llr"] == pytest.approx(3.884186, abs=1e-6)


def test_new_mexico_prospective(nm: Path) -> None:
    first, second = nm_scan(nm, "--prospective")[:2]
    assert first["llr"] == pytest.approx(8.654067, abs=1e-6)
    assert (set(first["areas"]), first["observed"], first["end"]) == (NM_NINE, 313, "1991-12-31")
    assert near(first["p"], 0.0108, 999)
    assert first["recurrence_interval_days"] == pytest.approx(365.25 / first["p"])
    assert second["llr"] == pytest.approx(3.875299, abs=1e-6)


def test_new_mexico_populations_between_censuses(nm: Path) -> None:
    """SaTScan's own test suite asserts the populations of the three clusters."""
    result = CliRunner().invoke(
        main,
        [
            "scan",
            str(nm / "cases.csv"),
            *("--areas", str(nm / "places.csv"), "--model", "space-time-poisson", "--replicates", "0", "--json"),
            *("--expected", str(nm / "expected.csv"), "--population", str(nm / "people.csv")),
            *("--max-population", "0.51"),
        ],
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)["parameters"]
    assert told["cluster_populations"][:3] == pytest.approx([674891.72, 52755.68, 59349.33], abs=0.005)


def test_new_mexico_purely_spatial(nm: Path) -> None:
    first = scan(
        nm / "cases.csv",
        *("--areas", nm / "places.csv", "--expected", nm / "expected.csv", "--model", "poisson"),
    )[0]
    assert first["llr"] == pytest.approx(6.890841, abs=1e-6)
    assert (len(first["areas"]), first["observed"]) == (6, 576)
    assert first["expected"] == pytest.approx(512.66, abs=0.005)
    assert near(first["p"], 0.0138, 999)
    assert (first["start"], first["end"]) == ("1973-01-01", "1991-12-31")
