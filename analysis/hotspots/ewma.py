"""Two exponentially weighted moving averages, one for slow and one for sudden rises, as CDC's ESSENCE runs them.

For aggregate daily series. The corrections of the standard deviation are those of ESSENCE as Rnssp writes them.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from analysis.hotspots.series import Floats, SeriesVerdict

SLOW, SUDDEN = 0.4, 0.9
GUARD = 2
SHORTEST, LONGEST = 11, 28
_WARNING, _ALERT = 0.05, 0.01


def ewma(counts: Floats, alpha: float = _ALERT) -> list[SeriesVerdict]:
    """The smaller of two p-values at each date, by Student's t against a baseline of 11 to 28 days, 2 days back.

    The bound is the count at which the more surprised average would reach alpha. A smoothed value beyond the 1 %
    limit is drawn back to it, so that a passed outbreak does not echo. Results begin with the 14th date; a missing
    count (NaN) has none, leaves both averages as they are, and is left out of baselines.
    """
    verdicts: list[SeriesVerdict] = []
    smoothed = [math.nan, math.nan]
    for t, count in enumerate(counts):
        if math.isnan(count):
            verdicts.append(SeriesVerdict())
            continue
        before = smoothed
        smoothed = [
            float(count) if math.isnan(old) else weight * float(count) + (1 - weight) * old
            for weight, old in zip((SLOW, SUDDEN), before, strict=True)
        ]
        end = t - GUARD
        baseline = counts[max(0, end - LONGEST) : max(0, end)]
        baseline = baseline[~np.isnan(baseline)]
        if len(baseline) < SHORTEST:
            verdicts.append(SeriesVerdict())
            continue
        freedom = len(baseline) - 1
        mean, sd = float(baseline.mean()), float(baseline.std(ddof=1))
        alert = round(float(special.stdtrit(freedom, 1 - _ALERT)), 5)
        needed = float(special.stdtrit(freedom, 1 - alpha))
        found = []
        for i, weight in enumerate((SLOW, SUDDEN)):
            sigma = _sigma(weight, sd, len(baseline))
            statistic = (smoothed[i] - mean) / sigma
            if abs(statistic) > alert:
                smoothed[i] = mean + math.copysign(alert * sigma, statistic)
            upper = (mean + needed * sigma - (1 - weight) * before[i]) / weight
            found.append((float(special.stdtr(freedom, -statistic)), upper, statistic))
        p, upper, statistic = found[0] if found[0][0] < found[1][0] else found[1]
        verdicts.append(SeriesVerdict(mean, upper, statistic, p < alpha, p))
    return verdicts


def _sigma(weight: float, sd: float, n: int) -> float:
    """The standard deviation of a smoothed value about the baseline's mean, with ESSENCE's floor for sparse counts."""
    rest = 1 - weight
    warning = round(float(special.stdtrit(n - 1, 1 - _WARNING)), 5)
    correction = math.sqrt(weight / (2 - weight) + 1 / n - 2 * rest ** (GUARD + 1) * (1 - rest**n) / n)
    constant = (0.1289 - (0.2414 - 0.1826 * rest**4) * math.log(10 * _WARNING)) * weight / warning
    return max(weight / warning * (1 + 0.5 * rest**2), sd * correction + constant)
