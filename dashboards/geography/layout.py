"""Lays wards out as hexagons of one size, so that those that border on each other mostly do so here too. Pure.

Without outlines, places come from who borders whom alone. Then up is not north, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos as cosine
from math import dist, pi, sqrt
from math import sin as sine

from dashboards.geography.rings import Point, Ring

Hexagon = tuple[int, int]
"""Column and row; every other row is half a hexagon further to the right."""
_ROUNDS = 40
_FAR = 0.02
"""What a step away from where a ward should be costs, when a border kept is worth 1."""


def hexagons(borders: Mapping[str, Sequence[str]], where: Mapping[str, Point] | None = None) -> dict[str, Ring]:
    """A hexagon for each ward, anticlockwise, y upwards. `where` has the middle of each ward, where it is known.

    Without `where` and without borders they stand in one block, in the order given.
    """
    if where is None and not any(borders.values()):
        wide = max(1, round(sqrt(len(borders))))
        return {code: _corners((at % wide, -(at // wide))) for at, code in enumerate(borders)}
    codes = list(borders)
    targets = _scaled(where, borders) if where else _from_borders(borders)
    placed = _settled(_placed(targets), targets, borders)
    return {code: _corners(placed[code]) for code in codes}


def middle(at: Hexagon) -> Point:
    """Where a hexagon lies; neighbours are 1 apart."""
    column, row = at
    return column + (0.5 if row % 2 else 0.0), row * sqrt(3) / 2


def _corners(at: Hexagon) -> Ring:
    """Rounded alike, so that neighbours have the same corners."""
    x, y = middle(at)
    size = 1 / sqrt(3)
    turns = [pi / 6 + pi / 3 * step for step in range(6)]
    return tuple((round(x + size * cosine(turn), 6), round(y + size * sine(turn), 6)) for turn in turns)


def _around(at: Hexagon) -> list[Hexagon]:
    column, row = at
    shift = row % 2
    beside = [(column - 1, row), (column + 1, row)]
    return beside + [(column + step + shift - 1, row + up) for up in (-1, 1) for step in (0, 1)]


def _scaled(where: Mapping[str, Point], borders: Mapping[str, Sequence[str]]) -> dict[str, Point]:
    """Middles at such a scale that neighbours are about 1 apart; by the area they lie in, if nobody borders anybody."""
    apart = [dist(where[code], where[other]) for code, others in borders.items() for other in others]
    xs, ys = zip(*where.values(), strict=True)
    typical = sum(apart) / len(apart) if apart else sqrt((max(xs) - min(xs)) * (max(ys) - min(ys)) / len(where))
    return {code: (where[code][0] / (typical or 1), where[code][1] / (typical or 1)) for code in borders}


def _from_borders(borders: Mapping[str, Sequence[str]]) -> dict[str, Point]:
    """Places whose distances are like the number of borders between two wards (classical scaling)."""
    import numpy as np  # here, because commands that draw no map should not wait for it

    codes = list(borders)
    steps = np.full((len(codes), len(codes)), float(len(codes)))
    for start, code in enumerate(codes):
        steps[start, start] = 0
        todo, far = [code], 0
        seen = {code}
        while todo:
            far += 1
            todo = [other for one in todo for other in borders[one] if other not in seen and not seen.add(other)]  # type: ignore[func-returns-value]
            for other in todo:
                steps[start, codes.index(other)] = far
    centred = steps**2 - (steps**2).mean(0) - (steps**2).mean(1)[:, None] + (steps**2).mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    axes = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 1e-9))
    signs = np.where(axes[0] < 0, -1.0, 1.0)  # else the same borders could come out mirrored on another machine
    points = axes * signs
    return {code: (float(points[at, 1]), float(points[at, 0])) for at, code in enumerate(codes)}


def _placed(targets: Mapping[str, Point]) -> dict[str, Hexagon]:
    """The nearest free hexagon for each, from the middle outwards."""
    xs, ys = zip(*targets.values(), strict=True)
    centre = (sum(xs) / len(xs), sum(ys) / len(ys))
    free = {
        (column, row)
        for row in range(round(min(ys)) - 3, round(max(ys) * 1.2) + 4)
        for column in range(round(min(xs)) - 3, round(max(xs)) + 4)
    }
    found: dict[str, Hexagon] = {}
    for code in sorted(targets, key=lambda code: (round(dist(targets[code], centre), 6), code)):
        found[code] = min(free, key=lambda at: (round(dist(middle(at), targets[code]), 6), at))
        free.remove(found[code])
    return found


def _settled(
    placed: dict[str, Hexagon], targets: Mapping[str, Point], borders: Mapping[str, Sequence[str]]
) -> dict[str, Hexagon]:
    """Swaps and moves while these keep more borders."""

    def worth(code: str, at: Hexagon, of: Mapping[str, Hexagon]) -> float:
        near = set(_around(at))
        kept = sum(of[other] in near for other in borders[code] if other in of)
        return kept - _FAR * dist(middle(at), targets[code])

    for _ in range(_ROUNDS):
        better = False
        for code in sorted(placed):
            taken = {at: other for other, at in placed.items()}
            spots = {spot for at in placed.values() for spot in (at, *_around(at))}
            best, gain = None, 1e-9
            for spot in sorted(spots):
                other = taken.get(spot)
                changed = placed | {code: spot} | ({other: placed[code]} if other else {})
                moved = [one for one in (code, other) if one]
                now = sum(worth(one, changed[one], changed) for one in moved)
                was = sum(worth(one, placed[one], placed) for one in moved)
                if now - was > gain:
                    best, gain = changed, now - was
            if best:
                placed, better = best, True
        if not better:
            break
    return placed
