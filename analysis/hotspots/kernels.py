"""The inner loops of the scan: one walk over the zones gives the best window, or what a replicate needs of it.

Two things make it fast. For a given number of cases the likelihood ratio falls as the measure grows, so a replicate
only keeps the smallest measure for each number of cases and takes logarithms at the end. And a window that gains no
case over a smaller one cannot beat it, so only days and areas with cases open a new window.

A zone is the areas on the way from the root of a tree to a node (`analysis.hotspots.zones`): `area` and `depth` hold
each node's, in the order of a walk depth first. Measure is what cases are compared with, such as the number expected
(`analysis.hotspots.problem.Problem`); it has nothing to do with M1 to M21.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.hotspots.compiled import compiled
from analysis.hotspots.likelihood import log_likelihood_ratio
from analysis.hotspots.randomness import draw_by_weight, draw_from_people, seeded, shuffle_days

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

BY_WEIGHT, FROM_PEOPLE, SHUFFLE = 0, 1, 2
"""How the data set of a replicate is drawn: areas and days by their chance, cases among people, or days shuffled."""


@compiled
def measures_until_end(area: Ints, depth: Ints, measure: Floats, deepest: int) -> Floats:
    """For every node and day the zone's measure from that day to the end; one column more, of zeros."""
    days = measure.shape[1]
    table = np.zeros((len(area), days + 1))
    rows = np.zeros((deepest + 1, days))
    for node in range(len(area)):
        d = depth[node]
        for day in range(days):
            rows[d, day] = measure[area[node], day] + (rows[d - 1, day] if d > 0 else 0.0)
        total = 0.0
        for day in range(days - 1, -1, -1):
            total += rows[d, day]
            table[node, day] = total
    return table


@compiled
def sum_until_end(counts: Counts) -> Flags:
    """Turn each day's count into that of the day and all after it, in place; returns which areas have any."""
    has = np.zeros(len(counts), np.bool_)
    for i in range(len(counts)):
        for day in range(counts.shape[1] - 2, -1, -1):
            counts[i, day] += counts[i, day + 1]
        has[i] = counts[i, 0] > 0
    return has


@compiled
def lower_until_end(
    area: Ints,
    depth: Ints,
    whole: Flags,
    table: Floats,
    counts: Counts,
    has: Flags,
    rows: Counts,
    row_of: Ints,
    least: Floats,
) -> None:
    """For windows that reach the last day: lower `least[c]` to the smallest measure of any with c cases, `counts`
    and `has` being those of sum_until_end.

    All are tried: a sum until the end for each day costs less than asking which days have cases. Indexes are
    unsigned because numba else looks at each for being negative. `rows` and `row_of` are scratch.
    """
    days = counts.shape[1]
    flat_table, flat_rows, flat_counts = table.ravel(), rows.ravel(), counts.ravel()
    width, wide = np.uint64(days), np.uint64(days + 1)
    waiting = False
    for node in range(len(area)):
        d, a = depth[node], area[node]
        if has[a]:
            to = np.uint64(d) * width
            new = np.uint64(a) * width
            if d > 0:
                old = np.uint64(row_of[d - 1]) * width
                for day in range(width):
                    flat_rows[to + day] = flat_rows[old + day] + flat_counts[new + day]
            else:
                for day in range(width):
                    flat_rows[to + day] = flat_counts[new + day]
            row_of[d] = d
        elif d > 0:
            row_of[d] = row_of[d - 1]
        else:
            row_of[0] = 0
            for day in range(width):
                flat_rows[day] = 0
        # In a chain, areas at one distance wait for the last of them; trees have no such groups.
        waiting = has[a] or (waiting and d > 0)
        if waiting and whole[node]:
            waiting = False
            at = np.uint64(row_of[d]) * width
            m = np.uint64(node) * wide
            for day in range(width):
                c = np.uint64(flat_rows[at + day])
                if flat_table[m + day] < least[c]:
                    least[c] = flat_table[m + day]


