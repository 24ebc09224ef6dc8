"""Invented children for calibration: chance alone, bursts of repeat missing, and rises of a known size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analysis.hotspots.preparation import Sighting, count_by_day, distinct_children
from analysis.hotspots.problem import Problem, permutation_measure
from analysis.hotspots.zones import Floats, Zones, cartesian_distances, circles

START = date(2025, 1, 1)
EPISODES = 2.5
"""Mean episodes of a child who goes missing: an assumption, not real data."""
BURST_DAYS, MONTHS_DAYS = 14, 120
"""Days within which a child's episodes lie: one burst, or going missing again and again over months."""


@dataclass(frozen=True)
class Shape:
    """A made-up board: areas in a square 10 wide, days, children a day and area."""

    areas: int
    days: int
    rate: float

    @property
    def zones(self) -> Zones:
        """Circles of up to a tenth of the areas."""
        draw = np.random.default_rng(7)
        x, y = draw.uniform(0, 10, self.areas), draw.uniform(0, 10, self.areas)
        return circles(cartesian_distances(x, y), np.ones(self.areas), 0.1)


@dataclass(frozen=True)
class Rise:
    """A rate ratio in some areas over the last days."""

    ratio: float
    areas: int
    days: int


def bursts(seed: int, shape: Shape, rise: Rise | None = None, spread: int = BURST_DAYS) -> list[Sighting]:
    """Episodes of children who go missing again and again; a rise is more children in the first areas of a zone."""
    draw = np.random.default_rng(seed)
    risen = set(shape.zones.members(int(shape.zones.start[0]) + rise.areas - 1)) if rise else set()
    sightings = []
    for area in range(shape.areas):
        first = draw.integers(0, shape.days, draw.poisson(shape.rate * shape.days)).tolist()
        if rise and area in risen:
            more = draw.poisson(shape.rate * rise.days * (rise.ratio - 1))
            first += (shape.days - 1 - draw.integers(0, rise.days, more)).tolist()
        for child, day in enumerate(first):
            for offset in [0, *draw.integers(0, spread, draw.poisson(EPISODES - 1)).tolist()]:
                sightings.append(Sighting(f"{area}-{child}", f"X{area}", START + timedelta(days=day + offset)))
    return sightings


def counts(sightings: list[Sighting], shape: Shape, repeat_days: int, until: int | None = None) -> Floats:
    """Counted children by area and day, up to a day."""
    days = until or shape.days
    counted = distinct_children(sightings, repeat_days).counted
    return count_by_day(counted, [f"X{i}" for i in range(shape.areas)], START, START + timedelta(days=days - 1))


def permutation(cases: Floats, zones: Zones, longest: int) -> Problem:
    """The prospective permutation scan of the last year."""
    year = np.ascontiguousarray(cases[:, -364:])
    return Problem("space-time-permutation", year, permutation_measure(year), zones, longest, True, 3)


def expectation(cases: Floats, zones: Zones, longest: int) -> Problem:
    """The prospective expectation scan, expected from the days before the longest window and a guard week."""
    base = cases[:, : cases.shape[1] - longest - 7]
    rate = (0.5 + base.sum(axis=1)) / base.shape[1]
    recent = np.ascontiguousarray(cases[:, -longest:])
    return Problem("expectation-poisson", recent, np.outer(rate, np.ones(longest)), zones, longest, True, 3)
