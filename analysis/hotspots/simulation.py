"""Null distributions: data sets drawn under the model, each scanned as the data are."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.hotspots import kernels
from analysis.hotspots.likelihood import POISSON
from analysis.hotspots.problem import Problem, check
from analysis.hotspots.randomness import alias_table
from analysis.hotspots.significance import ENOUGH_EXCEEDANCES, Null

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BATCH = 125
_LEAST_CELLS = 4_000_000


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
    cases = float(problem.measure.sum() if problem.model == "expectation-poisson" else problem.total)
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
                return Null(np.concatenate(maxima)[: reached[ENOUGH_EXCEEDANCES - 1] + 1], cases)
    return Null(np.concatenate(maxima) if maxima else np.empty(0), cases)


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
    for begin, end in zones.runs(prepared.measure.shape[1]):
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
