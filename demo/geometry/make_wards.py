"""Draws the 24 invented wards of the synthetic borough; `python -m demo.geometry.make_wards` rewrites the file.

Jittered bricks: every ward is a cell of a 6 x 4 wall whose rows are shifted by half a brick, so that each has up to six
neighbours, and two neighbours share exactly the vertices of their common edge. Coordinates are metres on a
plain grid that lies nowhere. The result is committed; this file says how it came about.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import click

from models.register import Ward, load_register

HERE = Path(__file__).parent
OUTPUT = HERE / "aldermere-2024.geojson"
COLUMNS, ROWS = 6, 4
WIDTH, HEIGHT = 1_900.0, 1_800.0
"""Of a brick before jitter, metres: about the area of a town ward."""
EDGE_PIECES = 4

Point = tuple[int, int]


def cells() -> list[tuple[int, int]]:
    """(row, column) of each ward in code order: towns are blocks of two by two, so each is connected."""
    order = []
    for block in range(6):
        row, column = 2 * (block // 3), 2 * (block % 3)
        order += [(row + r, column + c) for r in (0, 1) for c in (0, 1)]
    return order


class Wall:
    """The jittered vertices; a vertex or an edge asked for twice is the same both times."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._vertices: dict[tuple[int, int], Point] = {}
        self._edges: dict[tuple[Point, Point], list[Point]] = {}

    def _vertex(self, half_column: int, row: int) -> Point:
        key = (half_column, row)
        if key not in self._vertices:
            x = half_column * WIDTH / 2 + self._random.uniform(-300, 300)
            y = row * HEIGHT + self._random.uniform(-300, 300)
            self._vertices[key] = (round(x), round(y))
        return self._vertices[key]

    def _edge(self, start: Point, end: Point) -> list[Point]:
        """Points from `start` up to, not including, `end`, along one wavering line whichever way it is walked."""
        key = (min(start, end), max(start, end))
        if key not in self._edges:
            (x0, y0), (x1, y1) = key
            line = [key[0]]
            for piece in range(1, EDGE_PIECES):
                part = piece / EDGE_PIECES
                x = x0 + (x1 - x0) * part + self._random.uniform(-70, 70)
                y = y0 + (y1 - y0) * part + self._random.uniform(-70, 70)
                line.append((round(x), round(y)))
            self._edges[key] = [*line, key[1]]
        line = self._edges[key]
        return line[:-1] if start == key[0] else line[:0:-1]

    def ring(self, row: int, column: int) -> list[Point]:
        """The closed outline of a brick, anticlockwise as RFC 7946 asks."""
        left = 2 * column + row % 2
        low = [self._vertex(left + step, row) for step in range(3)]
        high = [self._vertex(left + step, row + 1) for step in (2, 1, 0)]
        corners = [*low, *high, low[0]]
        points = [point for start, end in pairwise(corners) for point in self._edge(start, end)]
        return [*points, points[0]]


def adjacency(rings: dict[str, list[Point]]) -> dict[str, list[str]]:
    """Wards that share an edge (at least two vertices), by code."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for ward, other in combinations(sorted(rings), 2):
        if len(set(rings[ward]) & set(rings[other])) > 1:
            neighbours[ward].append(other)
            neighbours[other].append(ward)
    return {code: sorted(neighbours[code]) for code in sorted(rings)}


def feature_collection(wards: tuple[Ward, ...], seed: int = 2024) -> dict[str, object]:
    """The GeoJSON of the wards; `neighbours` in each feature's properties is derived from the outlines."""
    wall = Wall(seed)
    rings = {ward.code: wall.ring(*cell) for ward, cell in zip(wards, cells(), strict=True)}
    neighbours = adjacency(rings)
    features = [
        {
            "type": "Feature",
            "id": ward.code,
            "properties": {
                "code": ward.code,
                "name": ward.name,
                "town": ward.town,
                "synthetic": True,
                "neighbours": neighbours[ward.code],
            },
            "geometry": {"type": "Polygon", "coordinates": [[list(point) for point in rings[ward.code]]]},
        }
        for ward in wards
    ]
    return {
        "type": "FeatureCollection",
        "name": "aldermere-2024",
        "synthetic": True,
        "metadata": {
            "area": "Aldermere (synthetic), X08000001: invented, no real place",
            "coordinates": "metres on a plain local grid; not longitude and latitude, and nowhere on earth",
            "made_by": "demo/geometry/make_wards.py",
        },
        "features": features,
    }


@click.command()
def main() -> None:
    """Write the wards of the newest register in demo/register to aldermere-2024.geojson."""
    register = load_register(HERE.parent / "register")
    collection = feature_collection(register.boards[0].wards)
    OUTPUT.write_text(
        json.dumps(collection, separators=(",", ":")).replace('{"type":"Feature",', '\n{"type":"Feature",') + "\n"
    )
    click.echo(f"{OUTPUT.name}: {len(register.boards[0].wards)} synthetic wards")


if __name__ == "__main__":
    main()
