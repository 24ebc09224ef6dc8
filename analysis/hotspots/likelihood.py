"""Log likelihood ratios of scan windows with more cases than expected (Kulldorff 1997; Neill 2005).

For a given number of cases each of them falls as the expected number (Bernoulli: the number at risk) grows. The
scan leans on that: of all windows with c cases only the one expecting least can be the best.
"""

from __future__ import annotations

import math
from typing import Final

from analysis.hotspots.compiled import compiled

POISSON: Final = 0
"""Conditional on the total: Poisson and permutation scans."""
BERNOULLI: Final = 1
EXPECTATION: Final = 2
"""Against expected counts taken as known: sees a rise that is everywhere."""


@compiled
def log_likelihood_ratio(model: int, c: float, m: float, cases: float, measure: float) -> float:
    """The ratio for a window of `c` cases and measure `m`, of `cases` and `measure` in all; 0 unless a high rate.

    The measure is the expected number of cases, for Bernoulli the number of cases and controls. 0 ln 0 is 0; an
    expected number of 0 with cases gives infinity, which callers refuse beforehand as a fault of the data.
    """
    if c <= 0.0:
        return 0.0
    if model == BERNOULLI:
        if c * measure <= cases * m:
            return 0.0
        others, rest = cases - c, measure - m
        value = c * math.log(c / m)
        if m > c:
            value += (m - c) * math.log((m - c) / m)
        if others > 0.0:
            value += others * math.log(others / rest)
        if rest > others:
            value += (rest - others) * math.log((rest - others) / rest)
        value -= cases * math.log(cases / measure)
        if measure > cases:
            value -= (measure - cases) * math.log((measure - cases) / measure)
        return value
    if c <= m:
        return 0.0
    if m <= 0.0:
        return math.inf
    value = c * math.log(c / m)
    if model == EXPECTATION:
        return value + m - c
    if cases > c and cases > m:
        value += (cases - c) * math.log((cases - c) / (cases - m))
    return value


def relative_risk(c: float, m: float, cases: float, measure: float) -> float | None:
    """The risk inside over the risk outside; nothing when no case or no measure is left outside."""
    if cases <= c or measure <= m or m <= 0:
        return None
    return (c / m) / ((cases - c) / (measure - m))
