"""Farrington's method for weekly counts, original (1996) and flexible (Noufaily and others 2013).

A quasi-Poisson regression on the same season of past years, past outbreaks weighted down, and a bound that the
count exceeds with a small probability. Checked against R's surveillance. Where the standard error enters (delta,
muan, the test of the trend) R's farringtonFlexible takes the reweighted fit's prior weights for its working
weights; here the standard error is the fit's own, so that those thresholds differ from R's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.hotspots.counts import at_least, quantile
from analysis.hotspots.glm import Fit, fit_quasi_poisson
from analysis.hotspots.series import Floats, SeriesVerdict

Threshold = Literal["nbplugin", "delta", "muan"]
Ints = npt.NDArray[np.int64]

_FEWEST_YEARS_FOR_TREND = 3


@dataclass(frozen=True, slots=True)
class Options:
    """The flexible method by default. The original: periods 1, delta, exclude 3, weights_from 1, p_trend 0.05."""

    years: int = 5
    half_window: int = 3
    periods: int = 10
    exclude: int = 26
    """Recent time points, besides the present, that are kept out of the fit."""
    alpha: float = 0.01
    threshold: Threshold = "nbplugin"
    enough: tuple[int, int] = (5, 4)
    """No alarm with fewer than 5 cases in the last 4 time points."""
    p_trend: float = 1.0
    """The trend is kept if its p-value is below this; 1 keeps it."""
    weights_from: float = 2.58
    """Anscombe residuals above this are weighted down."""
    fewest_years: int = 2
    floor_in_error: bool = False
    """Whether the standard error too takes an overdispersion of at least 1, as the original method does."""


@dataclass(frozen=True, slots=True)
class _Model:
    """The final fit at one time point, and where it predicts."""

    fit: Fit
    point: Floats
    offset: float
    phi: float


def farrington(
    counts: Floats,
    options: Options = Options(),
    dates: Sequence[date] | None = None,
    population: Floats | None = None,
    since: int = 0,
) -> list[SeriesVerdict]:
    """One verdict for each time point of a regular series; a missing count is NaN.

    With dates the reference points are the same weekday nearest to the same date (weekly series) or the same date;
    without, 52 points apart. As many years back as there are, up to `years`, and at least two. Population is an
    offset. A time point with too short a history, or where no model converges, has no result. Below `enough`
    cases there is no bound and no alarm. Time points before `since` are not judged.
    """
    found = [SeriesVerdict()] * since
    index = {day: i for i, day in enumerate(dates or ())}
    for t in range(since, len(counts)):
        references = _references(t, options.years, dates, index)
        if len(references) < max(1, min(options.fewest_years, options.years)) or math.isnan(counts[t]):
            found.append(SeriesVerdict())
            continue
        model = _model(counts, t, references, options, population)
        found.append(SeriesVerdict() if model is None else _verdict(counts, t, model, options))
    return found


def _references(t: int, years: int, dates: Sequence[date] | None, index: dict[date, int]) -> list[int]:
    """The time point a year ago, two years ago and so on, as far as there is one."""
    found: list[int] = []
    for back in range(1, years + 1):
        at = t - 52 * back if dates is None else index.get(_years_before(dates, t, back), -1)
        if at < 0:
            break
        found.append(at)
    return found


def _years_before(dates: Sequence[date], t: int, back: int) -> date:
    """The same date, moved in a weekly series to the nearest day of the same weekday."""
    day = dates[t]
    try:
        earlier = day.replace(year=day.year - back)
    except ValueError:
        earlier = date(day.year - back, 3, 1)
    if len(dates) > 1 and dates[1] - dates[0] != timedelta(days=7):
        return earlier
    forward = (day.weekday() - earlier.weekday()) % 7
    return earlier + timedelta(days=forward if forward <= 3 else forward - 7)


def season_levels(length: int, t: int, references: Sequence[int], half_window: int, periods: int) -> Ints:
    """The level of the season factor at each time point: `periods` around the reference points, 1, 2, … in the
    gaps between; -1 where the model does not look. A gap that does not divide gives its first blocks one more.
    """
    levels = np.full(length, -1, np.int64)
    levels[max(0, t - half_window) : t + 1] = periods
    later = t
    for reference in references:
        after, before = reference + half_window + 1, later - half_window
        levels[max(0, reference - half_window) : after] = periods
        if periods > 1 and before > after:
            size, rest = divmod(before - after, periods - 1)
            blocks = np.repeat(np.arange(1, periods), [size + (block < rest) for block in range(periods - 1)])
            levels[after:before] = blocks
        later = reference
    return levels


def _model(
    counts: Floats, t: int, references: Sequence[int], options: Options, population: Floats | None
) -> _Model | None:
    """The model that predicts time point t, or nothing if none converges."""
    levels = season_levels(len(counts), t, references, options.half_window, options.periods)
    levels[max(0, t - options.exclude) : t + 1] = -1
    used = np.flatnonzero((levels >= 0) & ~np.isnan(counts))
    if len(used) == 0:
        return None
    y = counts[used]
    offsets = np.zeros(len(counts)) if population is None else np.log(population)
    time = used - used[0]
    columns = [np.ones(len(used))]
    columns += [(levels[used] == level).astype(float) for level in range(1, options.periods) if (levels == level).any()]
    seasons = np.column_stack(columns)
    point = np.zeros(seasons.shape[1])
    point[0] = 1.0
    now = float(t - used[0])
    if len(references) >= _FEWEST_YEARS_FOR_TREND:
        fitted = _reweighted(np.column_stack([seasons, time]), y, offsets[used], options.weights_from)
        if fitted is not None:
            fit, phi = fitted
            at = np.append(point, now)
            mu = math.exp(min(700.0, fit.predict(at, offsets[t])[0]))
            if mu <= y.max() and fit.p_of(-1) < options.p_trend:
                return _Model(fit, at, float(offsets[t]), phi)
    fitted = _reweighted(seasons, y, offsets[used], options.weights_from)
    return None if fitted is None else _Model(fitted[0], point, float(offsets[t]), fitted[1])


def _reweighted(x: Floats, y: Floats, offset: Floats, weights_from: float) -> tuple[Fit, float] | None:
    """Fit, weight what sticks out down, and fit again: the fit and the overdispersion, at least 1."""
    first = fit_quasi_poisson(x, y, offset)
    if not first.converged:
        return None
    phi = _overdispersion(first)
    mu = first.fitted
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu)) / np.sqrt(phi * (1 - np.minimum(first.hat, 1)))
    residual = np.nan_to_num(residual, nan=0.0, posinf=1e9, neginf=-1e9)
    kept = np.where(residual > weights_from, np.maximum(np.abs(residual), 1e-9) ** -2.0, 1.0)
    second = fit_quasi_poisson(x, y, offset, kept * (len(kept) / kept.sum()))
    return second, _overdispersion(second)


def _overdispersion(fit: Fit) -> float:
    return 1.0 if math.isnan(fit.dispersion) else max(fit.dispersion, 1.0)


def _verdict(counts: Floats, t: int, model: _Model, options: Options) -> SeriesVerdict:
    eta, error = model.fit.predict(model.point, model.offset)
    if eta > 300:
        return SeriesVerdict()
    phi, y = model.phi, float(counts[t])
    error *= math.sqrt(phi if options.floor_in_error else model.fit.dispersion)
    mu = math.exp(eta)
    z = float(special.ndtri(1 - options.alpha))
    if options.threshold == "delta":
        spread = math.sqrt(4 / 9 * mu ** (1 / 3) * (phi + mu * error**2))
        upper = (mu ** (2 / 3) + z * spread) ** 1.5
        p = float(special.ndtr((mu ** (2 / 3) - y ** (2 / 3)) / spread))
    else:
        mean = mu if options.threshold == "nbplugin" else math.exp(eta + z * error)
        upper = quantile(1 - options.alpha, mean, phi)
        p = at_least(y, mean, phi)
    cases, points = options.enough
    if np.nansum(counts[max(0, t - points + 1) : t + 1]) < cases:
        return SeriesVerdict(mu, None, None, False, p)
    score = (y - mu) / (upper - mu) if upper > mu else None
    return SeriesVerdict(mu, upper, score, y > upper and y > 0, p)
