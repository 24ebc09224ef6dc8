"""The scan itself: a problem in; clusters with p-values out.

Covers Kulldorff's spatial Poisson and Bernoulli scans, space-time Poisson, space-time permutation and the
expectation-based Poisson scan, retrospective and prospective. Validated against SaTScan and FleXScan output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.hotspots import kernels
from analysis.hotspots.likelihood import relative_risk
from analysis.hotspots.problem import Problem, check
from analysis.hotspots.significance import Method, Null, Ties, Used, p_value
from analysis.hotspots.simulation import simulate


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
    for begin, end in zones.runs(cases.shape[1]):
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


def scan(
    problem: Problem,
    replicates: int = 999,
    seed: int = 1,
    method: Method = "auto",
    workers: int | None = None,
    ties: Ties = "exceed",
) -> list[Cluster]:
    """Clusters without overlap, best first, with p-values from one null distribution.

    Secondary clusters are compared with the same maxima, which is conservative. A cluster that every replicate
    beats is left out. `ties` as for `p_value`. Raises DataFault.
    """
    clusters = without_overlap(find(problem))
    if not clusters:
        return []
    stop_at = clusters[0].ratio if method == "sequential" else None
    null = simulate(problem, replicates, seed, stop_at, workers)
    judged = [(cluster, *p_value(cluster.ratio, null, method, ties)) for cluster in clusters]
    return [replace(cluster, p=p, p_method=used) for cluster, p, used in judged if p is None or p < 1]


def provisional(problem: Problem, null: Null) -> Cluster | None:
    """The best cluster now, judged by a null distribution of earlier today; nothing when nowhere is above expectation.

    For a look with every event: one scan and no simulation. The null hangs on the margins alone, so it stays right
    while those hardly move. Below 0.02 the full Monte Carlo is worth its time.
    """
    best = next(find(_narrowed(problem)), None)
    if best is None:
        return None
    p = float(null.tail(np.array([best.ratio]))[0])
    return replace(best, p=p, p_method="monte-carlo" if null.by_rank else "gumbel")


def _narrowed(problem: Problem) -> Problem:
    """The problem with the centres that can hold the best cluster: a quick walk that finds ratios, not places."""
    zones = problem.zones
    cases = problem.cases[:, problem.first :]
    one_table = len(zones.runs(cases.shape[1])) == 1
    if not (problem.prospective and one_table and len(zones.area) and bool(np.all(cases == np.floor(cases)))):
        return problem
    check(problem)
    measure = problem.scaled()
    deepest = int(zones.depth.max())
    ratio = kernels.centres_until_end(
        zones.area,
        zones.depth,
        zones.whole,
        zones.start,
        kernels.measures_until_end(zones.area, zones.depth, np.ascontiguousarray(measure[:, problem.first :]), deepest),
        cases.astype(np.int32, order="C"),
        problem.likelihood,
        problem.total,
        float(measure.sum()),
        float(problem.min_cases),
        deepest,
    )
    return replace(problem, zones=zones.only(np.flatnonzero(ratio >= ratio.max() - 1e-9)))


def _risk(problem: Problem, c: float, m: float, total_measure: float) -> float | None:
    """Inside over outside; observed over expected where there is no outside of known risk."""
    if problem.model in ("space-time-permutation", "expectation-poisson"):
        return c / m if m > 0 else None
    return relative_risk(c, m, problem.total, total_measure)
