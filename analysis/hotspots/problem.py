"""What a scan is made of: cases, what is expected, zones and windows; and what makes it impossible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.errors import AnalysisError
from analysis.hotspots.likelihood import BERNOULLI, EXPECTATION, POISSON
from analysis.hotspots.zones import Zones

Model = Literal["poisson", "bernoulli", "space-time-poisson", "space-time-permutation", "expectation-poisson"]
MODELS: tuple[Model, ...] = get_args(Model)

Floats = npt.NDArray[np.float64]


class DataFault(AnalysisError):
    """The data contradict themselves; the message says how, without a value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One scan. Rows are areas in the order of their codes, columns are time intervals, the last the newest."""

    model: Model
    cases: Floats
    measure: Floats
    """Expected cases to any scale (conditional models), expected cases (expectation-based), people (Bernoulli)."""
    zones: Zones
    longest: int = 1
    """The longest window, in intervals."""
    prospective: bool = False
    """Only windows that reach the last interval."""
    min_cases: float = 2

    @property
    def likelihood(self) -> int:
        """Which likelihood the model has."""
        return {"bernoulli": BERNOULLI, "expectation-poisson": EXPECTATION}.get(self.model, POISSON)

    @property
    def total(self) -> float:
        """All cases."""
        return float(self.cases.sum())

    @property
    def first(self) -> int:
        """First interval that a window may touch."""
        return self.cases.shape[1] - self.longest if self.prospective else 0

    def scaled(self) -> Floats:
        """The measure, scaled to the cases where the model is conditional on their number."""
        if self.model in ("bernoulli", "expectation-poisson"):
            return self.measure
        scaled: Floats = self.measure * (self.total / self.measure.sum())
        return scaled


def permutation_measure(cases: Floats) -> Floats:
    """What the permutation model expects: the area's cases spread as the whole's over time."""
    total = cases.sum()
    if total == 0:
        raise DataFault("there are no cases")
    expected: Floats = np.outer(cases.sum(axis=1), cases.sum(axis=0)) / total
    return expected


def check(problem: Problem) -> None:
    """Raise DataFault for data that no scan can be made of."""
    cases, measure = problem.cases, problem.measure
    if problem.total <= 0:
        raise DataFault("there are no cases")
    if measure.sum() <= 0:
        raise DataFault("nothing is expected anywhere")
    if bool(np.any((cases > 0) & (measure <= 0))):
        raise DataFault("cases where none can be: an area or time with cases has no population, or nothing expected")
    if problem.model == "bernoulli" and bool(np.any(cases > measure)):
        raise DataFault("an area has more cases than people")
    if problem.model == "space-time-permutation" and bool(np.any(cases != np.floor(cases))):
        raise DataFault("the permutation scan needs whole counts")
