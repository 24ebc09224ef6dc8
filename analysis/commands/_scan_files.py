"""Reads the files of `scan` into areas, counts and expected numbers, all in one order of areas and intervals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.commands._errors import Unusable
from analysis.commands._tables import Table, TextLine, natural, read_table
from analysis.hotspots.intervals import Intervals, Span, Unit, coarsest, cut
from analysis.hotspots.population import average, person_days

Floats = npt.NDArray[np.float64]
_SIDEWAYS = ("x", "lon", "longitude")
_UPWARD = ("y", "lat", "latitude")


@dataclass(frozen=True, slots=True)
class ScanAreas:
    """The areas in the order of their codes. x points right or east, y points up or north."""

    codes: list[str]
    x: Floats
    y: Floats
    degrees: bool
    position: dict[str, int]

    def __len__(self) -> int:
        return len(self.codes)

    def index(self, line: TextLine, column: str = "area") -> int:
        """The index of the area that a line names. Raises `Unusable` if the file of areas does not have it."""
        position = self.position.get(line.text(column))
        if position is None:
            raise line.fault(f"{column} is not in the file of areas")
        return position


def read_areas(path: Path, coordinates: str | None) -> ScanAreas:
    """Read AREAS. Coordinates are degrees if the columns are lat and lon, unless `coordinates` says otherwise."""
    table = read_table(path, ["area"])
    x = next((name for name in _SIDEWAYS if table.has(name)), None)
    y = next((name for name in _UPWARD if table.has(name)), None)
    if x is None or y is None:
        raise Unusable(f"{path}: line 1: needed: area,x,y or area,lat,lon")
    degrees = coordinates == "latlon" if coordinates else (x, y) != ("x", "y")
    places: dict[str, tuple[float, float]] = {}
    for line in table:
        code = line.text("area")
        if code in places:
            raise line.fault("the area stands twice")
        place = line.number_of(x, negative=True), line.number_of(y, negative=True)
        if degrees and (abs(place[0]) > 180 or abs(place[1]) > 90):
            raise line.fault("latitude must lie within 90 and longitude within 180 degrees")
        places[code] = place
    codes = sorted(places, key=natural)
    at = np.array([places[code] for code in codes])
    return ScanAreas(codes, at[:, 0].copy(), at[:, 1].copy(), degrees, {code: i for i, code in enumerate(codes)})


@dataclass(frozen=True, slots=True)
class Cases:
    """Counts by area and interval. `outside` is the number of cases outside the study period."""

    counts: Floats
    intervals: Intervals | None
    """None if neither the cases nor the options have dates."""
    outside: float


def read_cases(
    path: Path, areas: ScanAreas, start: Span | None, end: Span | None, unit: Unit | None, *, in_time: bool, whole: bool
) -> Cases:
    """Read CASES, by time unit if the scan is over time, else summed. The default unit is that of the dates."""
    table = read_table(path, ["area", "count"])
    dated = table.has("date")
    if in_time and not dated:
        raise Unusable(f"{path}: line 1: no column date, which this model needs")
    spans = [line.date() for line in table] if dated else []
    period = _period(path, spans, start, end)
    if period is None:
        counts = np.zeros((len(areas), 1))
        for line in table:
            counts[areas.index(line), 0] += line.number_of("count", whole=whole)
        return Cases(counts, None, 0)
    first, last = period
    if last < first:
        raise Unusable(f"{path}: the study period ends before it starts")
    intervals = cut(first, last, unit or coarsest(spans)) if in_time else Intervals((first,), last, "day")
    counts = np.zeros((len(areas), len(intervals) if in_time else 1))
    outside = 0.0
    for i, line in enumerate(table):
        count = line.number_of("count", whole=whole)
        area = areas.index(line)
        at = _place(line, spans[i], intervals, in_time) if dated else 0
        if at is None:
            outside += count
        else:
            counts[area, at] += count
    return Cases(counts, intervals, outside)


def _period(path: Path, spans: list[Span], start: Span | None, end: Span | None) -> tuple[date, date] | None:
    if spans:
        first = start.first if start else min(span.first for span in spans)
        return first, end.last if end else max(span.last for span in spans)
    if start and end:
        return start.first, end.last
    if start or end:
        raise Unusable(f"{path}: cases without dates need both --start and --end, or neither")
    return None


def _place(line: TextLine, span: Span, intervals: Intervals, in_time: bool) -> int | None:
    """The interval of a dated line (0 if the scan is not over time); None outside the study period."""
    if in_time:
        return line.checked(lambda: intervals.index(span))
    if span.last < intervals.starts[0] or span.first > intervals.end:
        return None
    if span.first < intervals.starts[0] or span.last > intervals.end:
        raise line.fault("the date lies partly outside the study period")
    return 0


@dataclass(frozen=True, slots=True)
class Population:
    """People at risk: person-days by area and interval, and the average number over the study period."""

    time_at_risk: Floats
    average: Floats


def read_population(path: Path, areas: ScanAreas, intervals: Intervals | None, in_time: bool) -> Population:
    """Read POP. Figures for the same area and date are added up. Between dates they change linearly."""
    table = read_table(path, ["area", "population"])
    figures: dict[int, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for line in table:
        day = line.date().middle if table.has("date") else date(1, 1, 1)
        figures[areas.index(line)][day] += line.number_of("population")
    if intervals is None:
        if any(len(of_area) > 1 for of_area in figures.values()):
            raise Unusable(f"{path}: population of several dates needs dated cases, or --start and --end")
        people = np.array([sum(figures[i].values()) if i in figures else 0.0 for i in range(len(areas))])
        return Population(people[:, None], people)
    nobody = np.zeros(len(intervals))
    days = np.array([person_days(figures[i], intervals) if i in figures else nobody for i in range(len(areas))])
    mean = np.array([average(figures[i], intervals) if i in figures else 0.0 for i in range(len(areas))])
    return Population(days if in_time else days.sum(axis=1, keepdims=True), mean)


def read_expected(path: Path, areas: ScanAreas, intervals: Intervals | None, in_time: bool) -> Floats:
    """Read EXPECTED by area and interval. Numbers without dates are spread evenly over the days of the study period."""
    table = read_table(path, ["area", "expected"])
    columns = len(intervals) if in_time and intervals else 1
    expected = np.zeros((len(areas), columns))
    spread = np.ones(1)
    if in_time and intervals:
        days = [(last - first).days + 1 for first, last in map(intervals.bounds, range(columns))]
        spread = np.array(days) / sum(days)
    for line in table:
        area, value = areas.index(line), line.number_of("expected")
        if table.has("date") and intervals:
            at = _place(line, line.date(), intervals, in_time)
            if at is not None:
                expected[area, at] += value
        else:
            expected[area] += value * spread
    return expected


def read_controls(path: Path, areas: ScanAreas) -> Floats:
    """Read CONTROLS: counts by area."""
    controls = np.zeros((len(areas), 1))
    for line in read_table(path, ["area", "count"]):
        controls[areas.index(line), 0] += line.number_of("count", whole=True)
    return controls


def read_pairs(path: Path) -> Table:
    """Read pairs of neighbouring areas, from the first two columns, whatever their names."""
    table = read_table(path, [])
    if len(table.columns) < 2:
        raise Unusable(f"{path}: line 1: two columns are needed, an area and its neighbour")
    return table


def read_neighbours(path: Path, areas: ScanAreas) -> list[frozenset[int]]:
    """The neighbours of each area. A pair makes both areas neighbours of each other."""
    table = read_pairs(path)
    neighbours: list[set[int]] = [set() for _ in areas.codes]
    for line in table:
        a, b = (areas.index(line, column) for column in table.columns[:2])
        if a != b:
            neighbours[a].add(b)
            neighbours[b].add(a)
    return [frozenset(each) for each in neighbours]
