"""How much more likely a rise makes a count than no rise does: the gamma-Poisson Bayes factor, for counts with noise.

A place's cases come at a rate whose prior is a gamma distribution. Its past sharpens that, so the count of a window is
negative binomial: `size` successes at `before` against `exposure`. A rise multiplies the exposure by q. The factor of q
is how much more likely it makes the count; the score is the logarithm of the mean of the factors over several q.

By hand: size 6, before 6, exposure 1, count 4. A doubling has the factor 2^4 (7/8)^10 = 4.21; rates of 1.5, 2, 3, 5
and 8 have 2.54, 4.21, 6.56, 6.81 and 4.00, of mean 4.82, and the score is 1.57.

A count that carries noise of known variance is scored as what it is: cases and noise together. The more noise, the
less a high count says, so places with more of it need no other threshold.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analysis.hotspots.compiled import compiled
from analysis.hotspots.zones import Floats

RATES: Final = (1.5, 2.0, 3.0, 5.0, 8.0)
"""How many times the usual rate a rise may be."""
_REACH = 8.0
"""Deviations of the noise beyond which it is taken to be impossible."""


def score(factors: Floats) -> Floats:
    """The logarithm of the mean factor; `factors` are logarithms, one column for each of `RATES`.

    Evidence of two streams about one place is together the sum of their factors: a rise of q in both.
    """
    best = factors.max(axis=-1, keepdims=True)
    best = np.where(np.isfinite(best), best, 0.0)
    with np.errstate(divide="ignore"):
        found: Floats = best[..., 0] + np.log(np.exp(factors - best).mean(axis=-1))
    return found


def log_factors(count: Floats, size: Floats, before: Floats, exposure: Floats, variance: Floats) -> Floats:
    """The logarithm of each count's Bayes factor for each of `RATES`, counts by rates.

    All five of one length, `before` and `exposure` in the same unit of time. Greater for a greater count. Nothing
    exposed, or nothing known of before, gives minus infinity: it is no rise. `variance` is of the noise in the count:
    0 for none, and then the count is not below 0.
    """
    return _log_factors(count, size, before, exposure, variance, np.array(RATES))


@compiled
def _log_factors(
    count: Floats, size: Floats, before: Floats, exposure: Floats, variance: Floats, rates: Floats
) -> Floats:
    found = np.full((len(count), len(rates)), -np.inf)
    for i in range(len(count)):
        if not (exposure[i] > 0 and before[i] > 0 and size[i] > 0):
            continue
        usual = exposure[i] / (before[i] + exposure[i])
        reach = math.ceil(_REACH * math.sqrt(variance[i]))
        first = max(0, math.floor(count[i]) - reach)
        last = max(0, math.floor(count[i])) + reach
        none = _seen(count[i], size[i], usual, variance[i], first, last)
        for j in range(len(rates)):
            risen = rates[j] * exposure[i] / (before[i] + rates[j] * exposure[i])
            # The chance of the first number of cases, against that without a rise; what they share falls out.
            start = size[i] * (math.log1p(-risen) - math.log1p(-usual)) + first * (math.log(risen) - math.log(usual))
            found[i, j] = start + _seen(count[i], size[i], risen, variance[i], first, last) - none
    return found


@compiled
def _seen(count: float, size: float, share: float, variance: float, first: int, last: int) -> float:
    """Logarithm of the sum, over numbers of cases, of their chance (that of the first taken as 1) and the noise's."""
    total, chance = 0.0, 1.0
    for cases in range(first, last + 1):
        away = count - cases
        total += chance * (math.exp(-away * away / (2 * variance)) if variance > 0 else 1.0)
        chance *= (size + cases) / (cases + 1) * share
    return math.log(max(total, 1e-300))
