"""The score of a place: how strongly its count speaks for a rise, given its own past and what wards here are like.

Gamma-Poisson (analysis/hotspots/rises.py). A ward's rate has a gamma prior of shape 4 around the board's rate by
population; the prior of joined wards, a town or the board is of shape 4 for each of its wards. A year of past sharpens
it. There is no Monte Carlo: which score is rare enough was found beforehand, by simulation (`thresholds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.hotspots import rises
from analysis.hotspots.predictive import BASELINE_DAYS, GUARD_DAYS, SHORTEST_BASELINE
from analysis.hotspots.zones import Floats
from analysis.signals.draws import WINDOWS, Whole
from analysis.signals.places import Places
from analysis.signals.seen import Seen
from models.signals import ChildKind

SHAPE = 4.0
"""The shape of one ward's prior: rates of wards with equal populations usually differ by half (1 / sqrt(4))."""
LEAST_EXPOSED = 0.5
"""The least share of a window whose reports are complete; with less it is not judged."""

WEIGHED_WITH: Mapping[ChildKind, ChildKind] = {
    "cse_concern": "missing",
    "cse_sign": "missing",
    "missing": "cse_sign",
}
"""Exploitation shows in both, so a rise in both at once is less likely by chance than either alone."""

Scores = npt.NDArray[np.float64]
"""Places by windows."""
Where = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a score is made of: places by windows, and the exposures of each window in days."""

    recent: Floats
    past: Floats
    exposure: Floats
    before: Floats
    per_ward: Floats
    """By window: cases a day that a ward of mean population had in the past."""


def counted(view: Seen, places: Places) -> Counted:
    """The counts of one view of a board. A day before the first event does not count as one without cases."""
    unknown = np.isnan(view.wards[0])
    wards, above = np.nan_to_num(view.wards), np.nan_to_num(view.above)
    exposed = np.where(unknown, 0.0, view.exposure)
    days = wards.shape[1]
    columns = []
    for window in WINDOWS:
        end = days - window - GUARD_DAYS
        base, now = slice(max(0, end - BASELINE_DAYS), max(0, end)), slice(days - window, days)
        past = wards[:, base].sum(axis=1)
        before = float(exposed[base].sum())
        # At least half a case: a board without a past has a low rate, not none.
        rate = max(float(past.sum()), 0.5) / (before * len(wards)) if before > 0 else 0.0
        usable = exposed[now].sum() >= LEAST_EXPOSED * window and np.sum(~unknown[base]) >= SHORTEST_BASELINE
        columns.append(
            (
                np.concatenate([places.membership @ wards[:, now].sum(axis=1), above[:, now].sum(axis=1)]),
                np.concatenate([places.membership @ past, above[:, base].sum(axis=1)]),
                float(exposed[now].sum()) if usable else 0.0,
                before,
                rate,
            )
        )
    recent, past_of, exposure, before_of, per_ward = zip(*columns, strict=True)
    return Counted(
        np.column_stack(recent), np.column_stack(past_of), np.array(exposure), np.array(before_of), np.array(per_ward)
    )


def factors_at(made: Counted, places: Places, noise: Whole, variance: Floats, where: Where) -> Floats:
    """The logarithms of the Bayes factors of some places and windows (rows) for each of `rises.RATES`.

    By counts to which the noise is added; `variance` is of each place's noise.
    """
    i, j = where
    return factors(
        made.recent[i, j] + noise[i, j],
        made.past[i, j],
        made.exposure[j],
        made.before[j],
        made.per_ward[j],
        places.wards_in[i],
        places.share_in[i],
        variance[i],
    )


def factors(
    recent: Floats,
    past: Floats,
    exposure: Floats,
    before: Floats,
    per_ward: Floats,
    wards: Floats,
    share: Floats,
    variance: Floats,
) -> Floats:
    """The same of counts as they come, one row for each; `wards` and their `share` say what the prior is."""
    shape = SHAPE * wards
    with np.errstate(divide="ignore", invalid="ignore"):
        prior = np.where(per_ward > 0, shape / (per_ward * share), 0.0)
    return rises.log_factors(recent, shape + past, np.where(prior > 0, prior + before, 0.0), exposure, variance)


def with_the_other(own: Floats, other: Floats) -> Floats:
    """The score of a kind from its factors and those of the kind it is weighed with, at the same places.

    Its own; or, where its own speaks for a rise at all, that of both together if it is greater.
    """
    alone = rises.score(own)
    together = rises.score(own + other)
    return np.where(alone > 0, np.maximum(alone, together), alone)
