"""How surprising the best window is: Monte Carlo, sequential and Gumbel p-values, and recurrence intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Method = Literal["auto", "monte-carlo", "sequential", "gumbel"]
Ties = Literal["exceed", "pass"]
"""Whether a replicate that equals what was observed counts against it."""
Used = Literal["monte-carlo", "sequential", "gumbel", "none"]

SMALL_P = 0.01
"""Below it `auto` takes the Gumbel value: the rank among 999 replicates is too coarse there."""
FEWEST_FOR_GUMBEL = 21
"""With 8 to 20 cases the greatest ratios take so few values that the tail of a Gumbel distribution fitted to them is
too thin: alarms came seven times as often as they should. Then the rank is kept, however coarse."""
ENOUGH_EXCEEDANCES = 50
"""Where the sequential test stops (Besag and Clifford 1991)."""
_EULER = 0.5772156649015329
_TIE = 1e-9
DAYS = {"day": 1.0, "month": 365.25 / 12, "year": 365.25}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Null:
    """The greatest log likelihood ratios of replicates under the null, in the order they were simulated."""

    maxima: Floats
    cases: float = math.inf
    """How many cases each replicate has; where that varies, on average."""

    @property
    def gumbel(self) -> tuple[float, float]:
        """Location and scale of the Gumbel distribution by moments (Abrams, Kulldorff and Kleinman 2010)."""
        scale = float(np.std(self.maxima, ddof=1)) * math.sqrt(6) / math.pi
        return float(np.mean(self.maxima)) - _EULER * scale, scale

    @property
    def by_rank(self) -> bool:
        """Whether only ranks among the replicates are right: few cases, or nothing that a distribution fits."""
        return self.cases < FEWEST_FOR_GUMBEL or len(self.maxima) < 2 or self.gumbel[1] <= 0

    def tail(self, ratios: Floats) -> Floats:
        """The chance of as much for each ratio, by the Gumbel distribution, or by rank where that alone is right."""
        if self.by_rank:
            below = np.searchsorted(np.sort(self.maxima), ratios - _TIE)
            return (1 + len(self.maxima) - below) / (len(self.maxima) + 1)
        location, scale = self.gumbel
        found: Floats = -np.expm1(-np.exp(-(ratios - location) / scale))
        return found


def gumbel_p(ratio: float, location: float, scale: float) -> float:
    """The chance of a greater value under a Gumbel distribution."""
    return -math.expm1(-math.exp(-(ratio - location) / scale))


def p_value(ratio: float, null: Null, method: Method = "auto", ties: Ties = "exceed") -> tuple[float | None, Used]:
    """The p-value of a log likelihood ratio, and how it was reached.

    Monte Carlo: rank among the replicates. Sequential: 50 over the replicates until 50 were at least as great, the
    rank when that many were not. Gumbel: from the fitted tail; conservative for sparse data of more than 20 cases, too
    small for fewer. Auto: Monte Carlo, and Gumbel where that is below 0.01 and there are more than 20 cases. Nothing
    without replicates.

    `ties` says whether a replicate that equals the ratio counts: with `exceed` the rank is a valid p-value, and with
    few cases a large one; with `pass` it is what SaTScan prints, and too small where replicates often tie.
    """
    if len(null.maxima) == 0:
        return None, "none"
    exceeds = null.maxima >= ratio - _TIE if ties == "exceed" else null.maxima > ratio + _TIE
    rank = (1 + int(exceeds.sum())) / (len(exceeds) + 1)
    if method == "sequential":
        if int(exceeds.sum()) >= ENOUGH_EXCEEDANCES:
            until = int(np.flatnonzero(exceeds)[ENOUGH_EXCEEDANCES - 1]) + 1
            return ENOUGH_EXCEEDANCES / until, "sequential"
        return rank, "sequential"
    tail = method == "gumbel" or (method == "auto" and rank < SMALL_P and null.cases >= FEWEST_FOR_GUMBEL)
    if tail and len(exceeds) > 1:
        location, scale = null.gumbel
        if scale > 0:
            return gumbel_p(ratio, location, scale), "gumbel"
    return rank, "monte-carlo"


def recurrence_interval_days(p: float, unit: str = "day", analyses: int = 1) -> float:
    """How often, in days, chance alone gives as much when the same analysis runs once per time unit.

    With a p-value already adjusted for `analyses` - 1 earlier ones the interval is D / [1 - (1 - p)^(1 / A)].
    """
    per_analysis = p if analyses == 1 else -math.expm1(math.log1p(-p) / analyses)
    return DAYS[unit] / per_analysis if per_analysis > 0 else math.inf
