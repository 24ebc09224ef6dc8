"""Makes the ground of a map from rings: fits them into the picture, thins them, and finds room for words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from math import inf

from dashboards.geography.rings import Point, Ring, joined, spans
from dashboards.geography.simplify import simplified
from dashboards.pictures.ground import Ground, Shape

WIDTH, TALLEST, EDGE = 720, 900, 6
"""Of the picture in px: its width, how high it may become, and the room around the areas."""
WITHIN = 0.8
"""In px: how far a thinned border may be from what was given."""
ROWS, HALF = 24, 20
"""Lines on which words are tried, and half the height of three lines of them, in px."""

Rings = Mapping[str, Sequence[Ring]]


def ground(areas: Rings, towns: Mapping[str, str], *, by_town: bool = False, most: float = inf) -> Ground:
    """The ground for areas in any plane whose y runs upwards; `towns` has the town of each, if any.

    `by_town`: the areas of the map are the towns. `most`: how many px a unit of the plane becomes at most.
    """
    fitted, width, height = _fitted(areas, most)
    thin = simplified(fitted, WITHIN)
    members: dict[str, list[Sequence[Ring]]] = {}
    for code, rings in thin.items():
        members.setdefault(towns.get(code, ""), []).append(rings)
    of_towns = {town: joined(rings) for town, rings in sorted(members.items()) if town}
    shown: Rings = of_towns if by_town else thin
    outline = "" if by_town else "".join(_path(rings) for rings in of_towns.values())
    return Ground(width, height, {code: _shape(rings) for code, rings in shown.items()}, outline)


def _fitted(areas: Rings, most: float) -> tuple[dict[str, list[Ring]], int, int]:
    """The rings in whole pixels with y downwards, and the size of the picture."""
    xs = [x for rings in areas.values() for ring in rings for x, _ in ring]
    ys = [y for rings in areas.values() for ring in rings for _, y in ring]
    left, top = min(xs), max(ys)
    across, down = max(xs) - left, top - min(ys)
    scale = min((WIDTH - 2 * EDGE) / across, (TALLEST - 2 * EDGE) / down, most)

    def place(ring: Ring) -> Ring:
        points = [(round(EDGE + scale * (x - left)), round(EDGE + scale * (top - y))) for x, y in ring]
        return _without_spikes([point for point, _ in groupby(points)])

    found = {code: [placed for ring in rings if len(placed := place(ring)) > 2] for code, rings in areas.items()}
    return found, round(scale * across) + 2 * EDGE, round(scale * down) + 2 * EDGE


def _without_spikes(points: Sequence[Point]) -> Ring:
    """Without turns back upon themselves, which rounding makes of what is thinner than a pixel."""
    kept: list[Point] = []
    for point in points:
        kept.append(point)
        while len(kept) > 2 and kept[-1] == kept[-3]:
            del kept[-2:]
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return tuple(kept)


def _path(rings: Sequence[Ring]) -> str:
    return "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)


def _shape(rings: Sequence[Ring]) -> Shape:
    """The path, and the widest place for three lines of words, rather in the middle than at an end."""
    ys = [y for ring in rings for _, y in ring]
    low, high = min(ys), max(ys)
    middle = (low + high) / 2
    most = (0.0, 0.0, middle, 0.0)
    for row in range(1, ROWS):
        y = low + (high - low) * row / ROWS
        for start, end in _common(_common(spans(rings, y - HALF), spans(rings, y)), spans(rings, y + HALF)):
            worth = (end - start) * (1 - 0.8 * abs(y - middle) / (high - low))
            most = max(most, (worth, (start + end) / 2, y, end - start))
    if not most[0]:  # lower than three lines: one line has to do
        start, end = max(spans(rings, middle + 0.5), key=lambda span: span[1] - span[0], default=(0.0, 0.0))
        most = (1.0, (start + end) / 2, middle, 0.0)
    return Shape(_path(rings), round(most[1], 1), round(most[2], 1), round(most[3], 1))


def _common(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> list[tuple[float, float]]:
    both = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return [(start, end) for start, end in both if start < end]