@compiled
def lower_any(
    area: Ints,
    depth: Ints,
    whole: Flags,
    table: Floats,
    counts: Counts,
    longest: int,
    rows: Counts,
    row_of: Ints,
    least: Floats,
) -> None:
    """The same for windows anywhere: here only those that begin and end on a day with cases are tried."""
    days = counts.shape[1]
    when = np.zeros(days, np.int64)
    since = np.zeros(days)
    before = np.zeros(days + 1, np.int64)
    has = np.zeros(len(counts), np.bool_)
    for i in range(len(counts)):
        for day in range(days):
            if counts[i, day] > 0:
                has[i] = True
                break
    waiting = False
    for node in range(len(area)):
        d, a = depth[node], area[node]
        if has[a]:
            for day in range(days):
                rows[d, day] = counts[a, day] + (rows[row_of[d - 1], day] if d > 0 else 0)
            row_of[d] = d
        elif d > 0:
            row_of[d] = row_of[d - 1]
        else:
            row_of[0] = 0
            rows[0, :] = 0
        waiting = has[a] or (waiting and d > 0)
        if not (waiting and whole[node]):
            continue
        waiting = False
        r = row_of[d]
        busy = 0
        for day in range(days):
            if rows[r, day] > 0:
                when[busy] = day
                since[busy] = table[node, day]
                before[busy + 1] = before[busy] + rows[r, day]
                busy += 1
        earliest = 0
        for last in range(busy):
            while when[last] - when[earliest] >= longest:
                earliest += 1
            after = table[node, when[last] + 1]
            until = before[last + 1]
            for first in range(np.uint64(earliest), np.uint64(last + 1)):
                c = np.uint64(until - before[first])
                if since[first] - after < least[c]:
                    least[c] = since[first] - after


@compiled
def replicates_measures(
    area: Ints,
    depth: Ints,
    whole: Flags,
    table: Floats,
    longest: int,
    to_end: bool,
    null: int,
    chance: Floats,
    alias: Ints,
    people: Ints,
    case_area: Ints,
    case_day: Ints,
    first_day: int,
    shape: tuple[int, int],
    sizes: Ints,
    seed: int,
    first_replicate: int,
    deepest: int,
    least: Floats,
) -> None:
    """Simulate one null data set for each row of `least`, and lower that row by the windows of these zones."""
    areas, days = shape
    flat = np.empty(areas * days + 1, np.int32)
    tree = np.empty(len(people) + 1, np.int64)
    rows = np.zeros((deepest + 1, days), np.int32)
    row_of = np.zeros(deepest + 1, np.int64)
    shuffled = np.empty(len(case_day), np.int64)
    for i in range(len(least)):
        state = seeded(seed, first_replicate + i)
        if null == BY_WEIGHT:
            draw_by_weight(state, chance, alias, sizes[i], flat)
        elif null == FROM_PEOPLE:
            draw_from_people(state, people, sizes[i], flat, tree)
        else:
            shuffled[:] = case_day
            shuffle_days(state, case_area, shuffled, first_day, days, flat)
        counts = flat[: areas * days].reshape((areas, days))
        if to_end:
            has = sum_until_end(counts)
            lower_until_end(area, depth, whole, table, counts, has, rows, row_of, least[i])
        else:
            lower_any(area, depth, whole, table, counts, longest, rows, row_of, least[i])


@compiled
def best_ratios(model: int, least: Floats, sizes: Ints, measure: float, per_case: bool, min_cases: int) -> Floats:
    """The maximum log likelihood ratio of each replicate; `per_case` scales the measure with the replicate's size."""
    best = np.zeros(len(least))
    for i in range(len(least)):
        scale = sizes[i] / measure if per_case else 1.0
        for c in range(min_cases, sizes[i] + 1):
            if least[i, c] < np.inf:
                ratio = log_likelihood_ratio(model, c, least[i, c] * scale, sizes[i], measure * scale)
                if ratio > best[i]:
                    best[i] = ratio
    return best


