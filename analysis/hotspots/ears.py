"""EARS C1, C2 and C3 (Fricker, Hegler and Dunfee 2008), for aggregate series of about three a day or more.

On sparser series their false-alarm rate is many times the nominal one; use the predictive method there.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np
from scipy import special

from analysis.hotspots.series import Floats, SeriesVerdict

Kind = Literal["c1", "c2", "c3"]
DEFAULT_ALPHA: Final[dict[Kind, float]] = {"c1": 0.001, "c2": 0.001, "c3": 0.025}
BASELINE = 7
_FEWEST = 3


def ears(counts: Floats, kind: Kind, alpha: float | None = None, min_sigma: float = 0.0) -> list[SeriesVerdict]:
    """C1: against the mean and sd of the seven days before. C2: of seven, two days back. C3: three C2s together.

    A missing count (NaN) has no result and is left out of baselines, which need three counts. The sd has divisor
    n - 1 and is at least `min_sigma`; a baseline without variation and min_sigma of 0 alarms at any excess.
    """
    z = float(special.ndtri(1 - (DEFAULT_ALPHA[kind] if alpha is None else alpha)))
    if kind != "c3":
        lag = 0 if kind == "c1" else 2
        return [_single(counts, t, lag, z, min_sigma) for t in range(len(counts))]
    return [_summed(counts, t, z, min_sigma) for t in range(len(counts))]


def _baseline(counts: Floats, t: int, lag: int, min_sigma: float) -> tuple[float, float] | None:
    """Mean and sd of the baseline that ends `lag` days before the day before t."""
    first = t - lag - BASELINE
    if first < 0:
        return None
    known = counts[first : t - lag]
    known = known[~np.isnan(known)]
    if len(known) < _FEWEST:
        return None
    return float(known.mean()), max(float(known.std(ddof=1)), min_sigma)


def _single(counts: Floats, t: int, lag: int, z: float, min_sigma: float) -> SeriesVerdict:
    base = _baseline(counts, t, lag, min_sigma)
    if base is None or math.isnan(counts[t]):
        return SeriesVerdict()
    mean, sd = base
    upper = mean + z * sd
    score = (counts[t] - mean) / sd if sd > 0 else None
    return SeriesVerdict(mean, upper, None if score is None else float(score), bool(counts[t] > upper))


def _summed(counts: Floats, t: int, z: float, min_sigma: float) -> SeriesVerdict:
    """C3 as R's surveillance computes it, whose figures are the published ones: alarm when the excesses of the two
    days before, and a count today, exceed z; the bound is the count at which that ends. The definition in words
    adds today's own excess, and alarms more often.
    """
    excess = []
    for day in (t, t - 1, t - 2):
        base = _baseline(counts, day, 2, min_sigma) if day >= 0 else None
        if base is None or math.isnan(counts[day]):
            return SeriesVerdict()
        mean, sd = base
        away = counts[day] - mean
        c2 = away / sd if sd > 0 else (math.inf if away > 0 else 0.0)
        excess.append(max(0.0, float(c2) - 1))
        if day == t:
            expected, spread = mean, sd
    score = excess[1] + excess[2]
    if math.isinf(score):
        return SeriesVerdict(expected, None, None, bool(counts[t] > 0))
    upper = max(0.0, float(counts[t]) + spread * (z - score))
    return SeriesVerdict(expected, upper, score, bool(counts[t] > upper))
