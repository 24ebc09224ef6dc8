"""`gistar`: which areas are surrounded by high or low values."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="gistar")
@click.argument("values", type=_FILE)
@click.option("--neighbours", type=_FILE, required=True, help="CSV of pairs of neighbours; a third column is a weight.")
@click.option("--star", is_flag=True, help="G_i*: the area counts among its neighbours. Without: G_i.")
@click.option("--replicates", type=click.IntRange(1), default=999, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**62), default=1, show_default=True)
@click.option("--false-share", type=click.FloatRange(0, 1, min_open=True), default=0.05, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def command(
    values: Path, neighbours: Path, star: bool, replicates: int, seed: int, false_share: float, as_json: bool
) -> None:
    """Getis-Ord G_i of VALUES (area,value): z, a permutation p, and "hot" or "cold" for areas that stand out.

    A pair of neighbours holds in both directions unless both directions are given. An area's own weight is 1 unless the
    area is paired with itself. --false-share is the expected share of false marks (Benjamini and Hochberg). Use rates
    or ratios, never raw counts. This describes a map; it is not a test for an outbreak.
    """
    import numpy as np

    from analysis.commands._tables import natural, read_table
    from analysis.hotspots.gistar import FEWEST_FOR_NORMAL, local_g, permutation_p, weights_of
    from analysis.hotspots.predictive import benjamini_hochberg

    value_of: dict[str, float] = {}
    for line in read_table(values, ["area", "value"]):
        code = line.text("area")
        if code in value_of:
            raise line.fault("the area stands twice")
        value_of[code] = line.number_of("value", negative=True)
    codes = sorted(value_of, key=natural)
    x = np.array([value_of[code] for code in codes])
    weights = weights_of(len(codes), _pairs(neighbours, {code: i for i, code in enumerate(codes)}))
    z = local_g(x, weights, star)
    p = permutation_p(x, weights, replicates, seed)
    p = np.where(np.isnan(z), np.nan, p)
    marked = benjamini_hochberg(p, false_share)
    rows: list[dict[str, Any]] = [
        {
            "area": code,
            "value": value_of[code],
            "neighbours": int(weights.start[i + 1] - weights.start[i]),
            "z": _number(z[i]),
            "p": _number(p[i]),
            "mark": ("hot" if z[i] > 0 else "cold") if marked[i] else None,
        }
        for i, code in enumerate(codes)
    ]
    parameters = {
        "statistic": "G_i*" if star else "G_i",
        "areas": len(codes),
        "replicates": replicates,
        "seed": seed,
        "false_share": false_share,
        "z_is_normal": len(codes) >= FEWEST_FOR_NORMAL,
    }
    if as_json:
        click.echo(json.dumps({"areas": rows, "parameters": parameters}, ensure_ascii=False))
        return
    for row in rows:
        numbers = f"z {row['z']:.4f}, p {row['p']:.3g}" if row["z"] is not None else "no result"
        click.echo(f"{row['area']}: {numbers}{', ' + row['mark'] if row['mark'] else ''}")


def _pairs(path: Path, position: dict[str, int]) -> dict[tuple[int, int], float]:
    from analysis.commands._scan_files import read_pairs

    table = read_pairs(path)
    first, second = table.columns[:2]
    weight = table.columns[2] if len(table.columns) > 2 else None
    given: dict[tuple[int, int], float] = {}
    for line in table:
        ends = []
        for column in (first, second):
            at = position.get(line.text(column))
            if at is None:
                raise line.fault(f"{column} is not in the file of values")
            ends.append(at)
        given[ends[0], ends[1]] = line.number_of(weight) if weight else 1.0
    return {(j, i): w for (i, j), w in given.items()} | given


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
