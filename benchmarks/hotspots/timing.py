"""Times of the hotspot methods in CPU seconds, beside plain numpy (and R where it is installed), as ratios.

Answers are compared before any time is printed: the same greatest ratio on the data, the same null distribution.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np

from analysis.hotspots.farrington import farrington
from analysis.hotspots.glm import fit_quasi_poisson
from analysis.hotspots.problem import Problem, permutation_measure
from analysis.hotspots.scan import find, provisional
from analysis.hotspots.significance import Null
from analysis.hotspots.simulation import simulate
from analysis.hotspots.warm import warm
from analysis.hotspots.zones import Floats, cartesian_distances, circles
from benchmarks.hotspots.peers_r import farrington_in_r, installed, kulldorff_in_r
from benchmarks.hotspots.plain import Plain

REPLICATES = 999
_PLAIN_REPLICATES = 20
"""Replicates for plain numpy, whose time is scaled up: 999 would take minutes."""
ROOT = Path(__file__).parents[2]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """One entry of the table."""

    name: str
    ours: float
    """CPU seconds."""
    peer: float | None
    peer_name: str
    target: float | None
    """CPU seconds that it must stay under, if there is a target."""

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.target is None or self.ours < self.target


def run(tell: Callable[[str], None]) -> list[Timing]:
    """Every entry, in order; raises AssertionError when answers differ."""
    warm()
    timings = []
    for areas in (281, 500):
        tell(f"spatial scan, {areas} areas")
        timings.append(_scan(f"spatial scan, {areas} areas, 50 %, 999 replicates", spatial(areas), None))
    tell("prospective scan, 500 areas x 90 days")
    daily = prospective()
    timings.append(_scan("prospective scan, 500 areas x 90 days, 999 replicates", daily, 1.0))
    tell("per-event rescan")
    timings.append(_rescan(daily))
    tell("Farrington")
    timings.append(_farrington())
    tell("first call")
    timings += _first_calls()
    return timings + _against_r(tell)


def spatial(areas: int) -> Problem:
    """About two cases an area, in circles of up to half of the people."""
    x, y, cases, people = _places(areas)
    zones = circles(cartesian_distances(x, y), people, 0.5)
    return Problem("poisson", cases[:, None], people[:, None], zones, min_cases=2)


def _places(areas: int) -> tuple[Floats, Floats, Floats, Floats]:
    """x, y, cases and people of some areas."""
    draw = np.random.default_rng(areas)
    x, y = draw.uniform(0, 10, areas), draw.uniform(0, 10, areas)
    people = draw.integers(500, 5000, areas).astype(float)
    return x, y, draw.multinomial(2 * areas, people / people.sum()).astype(float), people


def prospective() -> Problem:
    """500 areas, 90 days, 2,015 cases, up to 36 neighbours and 28 days."""
    draw = np.random.default_rng(90)
    x, y = draw.uniform(0, 10, 500), draw.uniform(0, 10, 500)
    cases = draw.multinomial(2015, np.full(500 * 90, 1 / (500 * 90))).reshape(500, 90).astype(float)
    zones = circles(cartesian_distances(x, y), np.ones(500), 0.5, k=36)
    return Problem("space-time-permutation", cases, permutation_measure(cases), zones, 28, True, 3)


def _scan(name: str, problem: Problem, target: float | None) -> Timing:
    plain = Plain(problem)
    ours, theirs = next(find(problem)).ratio, plain.best(problem.cases)
    assert abs(ours - theirs) < 1e-8, "the greatest ratios differ"
    seconds, null = _cpu(lambda: simulate(problem, REPLICATES, 1).maxima, 3)
    peer, rough = _cpu(lambda: plain.null(_PLAIN_REPLICATES, 1), 1)
    error = 5 * float(np.std(null)) * (1 / len(rough) + 1 / len(null)) ** 0.5
    assert abs(float(np.mean(null) - np.mean(rough))) < error, "the null distributions differ"
    return Timing(name, seconds, peer * REPLICATES / _PLAIN_REPLICATES, "plain numpy", target)


def _rescan(problem: Problem) -> Timing:
    plain = Plain(problem)
    null = Null(np.array([4.0, 5.0, 6.0]))

    def event() -> None:
        problem.measure[:] = permutation_measure(problem.cases)
        provisional(problem, null)

    def events() -> None:
        for _ in range(20):
            event()

    def theirs() -> None:
        Plain(problem).best(problem.cases)

    assert plain.best(problem.cases) > 0
    seconds, _ = _cpu(events, 5)
    peer, _ = _cpu(theirs, 2)
    return Timing("per-event rescan, 500 areas x 90 days", seconds / 20, peer, "plain numpy", 0.005)


def _farrington() -> Timing:
    series = _series()
    since = len(series) - 52
    seconds, verdicts = _cpu(lambda: farrington(series, since=since), 5)
    assert sum(v.expected is not None for v in verdicts) == 52
    x = np.column_stack([np.ones(290), np.eye(10)[np.arange(290) % 10][:, 1:], np.arange(290)])
    peer, _ = _cpu(lambda: [fit_quasi_poisson(x, series[:290], np.zeros(290)) for _ in range(20)], 5)
    return Timing(
        "Farrington flexible, a fit with its threshold", seconds / 52, peer / 20, "one bare regression", 0.002
    )


def _series() -> Floats:
    """Eight years of weeks with a season, about seven a week."""
    draw = np.random.default_rng(3)
    weeks = np.arange(52 * 8)
    return draw.poisson(np.exp(2 + 0.4 * np.sin(2 * np.pi * weeks / 52))).astype(float)


def _against_r(tell: Callable[[str], None]) -> list[Timing]:
    """The rows that need R. A message names what is not installed, so nothing is left out silently."""
    timings = []
    if installed("surveillance"):
        tell("Farrington in R")
        series = _series()
        weeks = [date(2001, 1, 1) + timedelta(weeks=i) for i in range(len(series))]
        seconds, every = _cpu(lambda: farrington(series, dates=weeks, since=len(series) - 52), 5)
        peer, thresholds = farrington_in_r(series)
        assert [v.upper for v in every[-52:]] == thresholds, "thresholds differ"
        timings.append(Timing("Farrington flexible, a fit", seconds / 52, peer, "R surveillance", None))
    else:
        tell("R with surveillance (Debian: r-cran-surveillance) is not installed: not measured")
    for areas in (281, 500):
        if not installed("SpatialEpi"):
            tell("R with SpatialEpi is not installed: not measured")
            break
        tell(f"spatial scan in R, {areas} areas")
        x, y, cases, people = _places(areas)
        peer, greatest = kulldorff_in_r(x, y, cases, people)
        problem = spatial(areas)
        assert abs(next(find(problem)).ratio - greatest) < 1e-6, "the greatest ratios differ"
        seconds, _ = _cpu(lambda problem=problem: simulate(problem, REPLICATES, 1), 3)  # type: ignore[misc]
        timings.append(
            Timing(f"spatial scan, {areas} areas, 50 %, 999 replicates", seconds, peer, "R SpatialEpi", None)
        )
    return timings


def _first_calls() -> list[Timing]:
    """The `scan` command's own kernels in a new process: with nothing compiled, and as `make` leaves it."""
    with tempfile.TemporaryDirectory(prefix="ypsem-bench-") as folder:
        cold = _child({"NUMBA_CACHE_DIR": folder})
        again = _child({"NUMBA_CACHE_DIR": folder})
    return [
        Timing("first call of a fresh checkout, before `make` compiled", cold, None, "", None),
        Timing("first call in a new process, compiled code cached", again, None, "", 3.0),
    ]


def _child(environment: dict[str, str]) -> float:
    before = os.times()
    command = [sys.executable, "-m", "analysis.hotspots.warm"]
    subprocess.run(command, env=os.environ | environment, check=True, cwd=ROOT)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _cpu(work: Callable[[], T], rounds: int) -> tuple[float, T]:
    """The least CPU seconds of this process, all its threads, over some rounds; and the last answer."""
    seconds = []
    for _ in range(rounds):
        before = time.process_time()
        answer = work()
        seconds.append(time.process_time() - before)
    return min(seconds), answer


def table(timings: list[Timing]) -> list[str]:
    """Lines for a person."""
    lines = [f"{'hotspots':56} {'CPU ms':>10} {'peer ms':>10} {'ratio':>7}  target"]
    for row in timings:
        peer = f"{1000 * row.peer:10,.1f} {row.peer / row.ours:6.1f}x" if row.peer else f"{'':10} {'':7}"
        target = "" if row.target is None else f"{1000 * row.target:,.0f} ms " + ("met" if row.met else "MISSED")
        lines.append(
            f"{row.name:56} {1000 * row.ours:10,.1f} {peer}  {target} {row.peer_name and 'vs ' + row.peer_name}"
        )
    return lines
