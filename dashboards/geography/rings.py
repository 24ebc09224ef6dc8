"""Rings of points in a plane: area, crossings, what is inside, and the outline of several joined. Pure.

A ring is open: its last point is not its first. Outer rings run anticlockwise (y upwards), holes clockwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Point = tuple[float, float]
Ring = tuple[Point, ...]


def edges(ring: Sequence[Point]) -> list[tuple[Point, Point]]:
    """The sides of a ring, the last one back to its first point."""
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def area(ring: Sequence[Point]) -> float:
    """Its area, positive if it runs anticlockwise."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in edges(ring)) / 2


def turned(ring: Sequence[Point], outer: bool) -> Ring:
    """The ring in the direction of an outer ring, or of a hole."""
    return tuple(ring) if (area(ring) > 0) is outer else tuple(reversed(ring))


def crosses_itself(ring: Sequence[Point]) -> bool:
    """Whether two sides that are not neighbours meet."""
    sides = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1]), a, b) for a, b in edges(ring) if a != b
    )
    near: list[tuple[float, float, float, float, Point, Point]] = []
    for side in sides:
        left, _, low, high, a, b = side
        near = [other for other in near if other[1] >= left]
        for _, _, other_low, other_high, c, d in near:
            if other_low <= high and low <= other_high and not {a, b} & {c, d} and _meet(a, b, c, d):
                return True
        near.append(side)
    return False


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    def beside(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return beside(a, b, c) * beside(a, b, d) <= 0 and beside(c, d, a) * beside(c, d, b) <= 0


def inside(point: Point, rings: Iterable[Sequence[Point]]) -> bool:
    """Whether a point is in what the rings enclose, holes left out."""
    x, y = point
    within = False
    for ring in rings:
        for (x0, y0), (x1, y1) in edges(ring):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                within = not within
    return within


def spans(rings: Iterable[Sequence[Point]], y: float) -> list[tuple[float, float]]:
    """From where to where a level line lies in what the rings enclose."""
    at = sorted(
        x0 + (y - y0) * (x1 - x0) / (y1 - y0)
        for ring in rings
        for (x0, y0), (x1, y1) in edges(ring)
        if (y0 > y) != (y1 > y)
    )
    return list(zip(at[::2], at[1::2], strict=False))


def joined(parts: Iterable[Sequence[Ring]]) -> tuple[Ring, ...]:
    """The outline of several areas together: sides that two of them share drop out.

    Every ring runs its own way round, so a shared side is there once in each direction.
    """
    left: dict[tuple[Point, Point], int] = defaultdict(int)
    for rings in parts:
        for ring in rings:
            for start, end in edges(ring):
                if left.get((end, start)):
                    left[end, start] -= 1
                else:
                    left[start, end] += 1
    onward: dict[Point, list[Point]] = defaultdict(list)
    for (start, end), times in sorted(left.items()):
        onward[start] += [end] * times
    found = []
    for first in sorted(onward):
        while onward[first]:
            walked = [first]
            while onward[walked[-1]]:
                walked.append(onward[walked[-1]].pop())
                if walked[-1] == first:
                    break
            found.append(tuple(walked[:-1]))
    return tuple(ring for ring in found if len(ring) > 2)


def neighbours(areas: Mapping[str, Sequence[Ring]]) -> dict[str, frozenset[str]]:
    """For each area, those that share a whole side with it."""
    owners: dict[frozenset[Point], set[str]] = defaultdict(set)
    for code, rings in areas.items():
        for ring in rings:
            for side in edges(ring):
                owners[frozenset(side)].add(code)
    found: dict[str, set[str]] = {code: set() for code in areas}
    for together in owners.values():
        for code in together:
            found[code] |= together - {code}
    return {code: frozenset(others) for code, others in found.items()}
