"""New Mexico to 1989: expected cases standardised from the census file as the data set's own notes say, then scanned.

The published prospective run ends in 1989; expected counts come for the whole period only, so they are computed here.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.hotspots.zones import Floats
from tests.analysis.hotspots.published import near, needs_published_data, words, write

pytestmark = needs_published_data
FIRST, LAST = 1973, 1989
NINE = {"Torrance", "Bernalillo", "Valencia", "SantaFe", "Guadelupe", "Socorro", "Sandoval", "SanMiguel", "LosAlamos"}


def standardised() -> dict[str, Floats]:
    """County -> expected cases of each year: stratum rates of the whole, on person-years between censuses of 1 July."""
    people: dict[tuple[str, str, str], dict[int, float]] = {}
    for county, year, number, age, sex in words("nm_brain_satscan/nm.pop"):
        people.setdefault((county, age, sex), {})[1900 + int(year)] = float(number)
    counted: dict[tuple[str, str], int] = {}
    for _, number, year, age, sex in words("nm_brain_satscan/nm.cas"):
        if FIRST <= int(year) <= LAST:
            counted[age, sex] = counted.get((age, sex), 0) + int(number)
    censuses = sorted({year for of in people.values() for year in of})
    at = [date(year, 7, 1).toordinal() for year in censuses]
    expected: dict[str, Floats] = {county: np.zeros(LAST - FIRST + 1) for county, _, _ in people}
    for stratum in {(age, sex) for _, age, sex in people}:
        years = {county: _years(at, censuses, people.get((county, *stratum), {})) for county in expected}
        rate = counted.get(stratum, 0) / sum(float(of.sum()) for of in years.values())
        for county, of in years.items():
            expected[county] += rate * of
    return expected


def _years(at: list[int], censuses: list[int], numbers: dict[int, float]) -> Floats:
    """Person-days of each year: linear between censuses, trapezia of days."""
    found = []
    for year in range(FIRST, LAST + 1):
        days = np.arange(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal() + 1)
        daily = np.interp(days, at, [numbers.get(census, 0.0) for census in censuses])
        found.append(float(((daily[1:] + daily[:-1]) / 2).sum()))
    return np.array(found)


def test_new_mexico_prospective_to_1989(tmp_path: Path) -> None:
    expected = standardised()
    lines = [(c, n, FIRST + i) for c, of in expected.items() for i, n in enumerate(of.tolist())]
    cases = [(c, n, y) for c, n, y, *_ in words("nm_brain_satscan/nm.cas") if FIRST <= int(y) <= LAST]
    files = {
        "cases": write(tmp_path / "cases.csv", "area,count,date", cases),
        "areas": write(tmp_path / "areas.csv", "area,lat,lon", words("nm_brain_satscan/nm.geo")),
        "expected": write(tmp_path / "expected.csv", "area,expected,date", lines),
    }
    asked = ["scan", files["cases"], "--areas", files["areas"], "--expected", files["expected"], "--prospective"]
    options = ["--model", "space-time-poisson", "--start", FIRST, "--end", LAST, "--json"]
    result = CliRunner().invoke(main, [str(part) for part in [*asked, *options]])
    assert result.exit_code == 0, result.output
    first, second = json.loads(result.output)["clusters"][:2]
    assert first["llr"] == pytest.approx(11.617613, abs=1e-6)
    assert (set(first["areas"]), first["observed"], first["start"]) == (NINE, 236, "1985-01-01")
    assert first["expected"] == pytest.approx(175.50, abs=0.005)
    assert first["p"] == pytest.approx(0.00075, rel=0.5), "Gumbel, from 999 replicates here and there"
    assert first["p_method"] == "gumbel"
    assert (second["areas"], second["start"]) == (["Chaves"], "1988-01-01")
    assert second["llr"] == pytest.approx(5.800224, abs=1e-6)
    assert near(second["p"], 0.1151, 999)
