"""What a map is drawn on: the shape of each area in pixels, and where its words have room. No figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """One area."""

    path: str
    """Closed rings, as the `d` of an SVG path."""
    x: float
    y: float
    """The middle of its words."""
    room: float
    """How wide these may be, in px."""


@dataclass(frozen=True)
class Ground:
    """All areas of one map."""

    width: int
    height: int
    areas: Mapping[str, Shape]
    """By code, in the order in which the keyboard reaches them."""
    towns: str
    """The outlines of the towns, as the `d` of an SVG path; empty where the areas are towns, or there are none."""
