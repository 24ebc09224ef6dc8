"""Small outlines for tests: squares side by side, as GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DEMO = Path(__file__).parents[3] / "demo" / "geometry" / "aldermere-2024.geojson"


def square(x: float, y: float = 0, size: float = 1) -> list[list[float]]:
    """A closed ring, anticlockwise."""
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def feature(code: str, *rings: Any, **properties: Any) -> dict[str, Any]:
    """A ward of one polygon."""
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def collection(*features: Any, **more: Any) -> bytes:
    """A file of them."""
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()
