"""Connected irregular zones: what a circle cannot follow, such as areas along a river or a railway."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.errors import AnalysisError
from analysis.hotspots.compiled import compiled
from analysis.hotspots.zones import ROUNDING, Floats, Ints, Zones

MAX_K = 30
MAX_NODES = 50_000_000
"""More than this is refused: about the number that 500 areas have at k = 17."""


class TooManyZones(AnalysisError):
    """K is too large for these areas: the number of connected zones roughly doubles with each step of k."""


@compiled
def _grow(adjacent: Ints, share: Floats, limit: float, areas: Ints, depths: Ints, at: int) -> int:
    """Write the zones of one centre from position `at` on; returns the position after them. Nothing is written
    beyond the arrays' end, so a call with empty arrays counts.

    Wernicke's ESU: each connected set with the centre is reached exactly once, because an area that was known to
    a zone and passed over is not taken again below it.
    """
    k = len(adjacent)
    frontier = np.zeros(k + 1, np.int64)
    known = np.zeros(k + 1, np.int64)
    total = np.zeros(k + 1)
    if k == 0 or share[0] > limit:
        return at
    if at < len(areas):
        areas[at], depths[at] = 0, 0
    at += 1
    frontier[0], known[0], total[0] = adjacent[0], adjacent[0] | 1, share[0]
    d = 0
    while d >= 0:
        if frontier[d] == 0:
            d -= 1
            continue
        candidate = 0
        while not frontier[d] >> candidate & 1:
            candidate += 1
        frontier[d] &= ~(1 << candidate)
        if total[d] + share[candidate] > limit:
            continue
        fresh = adjacent[candidate] & ~known[d]
        frontier[d + 1] = frontier[d] | fresh
        known[d + 1] = known[d] | fresh
        total[d + 1] = total[d] + share[candidate]
        d += 1
        if at < len(areas):
            areas[at], depths[at] = candidate, d
        at += 1
    return at


@compiled
def _reaches(areas: Ints, depths: Ints, away: Floats, out: Floats) -> None:
    """The distance of each zone's farthest area from the centre."""
    farthest = np.zeros(len(away) + 1)
    for node in range(len(areas)):
        d = depths[node]
        farthest[d] = away[areas[node]] if d == 0 else max(farthest[d - 1], away[areas[node]])
        out[node] = farthest[d]


def connected(
    distances: Floats,
    neighbours: Sequence[frozenset[int]],
    k: int,
    share: Floats,
    cap: float,
    max_radius: float | None = None,
) -> Zones:
    """Every connected set of areas that holds a centre and lies within its k nearest, itself counted (Tango and
    Takahashi 2005), up to a share of the whole and a distance from the centre.

    Raises TooManyZones. k of 10 to 15 is practical.
    """
    if not 1 <= k <= MAX_K:
        raise TooManyZones(f"k must lie between 1 and {MAX_K}")
    limit = cap * float(share.sum()) * (1 + ROUNDING)
    nothing = np.empty(0, np.int64)
    local: list[tuple[Ints, Ints]] = []
    counts = []
    for centre in range(len(share)):
        order = np.lexsort((np.arange(len(share)) != centre, distances[centre]))[:k]
        if max_radius is not None:
            order = order[distances[centre, order] <= max_radius * (1 + ROUNDING)]
        position = {int(area): i for i, area in enumerate(order)}
        adjacent = np.array(
            [sum(1 << position[n] for n in neighbours[int(area)] if n in position) for area in order], np.int64
        )
        local.append((order.astype(np.int64), adjacent))
        counts.append(_grow(adjacent, share[order], limit, nothing, nothing, 0))
        if sum(counts) > MAX_NODES:
            raise TooManyZones(f"more than {MAX_NODES:,} zones: lower k, the cap or the radius")
    area = np.empty(sum(counts), np.int64)
    depth = np.empty(sum(counts), np.int64)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    reach = np.empty(sum(counts))
    for centre, (order, adjacent) in enumerate(local):
        part = slice(int(start[centre]), int(start[centre + 1]))
        _grow(adjacent, share[order], limit, area[part], depth[part], 0)
        _reaches(area[part], depth[part], distances[centre, order], reach[part])
        area[part] = order[area[part]]
    whole: npt.NDArray[np.bool_] = np.ones(len(area), np.bool_)
    return Zones(area, depth, whole, start, reach)
