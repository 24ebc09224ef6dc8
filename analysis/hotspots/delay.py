"""How complete recent days are, from how late reports have come: what is expected is scaled, counts never are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LONGEST_DELAY = 28
TOO_INCOMPLETE = 0.1
"""A day less complete than this is left out of windows."""
FEWEST_REPORTS = 200
"""An organisation with fewer takes the pooled figures."""

Floats = npt.NDArray[np.float64]


def completeness(delays: Sequence[int], ages: Sequence[int], longest: int = LONGEST_DELAY) -> Floats:
    """The share of a day's events that is in at each age, 0 to `longest` days (reverse-time hazard; Lawless 1994).

    One delay and one age (days from the event until now) for each report received of the last 90 days. A delay
    that was never seen gets (k + 0.5) / (n + 1), so that no share is 0 or certain by chance; 1 at the longest.
    """
    delay, age = np.asarray(delays, np.int64), np.asarray(ages, np.int64)
    late = np.zeros(longest + 1)
    for x in range(1, longest + 1):
        at_risk = age >= x
        n = int(np.sum(at_risk & (delay <= x)))
        k = int(np.sum(at_risk & (delay == x)))
        late[x] = k / n if k else 0.5 / (n + 1)
    share = np.ones(longest + 1)
    for a in range(longest - 1, -1, -1):
        share[a] = share[a + 1] * (1 - late[a + 1])
    return share


def exposure_until(days: int, share: Floats) -> Floats:
    """The completeness of each of the last `days` days, oldest first; 0 where a day is too incomplete to use."""
    ages = np.arange(days - 1, -1, -1)
    complete: Floats = share[np.minimum(ages, len(share) - 1)].astype(np.float64)
    return np.where(complete < TOO_INCOMPLETE, 0.0, complete)