@compiled
def centres_until_end(
    area: Ints,
    depth: Ints,
    whole: Flags,
    start: Ints,
    table: Floats,
    counts: Counts,
    model: int,
    cases: float,
    measure: float,
    min_cases: float,
    deepest: int,
) -> Floats:
    """Each centre's greatest ratio among windows that reach the last day, without saying which; `counts` is used up."""
    has = sum_until_end(counts)
    rows = np.zeros((deepest + 1, counts.shape[1]), np.int32)
    row_of = np.zeros(deepest + 1, np.int64)
    least = np.full(int(cases) + 1, np.inf)
    ratio = np.zeros(len(start) - 1)
    for centre in range(len(start) - 1):
        a, b = start[centre], start[centre + 1]
        if a == b:
            continue
        lower_until_end(area[a:b], depth[a:b], whole[a:b], table[a:b], counts, has, rows, row_of, least)
        # No zone of this centre has more cases than all its areas.
        most = 0
        for node in range(a, b):
            most += counts[area[node], 0]
        for c in range(min(most + 1, len(least))):
            if least[c] < np.inf:
                if c >= min_cases:
                    ratio[centre] = max(ratio[centre], log_likelihood_ratio(model, c, least[c], cases, measure))
                least[c] = np.inf
    return ratio


@compiled
def best_windows(
    area: Ints,
    depth: Ints,
    whole: Flags,
    start: Ints,
    table: Floats,
    counts: Floats,
    longest: int,
    to_end: bool,
    model: int,
    cases: float,
    measure: float,
    min_cases: float,
    deepest: int,
    fractions: bool,
) -> tuple[Floats, Ints, Floats, Floats]:
    """Each centre's best window: its ratio; node, first and last day; cases; measure. Node -1 where there is none.

    Of equal ratios the first in order stands: the smallest circle, then the shortest time. For whole counts only the
    smallest measure of each number of cases is kept on the way, which spares logarithms; nodes that gain no case
    are passed over.
    """
    centres = len(start) - 1
    days = counts.shape[1]
    ratio = np.zeros(centres)
    where = np.full((centres, 3), -1, np.int64)
    inside = np.zeros(centres)
    expected = np.zeros(centres)
    rows = np.zeros((deepest + 1, days))
    row_of = np.zeros(deepest + 1, np.int64)
    has = np.array([row.sum() > 0.0 for row in counts])
    least = np.full(1 if fractions else int(cases) + 1, np.inf)
    best = np.zeros((len(least), 3), np.int64)
    for centre in range(centres):
        most = 0
        waiting = False
        for node in range(start[centre], start[centre + 1]):
            d = depth[node]
            if d == 0:
                rows[0] = counts[area[node]]
                row_of[0] = 0
            elif has[area[node]]:
                older = row_of[d - 1]
                for day in range(days):
                    rows[d, day] = rows[older, day] + counts[area[node], day]
                row_of[d] = d
            else:
                row_of[d] = row_of[d - 1]
            waiting = has[area[node]] or (waiting and d > 0)
            if not (whole[node] and waiting):
                continue
            waiting = False
            r = row_of[d]
            for last in range(days - 1 if to_end else 0, days):
                if not to_end and rows[r, last] == 0.0:
                    continue
                c = 0.0
                after = table[node, last + 1]
                for first in range(last, max(0, last - longest + 1) - 1, -1):
                    gain = rows[r, first]
                    if gain == 0.0:
                        continue
                    c += gain
                    if c < min_cases:
                        continue
                    m = table[node, first] - after
                    if not fractions:
                        at = int(c)
                        if m < least[at]:
                            least[at] = m
                            best[at, 0], best[at, 1], best[at, 2] = node, first, last
                            most = max(most, at)
                        continue
                    value = log_likelihood_ratio(model, c, m, cases, measure)
                    if value > ratio[centre] + 1e-12:
                        ratio[centre] = value
                        where[centre, 0], where[centre, 1], where[centre, 2] = node, first, last
                        inside[centre], expected[centre] = c, m
        for at in range(1, most + 1 if not fractions else 0):
            if least[at] < np.inf:
                value = log_likelihood_ratio(model, at, least[at], cases, measure)
                if value > ratio[centre] + 1e-12:
                    ratio[centre] = value
                    where[centre] = best[at]
                    inside[centre], expected[centre] = at, least[at]
                least[at] = np.inf
    return ratio, where, inside, expected
