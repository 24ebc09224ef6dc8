"""Is this count surprising, given the area's own past and what areas here are like? The default for small counts.

Gamma-Poisson: the area's rate has a gamma prior, from the region by Marshall's moments or flat; its past sharpens
that, and the window's count is judged by the negative binomial that follows. Many areas and windows are judged
together, so that the share of false alarms, not the chance of any, is held (Benjamini and Hochberg 1995).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.hotspots.series import Floats, SeriesVerdict

WINDOWS: Final = (1, 7, 14, 28)
BASELINE_DAYS, SHORTEST_BASELINE, GUARD_DAYS = 364, 56, 7
FEWEST_CASES = 3
FEWEST_AREAS = 30
"""With fewer areas the region says too little about a prior: the flat one is taken."""
FALSE_SHARE = 0.05
WATCH_BELOW = 0.005
_DISPERSED = 1.2

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Prior:
    """Gamma(shape, rate) for the cases per exposure of each area."""

    shape: Floats
    rate: float


JEFFREYS: Final = (0.5, 0.0)


def region_prior(past: Floats, exposure: Floats, share: Floats | None = None) -> Prior:
    """Each area's prior from all of them (Marshall 1991), or Jeffreys' with fewer than 30 areas or no cases.

    `past` and `exposure` are of the baseline; with `share` (of the population, mean 1) the expected rate follows it.
    """
    areas = len(past)
    weight = exposure if share is None else exposure * share
    if areas < FEWEST_AREAS or past.sum() == 0 or weight.sum() == 0:
        return Prior(np.full(areas, JEFFREYS[0]), JEFFREYS[1])
    mean = float(past.sum() / weight.sum())
    used = weight > 0
    rates = past[used] / weight[used]
    spread = float(np.sum(weight[used] * (rates - mean) ** 2) / weight.sum())
    between = max(spread - mean / float(weight[used].mean()), 0.01 * mean**2)
    rate = mean / between
    return Prior(mean * rate * (np.ones(areas) if share is None else share), rate)


def exceedance(
    cases: Floats, past: Floats, past_exposure: Floats, exposure: Floats, prior: Prior, phi: float = 1.0
) -> tuple[Floats, Floats, Floats]:
    """The expected count of the window, P(as many or more), and mid-p, for each area.

    Exposures are days weighted by season and by how complete reports are. Overdispersion above 1.2 widens the
    prediction. Nothing exposed gives p = 1.
    """
    size = prior.shape + past
    before = prior.rate + past_exposure
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where((before > 0) & (exposure > 0), size * exposure / before, 0.0)
        inside = np.where(before + exposure > 0, before / (before + exposure), 1.0)
    if phi > _DISPERSED:
        # The same mean from a smaller size: a window of the same expectation varies by phi more.
        inside = np.where(expected > 0, (size / phi) / (size / phi + expected), 1.0)
        size = size / phi
    upper_tail = np.where(
        cases > 0, np.where(expected > 0, special.betainc(np.maximum(cases, 1e-9), size, 1 - inside), 0.0), 1.0
    )
    upper_tail = np.where(exposure > 0, upper_tail, 1.0)
    more = np.where(expected > 0, special.betainc(cases + 1, size, 1 - inside), 0.0)
    more = np.where(exposure > 0, more, 1.0)
    return expected, upper_tail, (upper_tail + more) / 2


def benjamini_hochberg(p: Floats, share: float = FALSE_SHARE) -> Flags:
    """Which of the p-values to reject, holding the expected share of false ones among them. NaN is never one."""
    flat = np.ravel(p)
    order = np.argsort(flat, kind="stable")
    tested = int(np.sum(~np.isnan(flat)))
    rejected = np.zeros(len(flat), np.bool_)
    if tested:
        below = flat[order[:tested]] <= share * np.arange(1, tested + 1) / tested
        if below.any():
            rejected[order[: int(np.flatnonzero(below)[-1]) + 1]] = True
    return rejected.reshape(np.shape(p))


@dataclass(frozen=True, slots=True)
class AreaVerdicts:
    """Areas by windows. `alarm`: held false share and at least three cases; `watch`: p below 0.005 and three."""

    windows: tuple[int, ...]
    observed: Floats
    expected: Floats
    p: Floats
    mid_p: Floats
    alarm: Flags
    watch: Flags
    no_baseline: Flags
    """Areas with less than 56 days of history, judged by the region's rate alone."""


