"""Reads the outlines of one boundary set from GeoJSON, and says what is wrong with a file that cannot be used. Pure.

No message repeats a value of the file: it says which feature, counted from 1, and what to mend. Codes of wards in
messages are the register's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, isfinite, radians
from typing import Any

from dashboards.errors import DashboardError
from dashboards.geography.rings import Point, Ring, area, crosses_itself, inside, spans, turned

MOST_BYTES = 8_000_000
MOST_POINTS = 200_000
LONGEST_CREDIT = 400
_CODE_OF = re.compile(r"^WD[0-9]{2}CD$")
"""How the files of the Office for National Statistics name the column with the code of a ward."""


class OutlinesError(DashboardError):
    """Outlines that cannot be used; the message says where and what to mend."""


@dataclass(frozen=True)
class Outlines:
    """The wards of one boundary set in a plane, y upwards."""

    rings: Mapping[str, tuple[Ring, ...]]
    """By code of the ward."""
    credit: str
    """Whom the file asks to be named: `metadata.attribution`; empty if nobody."""


def read(content: bytes, wards: Collection[str]) -> Outlines:
    """The outlines in a file for these wards; raises `OutlinesError` for one that cannot be used.

    Coordinates are either longitude and latitude (WGS 84), or metres on a plane.
    """
    if len(content) > MOST_BYTES:
        raise OutlinesError(
            f"the file is larger than {MOST_BYTES // 1_000_000} MB: take outlines that are generalised, such as those "
            'that the Office for National Statistics calls "super generalised" or "ultra generalised"'
        )
    try:
        made = json.loads(content)
    except (ValueError, RecursionError):
        raise OutlinesError("the file is not JSON") from None
    features = made.get("features") if isinstance(made, dict) and made.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise OutlinesError("the file is not a GeoJSON FeatureCollection with features")
    rings: dict[str, tuple[Ring, ...]] = {}
    points = 0
    for number, feature in enumerate(features, 1):
        code = _code(feature, number)
        if code in rings:
            raise OutlinesError(f"feature {number} has the code of one before it: give each ward one feature")
        rings[code] = tuple(_rings(feature, number))
        points += sum(map(len, rings[code]))
        if points > MOST_POINTS:
            raise OutlinesError(f"the outlines have more than {MOST_POINTS:,} points: take generalised ones")
    _agree(rings, wards)
    plane = _plane(rings)
    _apart(plane)
    metadata = made.get("metadata")
    credit = metadata.get("attribution") if isinstance(metadata, dict) else None
    return Outlines(plane, " ".join(credit.split())[:LONGEST_CREDIT] if isinstance(credit, str) else "")


def _code(feature: Any, number: int) -> str:
    """The ward's code: `properties.code`, `properties.WD24CD` or the like, or the feature's own id."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if isinstance(properties, dict):
        named = [name for name in properties if _CODE_OF.match(str(name))]
        for name in ("code", *sorted(named)):
            if isinstance(properties.get(name), str):
                return str(properties[name])
    if isinstance(feature, dict) and isinstance(feature.get("id"), str):
        return str(feature["id"])
    raise OutlinesError(
        f"feature {number} has no code: put the ward's code into its properties, as `code` or `WD24CD`, or into its id"
    )


def _rings(feature: Mapping[str, Any], number: int) -> Iterator[Ring]:
    shape = feature.get("geometry")
    kind, parts = (shape.get("type"), shape.get("coordinates")) if isinstance(shape, dict) else (None, None)
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(parts, list) or not parts:
        raise OutlinesError(f"feature {number} is not a Polygon or MultiPolygon")
    for polygon in parts if kind == "MultiPolygon" else [parts]:
        if not isinstance(polygon, list) or not polygon:
            raise OutlinesError(f"feature {number} has a polygon without a ring")
        for at, given in enumerate(polygon):
            yield turned(_ring(given, number), outer=at == 0)


def _ring(given: Any, number: int) -> Ring:
    points = [_point(one, number) for one in given] if isinstance(given, list) else []
    if len(points) < 4 or points[0] != points[-1]:
        raise OutlinesError(
            f"feature {number} has a ring that is not closed: its last point has to be its first, and there have to "
            "be four or more"
        )
    ring = tuple(point for point, before in zip(points[1:], points, strict=False) if point != before)
    if len(ring) < 3 or not area(ring):
        raise OutlinesError(f"feature {number} has a ring that encloses nothing")
    if crosses_itself(ring):
        raise OutlinesError(f"feature {number} has a ring that crosses or touches itself")
    return ring


def _point(given: Any, number: int) -> Point:
    numbers = given[:2] if isinstance(given, list) else []
    if len(numbers) != 2 or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise OutlinesError(f"feature {number} has a point that is not two numbers")
    x, y = float(numbers[0]), float(numbers[1])
    if not (isfinite(x) and isfinite(y) and max(abs(x), abs(y)) < 1e9):
        raise OutlinesError(f"feature {number} has a point that lies nowhere")
    return x, y


def _agree(rings: Mapping[str, object], wards: Collection[str]) -> None:
    missing = sorted(set(wards) - rings.keys())
    more = len(rings.keys() - set(wards))
    if missing:
        raise OutlinesError(
            f"{len(missing)} of {len(set(wards))} wards of the register have no outline here: {', '.join(missing[:10])}"
            f"{' and more' if len(missing) > 10 else ''}. {more} outlines are of no ward of the register: these may be "
            "boundaries of another year"
        )
    if more:
        raise OutlinesError(f"{more} outlines are of no ward of the register: take them out of the file")


def _plane(rings: Mapping[str, Sequence[Ring]]) -> dict[str, tuple[Ring, ...]]:
    """Longitude and latitude brought to one scale; metres as they are."""
    ys = [y for parts in rings.values() for ring in parts for _, y in ring]
    xs = [x for parts in rings.values() for ring in parts for x, _ in ring]
    degrees = max(map(abs, xs)) <= 180 and max(map(abs, ys)) <= 90
    squeeze = cos(radians((min(ys) + max(ys)) / 2)) if degrees else 1.0
    if degrees and (max(xs) - min(xs) > 5 or max(ys) - min(ys) > 5):
        raise OutlinesError("the outlines lie further apart than any board is wide: longitude may stand for latitude")
    return {code: tuple(tuple((x * squeeze, y) for x, y in ring) for ring in parts) for code, parts in rings.items()}


def _apart(rings: Mapping[str, Sequence[Ring]]) -> None:
    """No ward may lie on another: the middle of one is looked for in all others."""
    middles = {code: _within(parts) for code, parts in rings.items()}
    for number, (code, middle) in enumerate(middles.items(), 1):
        for other, parts in rings.items():
            if other != code and _boxed(middle, parts) and inside(middle, parts):
                raise OutlinesError(f"feature {number} lies on another one: outlines must not overlap")


def _boxed(point: Point, rings: Sequence[Ring]) -> bool:
    xs, ys = zip(*rings[0], strict=True)
    return len(rings) > 1 or (min(xs) <= point[0] <= max(xs) and min(ys) <= point[1] <= max(ys))


def _within(rings: Sequence[Ring]) -> Point:
    """A point well inside: the middle of the widest stretch at half height."""
    ys = [y for ring in rings for _, y in ring]
    y = (min(ys) + max(ys)) / 2 + (max(ys) - min(ys)) * 1e-4
    start, end = max(spans(rings, y), key=lambda span: span[1] - span[0], default=rings[0][0])
    return (start + end) / 2, y
