"""Getis-Ord statistics against esda's documented values and the 1996 paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.hotspots.gistar import local_g, permutation_p, weights_of
from tests.analysis.hotspots.published import needs_published_data, rows, write

POINTS: list[tuple[float, float]] = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
VALUES = np.array([2, 3, 3.2, 5, 8, 7])
G = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
G_STAR = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]


def within(points: list[tuple[float, float]], band: float) -> list[tuple[int, int]]:
    at = np.array(points, float)
    away = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(away <= band), strict=True) if i != j]


@pytest.mark.parametrize(("star", "expected"), [(False, G), (True, G_STAR)])
def test_esdas_six_points(star: bool, expected: list[float]) -> None:
    weights = weights_of(6, dict.fromkeys(within(POINTS, 15), 1.0))
    assert local_g(VALUES, weights, star) == pytest.approx(expected, abs=5e-8)


def test_scaling_a_row_changes_nothing() -> None:
    """What esda's default transform gets wrong."""
    pairs = within(POINTS, 15)
    degree = {i: sum(a == i for a, _ in pairs) for i in range(6)}
    weights = weights_of(6, {(i, j): 1 / degree[i] for i, j in pairs})
    assert local_g(VALUES, weights, star=False) == pytest.approx(G, abs=5e-8)


@needs_published_data
@pytest.mark.parametrize("band", [30, 60, 90, 120, 150])
def test_getis_and_ord_1996(band: int, tmp_path: Path) -> None:
    """All 256 cells as spdep has them, through the command; cell 120 is the paper's 1.45 at 30."""
    table = rows("gi_star/getisord1996.csv")
    cells = [(float(row["x"]), float(row["y"])) for row in table]
    values = write(tmp_path / "v.csv", "area,value", [(i + 1, row["val"]) for i, row in enumerate(table)])
    pairs = write(tmp_path / "w.csv", "i,j", [(i + 1, j + 1) for i, j in within(cells, band) if i < j])

    def found(*options: str) -> list[dict[str, Any]]:
        arguments = ["gistar", str(values), "--neighbours", str(pairs), "--replicates", "9", "--json", *options]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        areas: list[dict[str, Any]] = json.loads(result.output)["areas"]
        return areas

    published = rows(f"gi_star/ref_getisord1996_d{band}.csv")
    assert [row["z"] for row in found()] == pytest.approx([float(row["Gi"]) for row in published], abs=1e-9)
    star = [row["z"] for row in found("--star")]
    assert star == pytest.approx([float(row["Gi_star"]) for row in published], abs=1e-9)
    if band == 30:
        assert round(star[119], 6) == 1.450780


def test_no_neighbours_or_no_variation_gives_no_result() -> None:
    weights = weights_of(4, {(0, 1): 1.0, (1, 0): 1.0})
    z = local_g(np.array([1.0, 5, 2, 2]), weights, star=True)
    assert np.isnan(z).tolist() == [False, False, True, True]
    assert np.isnan(permutation_p(np.array([1.0, 5, 2, 2]), weights, 9)).tolist() == [False, False, True, True]
    assert np.isnan(local_g(np.ones(4), weights, star=True)).all()


def test_permutations_agree_with_chance() -> None:
    """One neighbour: the chance that another value is as great is its rank."""
    values = np.arange(11.0)
    weights = weights_of(11, {(i, 10 if i < 10 else 9): 1.0 for i in range(11)})
    p = permutation_p(values, weights, 9999, seed=3)
    assert p[:10] == pytest.approx(np.full(10, 0.1), abs=0.015)
    assert np.array_equal(p, permutation_p(values, weights, 9999, seed=3))
