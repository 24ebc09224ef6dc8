"""Takes points out of outlines without opening gaps between neighbours. Pure.

A border that two areas share is simplified once, between the points where three lines meet, and both keep the same one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import dist, hypot

from dashboards.geography.rings import Point, Ring, area, edges


def simplified(areas: Mapping[str, Sequence[Ring]], within: float) -> dict[str, tuple[Ring, ...]]:
    """The same areas; no point of a border moves, and those within `within` of a straight line are left out."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for rings in areas.values():
        for ring in rings:
            for start, end in edges(ring):
                beside[start].add(end)
                beside[end].add(start)
    meet = {point for point, others in beside.items() if len(others) != 2}
    made = {code: [_ring(ring, meet, within) for ring in rings] for code, rings in areas.items()}
    return {code: tuple(ring for ring in rings if len(ring) > 2 and area(ring)) for code, rings in made.items()}


def _ring(ring: Ring, meet: set[Point], within: float) -> Ring:
    fixed = [at for at, point in enumerate(ring) if point in meet]
    if len(fixed) < 2:
        first = min(ring)
        far = max(sorted(ring), key=lambda point: dist(first, point))
        fixed = sorted({*fixed, ring.index(first), ring.index(far)})
    points: list[Point] = []
    for at, start in enumerate(fixed):
        end = fixed[(at + 1) % len(fixed)]
        line = ring[start : end + 1] if end > start else (*ring[start:], *ring[: end + 1])
        points += _line(line, within)[:-1]
    return tuple(points)


def _line(line: Sequence[Point], within: float) -> list[Point]:
    """A border from end to end, thinned in the same way from whichever end it is walked."""
    forth = tuple(line)
    back = forth[::-1]
    return _thinned(forth, within) if forth <= back else _thinned(back, within)[::-1]


def _thinned(line: Sequence[Point], within: float) -> list[Point]:
    """Douglas and Peucker's way, without recursion."""
    kept = {0, len(line) - 1}
    todo = [(0, len(line) - 1)]
    while todo:
        start, end = todo.pop()
        far, at = max(((_off(line[i], line[start], line[end]), i) for i in range(start + 1, end)), default=(0.0, start))
        if far > within:
            kept.add(at)
            todo += [(start, at), (at, end)]
    return [line[at] for at in sorted(kept)]


def _off(point: Point, start: Point, end: Point) -> float:
    """How far a point is from the line between two others."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = hypot(across, up)
    if not length:
        return dist(point, start)
    return abs(across * (point[1] - start[1]) - up * (point[0] - start[0])) / length
