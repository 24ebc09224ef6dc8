"""The scan itself: cases, what is expected, zones and windows in; clusters with p-values out.

Covers Kulldorff's spatial Poisson and Bernoulli scans, space-time Poisson, space-time permutation and the
expectation-based Poisson scan, retrospective and prospective. Validated against SaTScan and FleXScan output.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from analysis.hotspots import kernels
from analysis.hotspots.likelihood import BERNOULLI, EXPECTATION, POISSON, relative_risk
from analysis.hotspots.randomness import alias_table
from analysis.hotspots.significance import ENOUGH_EXCEEDANCES, Method, Null, Used, p_value
from analysis.hotspots.zones import Zones

Model = Literal["poisson", "bernoulli", "space-time-poisson", "space-time-permutation", "expectation-poisson"]
MODELS: tuple[Model, ...] = get_args(Model)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_TABLE_CELLS = 8_000_000
_BATCH = 125
_LEAST_CELLS = 4_000_000


class DataFault(ValueError):
    """The data contradict themselves; the message says how, without a value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One scan. Rows are areas in the order of their codes, columns are time intervals, the last the newest."""

    model: Model
    cases: Floats
    measure: Floats
    """Expected cases to any scale (conditional models), expected cases (expectation-based), people (Bernoulli)."""
    zones: Zones
    longest: int = 1
    """The longest window, in intervals."""
    prospective: bool = False
    """Only windows that reach the last interval."""
    min_cases: float = 2

    @property
    def likelihood(self) -> int:
        """Which likelihood the model has."""
        return {"bernoulli": BERNOULLI, "expectation-poisson": EXPECTATION}.get(self.model, POISSON)

    @property
    def total(self) -> float:
        """All cases."""
        return float(self.cases.sum())

    @property
    def first(self) -> int:
        """First interval that a window may touch."""
        return self.cases.shape[1] - self.longest if self.prospective else 0

    def scaled(self) -> Floats:
        """The measure, scaled to the cases where the model is conditional on their number."""
        if self.model in ("bernoulli", "expectation-poisson"):
            return self.measure
        scaled: Floats = self.measure * (self.total / self.measure.sum())
        return scaled


@dataclass(frozen=True, slots=True)
class Cluster:
    """A window that holds more than its share. Areas are indexes, the centre first, then outward."""

    areas: list[int]
    radius: float
    first: int
    last: int
    observed: float
    expected: float
    ratio: float
    relative_risk: float | None
    p: float | None = None
    p_method: Used = "none"


def permutation_measure(cases: Floats) -> Floats:
    """What the permutation model expects: the area's cases spread as the whole's over time."""
    total = cases.sum()
    if total == 0:
        raise DataFault("there are no cases")
    expected: Floats = np.outer(cases.sum(axis=1), cases.sum(axis=0)) / total
    return expected


def check(problem: Problem) -> None:
    """Raise DataFault for data that no scan can be made of."""
    cases, measure = problem.cases, problem.measure
    if problem.total <= 0:
        raise DataFault("there are no cases")
    if measure.sum() <= 0:
        raise DataFault("nothing is expected anywhere")
    if bool(np.any((cases > 0) & (measure <= 0))):
        raise DataFault("cases where none can be: an area or time with cases has no population, or nothing expected")
    if problem.model == "bernoulli" and bool(np.any(cases > measure)):
        raise DataFault("an area has more cases than people")
    if problem.model == "space-time-permutation" and bool(np.any(cases != np.floor(cases))):
        raise DataFault("the permutation scan needs whole counts")


def find(problem: Problem) -> Iterator[Cluster]:
    """The best window of each centre, best first; each with its own centre, overlapping or not.

    Equal ratios: the smallest radius, the fewest areas, then the lowest code of the centre, so that the order of
    input changes nothing. Raises DataFault at the first step.
    """
    check(problem)
    zones, first, total = problem.zones, problem.first, problem.total
    measure = problem.scaled()
    total_measure = float(measure.sum())
    cases = np.ascontiguousarray(problem.cases[:, first:])
    fractions = bool(np.any(cases != np.floor(cases)))
    measure = np.ascontiguousarray(measure[:, first:])
    parts = []
    for begin, end in _chunks(zones, cases.shape[1]):
        nodes = slice(int(zones.start[begin]), int(zones.start[end]))
        if nodes.start == nodes.stop:
            continue
        area, depth, whole = zones.area[nodes], zones.depth[nodes], zones.whole[nodes]
        deepest = int(depth.max())
        ratio, where, inside, expected = kernels.best_windows(
            area,
            depth,
            whole,
            zones.start[begin : end + 1] - zones.start[begin],
            kernels.measures_until_end(area, depth, measure, deepest),
            cases,
            problem.longest,
            problem.prospective,
            problem.likelihood,
            total,
            total_measure,
            float(problem.min_cases),
            deepest,
            fractions,
        )
        where[:, 0] += np.where(where[:, 0] >= 0, nodes.start, 0)
        parts.append((ratio, where, inside, expected))
    if not parts:
        return
    ratio, where, inside, expected = (np.concatenate(column) for column in zip(*parts, strict=True))
    at = np.flatnonzero(where[:, 0] >= 0)
    nodes_found = where[at, 0]
    order = np.lexsort((at, zones.depth[nodes_found], zones.reach[nodes_found], -np.round(ratio[at], 9)))
    for i in at[order]:
        c, m, node = float(inside[i]), float(expected[i]), int(where[i, 0])
        yield Cluster(
            areas=zones.members(node),
            radius=float(zones.reach[node]),
            first=first + int(where[i, 1]),
            last=first + int(where[i, 2]),
            observed=c,
            expected=m * total / total_measure if problem.model == "bernoulli" else m,
            ratio=float(ratio[i]),
            relative_risk=_risk(problem, c, m, total_measure),
        )


def without_overlap(clusters: Iterable[Cluster]) -> list[Cluster]:
    """The best cluster, and then each that shares no area with a better one."""
    kept: list[Cluster] = []
    taken: set[int] = set()
    for cluster in clusters:
        if taken.isdisjoint(cluster.areas):
            kept.append(cluster)
            taken.update(cluster.areas)
    return kept


def simulate(
    problem: Problem, replicates: int, seed: int, stop_at: float | None = None, workers: int | None = None
) -> Null:
    """The null distribution of the greatest ratio: cases thrown anew under the model, the whole scan repeated.

    Poisson: multinomial given the total. Bernoulli: drawn from the people. Permutation: dates shuffled over cases.
    Expectation-based: Poisson counts. With `stop_at`, ends once 50 replicates reach that ratio. Blocks the caller;
    the interpreter's lock is released. The same for a seed, however many workers there are.
    """
    check(problem)
    maxima: list[Floats] = []
    sizes = _sizes(problem, replicates, seed)
    prepared = _prepare(problem)
    workers = workers or min(4, os.cpu_count() or 1)
    batch = max(1, min(_BATCH, _LEAST_CELLS // (int(sizes.max(initial=0)) + 1)))
    batches = [slice(begin, min(begin + batch, replicates)) for begin in range(0, replicates, batch)]
    with ThreadPoolExecutor(workers) as pool:
        while batches:
            now, batches = batches[:workers], batches[workers:]
            tasks = [pool.submit(_batch, problem, prepared, sizes[part], seed, part.start) for part in now]
            maxima.extend(task.result() for task in tasks)
            reached = np.flatnonzero(np.concatenate(maxima) >= (math.inf if stop_at is None else stop_at))
            if len(reached) >= ENOUGH_EXCEEDANCES:
                # Cut where the last needed one fell, so that the number of workers changes nothing.
                return Null(np.concatenate(maxima)[: reached[ENOUGH_EXCEEDANCES - 1] + 1])
    return Null(np.concatenate(maxima) if maxima else np.empty(0))


def scan(
    problem: Problem, replicates: int = 999, seed: int = 1, method: Method = "auto", workers: int | None = None
) -> list[Cluster]:
    """Clusters without overlap, best first, with p-values from one null distribution.

    Secondary clusters are compared with the same maxima, which is conservative. A cluster that every replicate
    beats is left out. Raises DataFault.
    """
    clusters = without_overlap(find(problem))
    if not clusters:
        return []
    stop_at = clusters[0].ratio if method == "sequential" else None
    null = simulate(problem, replicates, seed, stop_at, workers)
    judged = [(cluster, *p_value(cluster.ratio, null, method)) for cluster in clusters]
    return [replace(cluster, p=p, p_method=used) for cluster, p, used in judged if p is None or p < 1]


def _risk(problem: Problem, c: float, m: float, total_measure: float) -> float | None:
    """Inside over outside; observed over expected where there is no outside of known risk."""
    if problem.model in ("space-time-permutation", "expectation-poisson"):
        return c / m if m > 0 else None
    return relative_risk(c, m, problem.total, total_measure)


def _chunks(zones: Zones, days: int) -> list[tuple[int, int]]:
    """Runs of centres whose table of measures fits in memory."""
    room = max(1, _TABLE_CELLS // (days + 1))
    runs = []
    begin = 0
    for centre in range(len(zones.start) - 1):
        if zones.start[centre + 1] - zones.start[begin] > room and centre > begin:
            runs.append((begin, centre))
            begin = centre
    runs.append((begin, len(zones.start) - 1))
    return runs


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What every replicate needs, computed once."""

    null: int
    chance: Floats
    alias: Ints
    people: Ints
    case_area: Ints
    case_day: Ints
    measure: Floats
    total_measure: float


