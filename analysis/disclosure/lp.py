"""The attacker's linear programme: one HiGHS model, solved again for one cost vector after another.

Its rows never change. Attackers differ in bounds only, and within one attack only costs change, so the primal simplex
can start each time from the last vertex.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import highspy
import numpy as np
from highspy._core import _Highs  # highspy.Highs is this with callbacks, and prints a banner on stdout when made
from numpy.typing import NDArray

from analysis.disclosure.system import OUTSIDER, Knowledge, RelationKind, System
from analysis.errors import AnalysisError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
_ROUNDS = 3
_TOO_LONG = 50_000
"""The limit of simplex iterations. A sound programme takes thousands at most, so one that takes more has gone wrong."""
_DUAL, _PRIMAL = 1, 4
_SETTLED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)


class Contradiction(AnalysisError):
    """No table of counts fits what is published, so some published value is wrong."""


Row = tuple[Sequence[int], Sequence[float], bool]
"""Columns, their signs, and whether the row is an equation. The signed sum is zero, or at most zero."""


class AttackerModel:
    """The counts of a system as columns and its relations as rows. `extreme` finds a table that minimises a cost."""

    def __init__(self, system: System) -> None:
        """Narrow the bounds first and leave out rows that they imply. The same tables fit, and solving is faster."""
        self.index = {cell: column for column, cell in enumerate(system.cells)}
        relations = [
            (kind, self.index[total], np.array([self.index[part] for part in parts], dtype=np.int32))
            for kind, total, parts in system.relations
        ]
        self._base_low, self._base_high = tightened(system, relations)
        self._costed: Ints = np.zeros(0, dtype=np.int32)
        # A cap in place of infinity keeps every programme bounded. It is higher than any count that could matter.
        self._cap = 100_000 + 10 * float(self._base_high[np.isfinite(self._base_high)].sum())
        self._highs = self._load(list(needed_rows(relations, self._base_low, self._base_high)))
        self.know(OUTSIDER)

    def know(self, attacker: Knowledge) -> None:
        """Set the bounds to what an attacker knows. Raises `Contradiction` if that does not fit what is published."""
        low, high = self._base_low.copy(), self._base_high.copy()
        for cell, count in attacker.whole.items():
            column = self.index[cell]
            low[column], high[column] = max(low[column], count), min(high[column], count)
        for (cell, _), count in attacker.own.items():
            column = self.index[cell]
            low[column] = max(low[column], count)
        if (low > high).any():
            raise Contradiction
        self.low, self.high = low, np.where(np.isfinite(high), high, np.maximum(self._cap, low))
        columns = np.arange(len(low), dtype=np.int32)
        self._highs.changeColsBounds(columns.size, columns, self.low, self.high)

    def _load(self, rows: list[Row]) -> _Highs:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.index), len(rows)
        model.col_cost_ = model.col_lower_ = model.col_upper_ = np.zeros(len(self.index))
        model.row_upper_ = np.zeros(len(rows))
        model.row_lower_ = np.array([0.0 if equal else -highspy.kHighsInf for _, _, equal in rows])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(columns) for columns, _, _ in rows)])
        model.a_matrix_.index_ = np.array([c for columns, _, _ in rows for c in columns], dtype=np.int32)
        model.a_matrix_.value_ = np.array([sign for _, signs, _ in rows for sign in signs])
        highs = _Highs()
        options: dict[str, bool | int | str] = {
            "output_flag": False,
            "presolve": "off",
            "solver": "simplex",
            "threads": 1,
            "simplex_iteration_limit": _TOO_LONG,
        }
        for name, value in options.items():
            highs.setOptionValue(name, value)
        highs.passModel(model)
        return highs

    def smallest(self, weights: Floats | None = None) -> Floats:
        """The feasible table with the least (weighted) total, found by the dual simplex from all lower bounds."""
        self._highs.clearSolver()
        columns = np.arange(len(self.low), dtype=np.int32)
        return self._minimise(columns, np.ones(columns.size) if weights is None else weights, dual=True)

    def extreme(self, columns: Ints, costs: Floats) -> Floats:
        """A feasible table that minimises the cost. Raises `Contradiction` if no table is feasible."""
        return self._minimise(columns, costs, dual=False)

    def _minimise(self, columns: Ints, costs: Floats, *, dual: bool) -> Floats:
        if self._costed.size:
            self._highs.changeColsCost(self._costed.size, self._costed, np.zeros(self._costed.size))
        if columns.size:
            self._highs.changeColsCost(columns.size, columns, costs)
        self._costed = columns
        status = self._solve(_DUAL if dual else _PRIMAL)
        if status not in _SETTLED:  # numerical trouble: try once more from scratch
            self._highs.clearSolver()
            status = self._solve(_DUAL)
        if status == highspy.HighsModelStatus.kInfeasible:
            raise Contradiction
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the linear programme ended as {status}")
        return np.array(self._highs.getSolution().col_value)

    def _solve(self, strategy: int) -> highspy.HighsModelStatus:
        self._highs.setOptionValue("simplex_strategy", strategy)
        self._highs.run()
        return self._highs.getModelStatus()


IndexedRelation = tuple[RelationKind, int, Ints]


def tightened(system: System, relations: Sequence[IndexedRelation]) -> tuple[Floats, Floats]:
    """The published bounds, narrowed by applying each relation a few times. The same tables fit."""
    low = np.array([interval.low for interval in system.cells.values()], dtype=np.float64)
    high = np.array([interval.high for interval in system.cells.values()], dtype=np.float64)
    for _ in range(_ROUNDS):
        for kind, total, parts in relations:
            high[parts] = np.minimum(high[parts], high[total])
            low[total] = max(low[total], low[parts].max())
            if kind != "subset":
                high[total] = min(high[total], high[parts].sum())
            if kind == "sum":
                low[total] = max(low[total], low[parts].sum())
                high[parts] = np.minimum(high[parts], high[total] - (low[parts].sum() - low[parts]))
    return low, high


def needed_rows(relations: Sequence[IndexedRelation], low: Floats, high: Floats) -> Iterator[Row]:
    """The rows that the bounds do not already imply. Attackers only narrow bounds, so the others stay implied."""
    for kind, total, parts in relations:
        if kind == "sum":
            yield (total, *parts), (1.0, *[-1.0] * len(parts)), True
            continue
        if kind == "union" and low[parts].sum() < high[total]:
            yield (total, *parts), (1.0, *[-1.0] * len(parts)), False
        yield from (((part, total), (1.0, -1.0), False) for part in parts if high[part] > low[total])
