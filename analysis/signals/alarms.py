"""The second opinion: how rarely chance alone would give what is seen, by scans and exceedances, for analysts.

A recurrence interval for every place and window, without noise: nothing of it leaves the ledger. What is told is
decided by the score (`score`, ADR 0030). Three detectors: the predictive exceedance of each ward, town and the board
against its own past; the prospective permutation scan of wards and joined wards against the rest of the board; the
expectation-based scan against their own past. Each is charged for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.hotspots.predictive import (
    BASELINE_DAYS,
    FEWEST_CASES,
    GUARD_DAYS,
    JEFFREYS,
    areas_today,
    pearson_dispersion,
)
from analysis.hotspots.problem import Problem, permutation_measure
from analysis.hotspots.significance import Null
from analysis.hotspots.simulation import simulate
from analysis.hotspots.zones import Floats
from analysis.signals.draws import WINDOWS
from analysis.signals.places import Places
from analysis.signals.seen import DAYS, LONGEST, Seen
from models.signals import CHILD_KINDS, ChildKind

EXPECTED_LONGEST = 28
"""Of the expectation scan: over 84 days its false alarms were 8 to 12 % at a nominal 5 %, as a past of a year is itself
an estimate (docs/hotspot-validation.md)."""
STREAMS = len(CHILD_KINDS) * 3
"""Kinds by detectors: each is charged for all."""
REPLICATES = 999
ALARM_DAYS = 365.0
"""An alarm is what chance gives less than once a year, on a whole board, all kinds and detectors together."""
_DISPERSED = 1.2
_FEWEST_DAYS = 56 + GUARD_DAYS + LONGEST

Intervals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Nulls:
    """The null distribution of each scan, where it could be made."""

    permutation: Null | None = None
    expectation: Null | None = None


def seed_of(board: str, kind: ChildKind, today: date, without: str | None = None) -> int:
    """A seed from what is computed, so that a repetition gives the same."""
    text = f"{board}|{kind}|{today.isoformat()}|{without or ''}"
    value = 14695981039346656037
    for byte in text.encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return value % 2**62


def problems(view: Seen, places: Places) -> tuple[Problem | None, Problem | None]:
    """The two scans of a view: permutation and expectation; nothing where there is too little to scan."""
    known = view.wards[:, ~np.isnan(view.wards[0])]
    days = known.shape[1]
    permutation = expectation = None
    if days < _FEWEST_DAYS or known[:, -LONGEST:].sum() < FEWEST_CASES:
        return None, None
    cases = np.ascontiguousarray(known[:, -BASELINE_DAYS:])
    permutation = Problem(
        "space-time-permutation", cases, permutation_measure(cases), places.zones, LONGEST, True, FEWEST_CASES
    )
    exposure = view.exposure[-days:]
    end = days - EXPECTED_LONGEST - GUARD_DAYS
    base = slice(max(0, end - BASELINE_DAYS), end)
    recent = np.ascontiguousarray(known[:, -EXPECTED_LONGEST:])
    # The long window may hold cases where the last weeks have none at all: then there is nothing to scan in them.
    if days < DAYS or not recent.any():
        return permutation, None
    if pearson_dispersion(known[:, base], np.tile(exposure[base], (len(known), 1))) <= _DISPERSED:
        rate = (JEFFREYS[0] + known[:, base].sum(axis=1)) / exposure[base].sum()
        measure = np.outer(rate, np.maximum(exposure[-EXPECTED_LONGEST:], 1e-9))
        expectation = Problem(
            "expectation-poisson", recent, measure, places.zones, EXPECTED_LONGEST, True, FEWEST_CASES
        )
    return permutation, expectation


def nulls(both: tuple[Problem | None, Problem | None], seed: int, replicates: int = REPLICATES) -> Nulls:
    """The Monte Carlo: what the greatest ratio of each scan is by chance alone."""

    def null(problem: Problem | None) -> Null | None:
        return None if problem is None else simulate(problem, replicates, seed, workers=1)

    return Nulls(null(both[0]), null(both[1]))


def scanned(problem: Problem, null: Null, places: Places) -> Intervals:
    """The intervals that one scan gives; by rank with 20 cases and fewer, which never comes to a year."""
    found = np.zeros((len(places.places), len(WINDOWS)))
    every = best_ratios(problem, places.membership)
    ratios = every[:, [min(days, problem.longest) - 1 for days in WINDOWS]]
    p = null.tail(ratios)
    found[: places.scanned] = np.where(ratios > 0, 1 / np.maximum(p * STREAMS, 1e-12), 0.0)
    return found


def exceedances(view: Seen, places: Places) -> Intervals:
    """The intervals of the predictive detector: wards, towns, the board, charged for all of them and every window."""
    found = np.zeros((len(places.places), len(WINDOWS)))
    units = (len(places.wards) + len(view.above)) * len(WINDOWS) * STREAMS
    for counts, share, first in ((view.wards, places.share, 0), (view.above, None, places.scanned)):
        rows = slice(first, first + len(counts))
        verdicts = areas_today(counts, np.tile(view.exposure, (len(counts), 1)), share, WINDOWS)
        judged = (verdicts.observed >= FEWEST_CASES) & ~np.isnan(verdicts.p)
        found[rows] = np.where(judged, 1 / np.maximum(verdicts.p * units, 1e-12), 0.0)
    return found


def best_ratios(problem: Problem, membership: sparse.csr_matrix) -> Floats:
    """For each scanned place and number of days, the greatest log likelihood ratio of windows not longer.

    Against a past of a year what is expected is itself an estimate: a window of v days varies by 1 + v / 364 more than
    a Poisson count, so the expectation-based ratio is divided by that (quasi-likelihood).
    """
    cases = membership @ problem.cases[:, problem.first :]
    measure = membership @ problem.scaled()[:, problem.first :]
    c = np.cumsum(cases[:, ::-1], axis=1)
    m = np.maximum(np.cumsum(measure[:, ::-1], axis=1), 1e-12)
    high = (c > m) & (c >= problem.min_cases)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(c > 0, c * np.log(c / m), 0.0)
        if problem.model == "expectation-poisson":
            ratio = (ratio + m - c) / (1 + np.arange(1, c.shape[1] + 1) / BASELINE_DAYS)
        else:
            rest, due = problem.total - c, problem.total - m
            ratio += np.where(
                (rest > 0) & (due > 0), rest * np.log(np.maximum(rest, 1e-300) / np.maximum(due, 1e-300)), 0.0
            )
    best: Floats = np.maximum.accumulate(np.where(high, ratio, 0.0), axis=1)
    return best
