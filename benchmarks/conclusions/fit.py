"""`python -m benchmarks.conclusions.fit`: how often needs are true by the probability that the model gives them.

On boards of its own, half with nothing planted. Writes analysis/training/calibration.json, which
`make validate-conclusions` then judges on other boards.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click
import numpy as np
from scipy.optimize import minimize
from tqdm import tqdm

from analysis.training.calibration import Curve, logit
from benchmarks.conclusions.judged import made, stated_needs
from benchmarks.conclusions.plans import FIRST_FITTED, SIZES, null_plan, planted_plan

OUT = Path(__file__).parents[2] / "analysis" / "training" / "calibration.json"
FROM = 0.3
"""Needs that the model gives less are left out: what is said of them is nothing, and they would bend the curve where it
matters."""
LARGEST = 0.5
"""Share of boards of the largest size, which take longest."""
PRIOR = ((0.0, 2.0), (1.0, 0.7))
"""Mean and deviation of start and slope before anything is seen: the model is right."""
LEAST_SLOPE = 0.2
Weighed = tuple[str, float, bool]
"""Kind, probability by the model, whether it is true."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--boards", default=100, show_default=True, help="Of each size, with nothing and with something planted.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1), help="At a time.")
def main(boards: int, processes: int) -> None:
    """Fit the curves and write them."""
    tasks = [
        (size, FIRST_FITTED + number, null)
        for size in SIZES
        for number in range(round(boards * (LARGEST if size == max(SIZES) else 1)))
        for null in (True, False)
    ]
    by_kind: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    with ProcessPoolExecutor(processes) as pool:
        for of_board in tqdm(pool.map(weighed, tasks, chunksize=4), total=len(tasks), unit="board", mininterval=20):
            for kind, modelled, true in of_board:
                by_kind[kind].append((modelled, true))
    curves = {}
    for kind, needs in sorted(by_kind.items()):
        curve = fitted(needs)
        curves[kind] = {
            "start": round(curve.start, 3), "slope": round(curve.slope, 3),
            "needs": len(needs), "true": sum(true for _, true in needs),
        }  # fmt: skip
        click.echo(f"{kind}: {curves[kind]}, stated as 0.9 from {curve.modelled(0.9):.3f}")
    kept = {"made by": "python -m benchmarks.conclusions.fit", "boards": len(tasks), "from": FROM, "curves": curves}
    OUT.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")


def weighed(task: tuple[int, int, bool]) -> list[Weighed]:
    """The needs of one board, in a process of its own."""
    size, number, null = task
    board = made((null_plan if null else planted_plan)(number, size))
    return [(one.kind, one.modelled, one.true) for one in stated_needs(board, FROM) if one.modelled >= FROM]


def fitted(needs: Sequence[tuple[float, bool]]) -> Curve:
    """The curve that is likeliest, a little towards the model's own."""
    x = np.array([logit(modelled) for modelled, _ in needs])
    true = np.array([true for _, true in needs], dtype=np.float64)

    def cost(of: Sequence[float]) -> float:
        line = of[0] + of[1] * x
        unlikely = float((np.logaddexp(0, line) - true * line).sum())
        return unlikely + sum(((v - mean) / deviation) ** 2 / 2 for v, (mean, deviation) in zip(of, PRIOR, strict=True))

    found = minimize(cost, np.array([0.0, 1.0]), method="L-BFGS-B", bounds=[(-20, 20), (LEAST_SLOPE, 20)])
    return Curve(float(found.x[0]), float(found.x[1]))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.conclusions.fit")