def _prepare(problem: Problem) -> _Prepared:
    scaled = problem.scaled()
    nothing, no_weights = np.zeros(0, np.int64), np.zeros(0)
    measure = np.ascontiguousarray(scaled[:, problem.first :])
    total = float(scaled.sum())
    if problem.model == "bernoulli":
        people = problem.measure[:, 0].astype(np.int64)
        return _Prepared(kernels.FROM_PEOPLE, no_weights, nothing, people, nothing, nothing, measure, total)
    if problem.model == "space-time-permutation":
        counts = problem.cases.astype(np.int64)
        area, day = np.nonzero(counts)
        times = counts[area, day]
        return _Prepared(
            kernels.SHUFFLE,
            no_weights,
            nothing,
            nothing,
            np.repeat(area, times),
            np.repeat(day, times),
            measure,
            total,
        )
    # One cell more for what falls before the windows begin: it is thrown away.
    weights = np.append(measure.ravel(), max(0.0, total - float(measure.sum())))
    chance, alias = alias_table(weights)
    return _Prepared(kernels.BY_WEIGHT, chance, alias, nothing, nothing, nothing, measure, total)


def _sizes(problem: Problem, replicates: int, seed: int) -> Ints:
    """How many cases each replicate has."""
    if problem.model == "expectation-poisson":
        generator = np.random.Generator(np.random.PCG64([seed, 1]))
        return generator.poisson(float(problem.measure.sum()), replicates).astype(np.int64)
    return np.full(replicates, round(problem.total), np.int64)


def _batch(problem: Problem, prepared: _Prepared, sizes: Ints, seed: int, first_replicate: int) -> Floats:
    """The greatest ratios of some replicates."""
    zones = problem.zones
    least = np.full((len(sizes), int(sizes.max()) + 1), np.inf)
    for begin, end in _chunks(zones, prepared.measure.shape[1]):
        nodes = slice(int(zones.start[begin]), int(zones.start[end]))
        if nodes.start == nodes.stop:
            continue
        area, depth, whole = zones.area[nodes], zones.depth[nodes], zones.whole[nodes]
        deepest = int(depth.max())
        table = kernels.measures_until_end(area, depth, prepared.measure, deepest)
        kernels.replicates_measures(
            area,
            depth,
            whole,
            table,
            problem.longest,
            problem.prospective,
            prepared.null,
            prepared.chance,
            prepared.alias,
            prepared.people,
            prepared.case_area,
            prepared.case_day,
            problem.first,
            prepared.measure.shape,
            sizes,
            seed,
            first_replicate,
            deepest,
            least,
        )
    conditional = problem.likelihood == POISSON
    return kernels.best_ratios(
        problem.likelihood, least, sizes, prepared.total_measure, conditional, int(np.ceil(problem.min_cases))
    )
