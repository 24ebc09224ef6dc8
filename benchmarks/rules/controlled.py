"""Controlled rounding by optimisation: multiples of five less than five away, which add up and keep parts below wholes.

One integer programme a release (Cox 1987; Salazar-Gonzalez 2005 for general tables): each cell goes down or up.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from analysis.disclosure.system import Relation

BASE = 5
_SECONDS = 60.0


class Unsolved(RuntimeError):
    """The programme was not solved in its time."""


def rounded(counts: Mapping[str, int], relations: Sequence[Relation], at_random: int | None = None) -> dict[str, int]:
    """Counts by cell as multiples of five: nearest, or (with a seed) as near as may be to a draw without bias.

    Sums add up, and no part is above its whole where its count is not. Raises `Unsolved`.
    """
    names = list(counts)
    index = {name: number for number, name in enumerate(names)}
    exact = np.array([counts[name] for name in names])
    down, rest = exact // BASE, exact % BASE
    draw = random.Random(at_random)
    if at_random is None:
        cost = np.array([(BASE - 2 * over) if over else 0 for over in rest], dtype=float)
    else:
        cost = np.array([(-1.0 if draw.random() < over / BASE else 1.0) if over else 0.0 for over in rest])
    steps = _solve(cost, relations, index, counts, down, np.zeros(len(names)), (rest > 0).astype(float))
    if steps is None:  # there is no such rounding: allow one step more
        steps = _solve(cost, relations, index, counts, down, -(down > 0).astype(float), np.full(len(names), 2.0))
    if steps is None:
        raise Unsolved("no rounding was found that adds up")
    return {name: int(BASE * (down[n] + steps[n])) for n, name in enumerate(names)}


def _solve(
    cost: np.ndarray,
    relations: Sequence[Relation],
    index: Mapping[str, int],
    counts: Mapping[str, int],
    down: np.ndarray,
    least: np.ndarray,
    most: np.ndarray,
) -> np.ndarray | None:
    values: list[float] = []
    columns: list[int] = []
    starts, low, high = [0], [], []

    def row(plus: Sequence[int], minus: Sequence[int], *, equal: bool) -> None:
        columns.extend([*plus, *minus])
        values.extend([1.0] * len(plus) + [-1.0] * len(minus))
        starts.append(len(columns))
        fixed = float(down[list(minus)].sum() - down[list(plus)].sum())
        low.append(fixed if equal else -np.inf)
        high.append(fixed)

    for kind, total, parts in relations:
        if kind == "sum":
            row([index[total]], [index[part] for part in parts], equal=True)
        for part in parts if kind != "sum" else ():
            if counts[part] <= counts[total]:
                row([index[part]], [index[total]], equal=False)
    matrix = csr_matrix((values, columns, starts), (len(starts) - 1, len(cost)))
    solved = milp(
        cost,
        constraints=LinearConstraint(matrix, low, high),
        integrality=np.ones(len(cost)),
        bounds=Bounds(least, most),
        options={"time_limit": _SECONDS, "mip_rel_gap": 1e-3},
    )
    return None if solved.x is None else np.round(solved.x)
