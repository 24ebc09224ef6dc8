"""Ties of what is observed with what is simulated: SaTScan lets them pass, and its published p-values hold for that.

Where cases are many, ties are rare and both ways give what was published. Where they are few, the two come apart.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.hotspots.published import near, needs_published_data, rows, write
from tests.analysis.hotspots.test_published_scans import ny, scan

pytestmark = needs_published_data
__all__ = ["ny"]
PUBLISHED = (0.001, 0.013, 0.216, 0.609, 0.755, 0.961, 0.976)
"""SaTScan's, of New York leukaemia with clusters of up to a tenth of the population."""
FEW = (3, 4, 5, 20)
"""Which of the areas have a case in the sparse example."""


@pytest.mark.parametrize("ties", ["exceed", "pass"])
def test_with_many_cases_both_give_what_satscan_published(ny: Path, ties: str) -> None:
    files = ("--areas", ny / "places.csv", "--population", ny / "people.csv", "--model", "poisson")
    found = scan(
        ny / "cases.csv",
        *(*files, "--coordinates", "cartesian", "--max-population", 0.1, "--p-value", "monte-carlo", "--ties", ties),
    )
    for cluster, p in zip(found, PUBLISHED, strict=False):
        assert near(cluster["p"], p, 999)


def test_with_few_cases_ties_make_the_valid_p_value_greater(tmp_path: Path) -> None:
    """Four cases in thirty of the areas, all taken to be of one size: few numbers of cases, so few ratios."""
    table = rows("ny_leukemia/nydf_smerc.csv")[:30]
    areas = [row["area"] for row in table]
    write(tmp_path / "cases.csv", "area,count", [(area, int(n in FEW)) for n, area in enumerate(areas)])
    write(tmp_path / "people.csv", "area,population", [(area, 100) for area in areas])
    write(tmp_path / "plane.csv", "area,x,y", [(row["area"], row["x"], row["y"]) for row in table])
    files = ("--areas", tmp_path / "plane.csv", "--population", tmp_path / "people.csv", "--model", "poisson")
    valid, like_satscan = (
        scan(tmp_path / "cases.csv", *files, "--p-value", "monte-carlo", "--ties", ties)[0]
        for ties in ("exceed", "pass")
    )
    assert valid["llr"] == like_satscan["llr"]
    assert valid["p"] > 1.2 * like_satscan["p"]