def pearson_dispersion(cases: Floats, exposure: Floats, block: int = 7) -> float:
    """How much more weekly counts vary than Poisson counts, pooled over areas; at least 1."""
    days = cases.shape[1] // block * block
    if days < 2 * block:
        return 1.0
    weekly = cases[:, -days:].reshape(len(cases), -1, block).sum(axis=2)
    exposed = exposure[:, -days:].reshape(len(cases), -1, block).sum(axis=2)
    total = exposed.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(total > 0, weekly.sum(axis=1, keepdims=True) * exposed / total, 0.0)
        terms = np.where(mean > 0, (weekly - mean) ** 2 / mean, 0.0)
    freedom = int(np.sum(mean > 0)) - int(np.sum(weekly.sum(axis=1) > 0))
    return max(1.0, float(terms.sum()) / freedom) if freedom > 0 else 1.0


def areas_today(
    cases: Floats,
    exposure: Floats | None = None,
    share: Floats | None = None,
    windows: tuple[int, ...] = WINDOWS,
    false_share: float = FALSE_SHARE,
) -> AreaVerdicts:
    """Judge every area (rows) and window that ends on the last day (columns are days, the newest last).

    Counts are distinct children (see preparation); a missing day is NaN, and leaves the exposure too. A window
    needs half its exposure. `exposure` is 1 for a day without season and completely reported.
    """
    known = ~np.isnan(cases)
    exposed = np.where(known, np.ones_like(cases) if exposure is None else exposure, 0.0)
    counts = np.where(known, cases, 0.0)
    days = cases.shape[1]
    shape = (len(cases), len(windows))
    observed, expected, p, mid = (np.full(shape, np.nan) for _ in range(4))
    no_baseline = np.zeros(len(cases), np.bool_)
    for column, window in enumerate(windows):
        end = days - window - GUARD_DAYS
        first = max(0, end - BASELINE_DAYS)
        base = slice(first, max(first, end))
        now = slice(max(0, days - window), days)
        past, past_exposure = counts[:, base].sum(axis=1), exposed[:, base].sum(axis=1)
        short = known[:, base].sum(axis=1) < SHORTEST_BASELINE
        no_baseline |= short
        prior = region_prior(past, past_exposure, share)
        phi = pearson_dispersion(counts[:, base], exposed[:, base])
        usable = exposed[:, now].sum(axis=1) >= 0.5 * window
        if prior.rate == 0:
            usable &= ~short
        past, past_exposure = np.where(short, 0.0, past), np.where(short, 0.0, past_exposure)
        seen = counts[:, now].sum(axis=1)
        e, tail, mid_tail = exceedance(seen, past, past_exposure, exposed[:, now].sum(axis=1), prior, phi)
        observed[:, column] = seen
        expected[usable, column], p[usable, column], mid[usable, column] = e[usable], tail[usable], mid_tail[usable]
    enough = observed >= FEWEST_CASES
    alarm = benjamini_hochberg(p, false_share) & enough
    with np.errstate(invalid="ignore"):
        watch = (p < WATCH_BELOW) & enough
    return AreaVerdicts(windows, observed, expected, p, mid, alarm, watch, no_baseline)


def predictive(
    counts: Floats, alpha: float = WATCH_BELOW, exposure: Floats | None = None, step_days: int = 1
) -> list[SeriesVerdict]:
    """One verdict for each date of a single series, by the flat prior (Jeffreys): the last 364 days but the last 7.

    A date needs 56 days of history. The bound is the greatest count that is no alarm; an alarm needs three cases.
    Missing counts (NaN) leave the exposure. `step_days` is the length of a step of the series.
    """
    known = ~np.isnan(counts)
    exposed = np.where(known, np.ones(len(counts)) if exposure is None else exposure, 0.0)
    baseline = math.ceil(BASELINE_DAYS / step_days)
    guard = math.ceil(GUARD_DAYS / step_days)
    found = []
    for t in range(len(counts)):
        base = slice(max(0, t - guard - baseline), max(0, t - guard))
        if not known[t] or exposed[t] <= 0 or known[base].sum() * step_days < SHORTEST_BASELINE:
            found.append(SeriesVerdict())
            continue
        past = np.where(known[base], counts[base], 0.0).sum()
        size, before = JEFFREYS[0] + past, exposed[base].sum()
        mean = size * exposed[t] / before
        chance = exposed[t] / (before + exposed[t])

        def tail(y: float, size: float = size, chance: float = chance) -> float:
            return float(special.betainc(y, size, chance)) if y > 0 else 1.0

        upper = max(0, math.floor(mean))
        while tail(upper + 1) >= alpha:
            upper += 1
        while upper > 0 and tail(upper) < alpha:
            upper -= 1
        y = float(counts[t])
        found.append(
            SeriesVerdict(mean, max(upper, FEWEST_CASES - 1), y / mean, y >= FEWEST_CASES and tail(y) < alpha, tail(y))
        )
    return found
