"""Seeded synthetic boards for attacking releases: invented children, areas and agencies; two agencies hold most.

Seed and size decide everything. On some boards facts are recorded late: a year then counts more than its quarters did.
What sectors count by their own links, and what agencies know by their roles, is in `benchmarks.release_sectors`.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import Fact, Tally, attribute, tally
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import RoundingKeys
from benchmarks.release_measures import with_all_measures, without_missing
from benchmarks.release_sectors import Role, known_by_role, of_sectors, roles
from models.contract.periods import bounds, containing, last_year_of, parts, years_of
from models.register.types import Schedule

BOARD = "X08000001"
YEARS = ("2024FY", "2025FY")
QUARTERS = tuple(quarter for year in YEARS for quarter in parts(year))
SMALLEST, LARGEST = 20, 4000
FEW = 300
"""Children a year from which a board releases quarters and years; with fewer, years and pairs of years."""
LATE = 0.03
"""Share of facts recorded only after the cut-off of their quarter, or of their year where no quarter is released, on
boards with an odd seed."""


@dataclass(frozen=True)
class SyntheticBoard:
    """One board over two years."""

    seed: int
    children: int
    """About so many a year."""
    big: float
    """Share of reports by the two biggest agencies."""
    shape: Shape
    facts: tuple[Fact, ...]
    """For all together and for each sector; facts known by a role are added to those that were reported."""
    late: frozenset[Fact]
    """Facts that a quarter's release does not count yet."""
    roles: tuple[Role, ...] = ()
    by_role: frozenset[Fact] = frozenset()
    """Facts that agencies know by their roles and did not report."""
    without_missing: frozenset[str] = frozenset()
    """The sectors whose agencies send concerns and signs and no missing episodes."""
    schedule: Schedule = "quarters_and_years"

    @property
    def candidates(self) -> tuple[tuple[str, ...], ...]:
        """The windows that are released, by the year in which they end."""
        if self.schedule == "quarters_and_years":
            return tuple((*parts(year), year) for year in YEARS)
        first, last = YEARS
        return (first,), (last, containing(first)[-1])

    def tally(self, window: str, at: str = "") -> Tally:
        """What a window counts at its cut-off; its own late facts count only if it is a year.

        On a board that releases years and pairs, it is the cut-off of the year `at`, by default the year that the
        window ends in; facts of that year may be late.
        """
        if self.schedule == "years_and_pairs_of_years":
            return self._of_years(window, at or last_year_of(window))
        wanted, end = {window, *parts(window)}, bounds(window)[1]
        closed = [f for f in self._by_year[last_year_of(window)] if bounds(f.window)[1] <= end]
        in_time = [f for f in closed if f not in self.late or f.window not in wanted or window in YEARS]
        # A child's home comes from its first fact of the financial year, which may be before the window.
        return tally(
            [f for f in attribute(in_time, self.shape) if f.window in wanted],
            self.shape,
            LADDERS[max(LADDERS)].most_indicators,
            wanted,
        )

    def _of_years(self, window: str, at: str) -> Tally:
        facts = [f for year in years_of(window) for f in self._by_year[year]]
        in_time = [f for f in facts if f not in self.late or last_year_of(f.window) < at]
        return tally(attribute(in_time, self.shape), self.shape, LADDERS[max(LADDERS)].most_indicators, (window,))

    @cached_property
    def _by_year(self) -> dict[str, list[Fact]]:
        by_year: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            by_year[last_year_of(fact.window)].append(fact)
        return by_year


def batch(count: int, first_seed: int = 1) -> list[tuple[int, int]]:
    """Seeds and sizes of a batch: sizes evenly spread on a logarithmic scale from 20 to 4,000 children a year."""
    steps = max(count - 1, 1)
    ratio = math.log(LARGEST / SMALLEST)
    return [(first_seed + n, round(SMALLEST * math.exp(ratio * n / steps))) for n in range(count)]


def schedule_of(children: int) -> Schedule:
    """What a board with so many children a year releases."""
    return "quarters_and_years" if children >= FEW else "years_and_pairs_of_years"


def board(seed: int, children: int, schedule: Schedule | None = None) -> SyntheticBoard:
    """The board of a seed: 2 to 6 towns, 4 to 8 agencies, 6 to 45 indicators, two agencies with 40 to 80 %.

    Facts are of every measure. With every third seed one agency sends no missing episodes, and its sector says so; with
    every third other one all agencies but the two biggest do so. It releases what its size calls for, or `schedule`.
    """
    draw = random.Random(f"board {seed}")
    nesting = shape(
        towns=draw.randint(2, 6),
        wards=draw.randint(3, 5),
        agencies=draw.randint(4, 8),
        indicators=draw.choice((6, 12, 20, 45)),
    )
    big = draw.choice((0.4, 0.6, 0.7, 0.8, 0.8))
    without = frozenset({"agency-2"} if seed % 3 == 0 else sorted(nesting.sector_of)[2:] if seed % 3 == 1 else ())
    reported = without_missing(dict.fromkeys(facts(seed, children, nesting, QUARTERS, big)), without)
    attributed = attribute(reported, nesting)
    late = frozenset(fact for fact in attributed if seed % 2 and draw.random() < LATE)
    silent = frozenset(nesting.sector_of[agency] for agency in without)
    return completed(seed, children, big, nesting, attributed, late, silent, schedule or schedule_of(children))


def completed(
    seed: int,
    children: int,
    big: float,
    nesting: Shape,
    given: Sequence[Fact],
    late: frozenset[Fact],
    without_missing: frozenset[str],
    schedule: Schedule = "quarters_and_years",
) -> SyntheticBoard:
    """A board with all measures of its facts, the counts of its sectors, and what its agencies know by their roles."""
    every, late = with_all_measures(seed, given, late)
    whole = {fact: fact in late for fact in every}
    both = whole | of_sectors(whole, nesting, seed)
    have, reported = roles(seed, nesting.sector_of), frozenset(both)
    for role in have:
        both |= known_by_role(both, role, seed)
    came_late = frozenset(fact for fact, is_late in both.items() if is_late)
    by_role = frozenset(both) - reported
    return SyntheticBoard(
        seed, children, big, nesting, tuple(both), came_late, have, by_role, without_missing, schedule
    )


def shape(towns: int = 6, wards: int = 4, agencies: int = 8, indicators: int = 45) -> Shape:
    """A board's nesting; every agency is alone in its sector but the last two, which share one."""
    names = [f"agency-{number}" for number in range(agencies)]
    sectors = {name: f"sector-{min(number, agencies - 2)}" for number, name in enumerate(names)}
    areas = {
        f"{BOARD}-T{town + 1}": tuple(f"X{5000000 + town * wards + ward + 1:08d}" for ward in range(wards))
        for town in range(towns)
    }
    every = tuple(ward for wards_of_town in areas.values() for ward in wards_of_town)
    return Shape(BOARD, areas, every, sectors, tuple(f"I{number:02d}" for number in range(indicators)))


def facts(seed: int, children: int, nesting: Shape, windows: Sequence[str], big: float = 0.8) -> list[Fact]:
    """Facts of about `children` children a year; two agencies report a share `big` of what is reported."""
    draw = random.Random(seed)
    agencies = sorted(nesting.sector_of)
    weights = [0.55 * big, 0.45 * big] + [(1 - big) / (len(agencies) - 2)] * (len(agencies) - 2)
    areas = [*nesting.wards, nesting.board, *nesting.towns]
    area_weights = [draw.random() + 0.3 for _ in nesting.wards] + [0.6] + [0.05 for _ in nesting.towns]
    listed: list[Fact] = []

    def reporters() -> list[str]:
        return sorted(set(draw.choices(agencies, weights, k=1 + (draw.random() < 0.3))))

    for number in range(round(children * len(windows) / 4)):
        child = f"child-{number}"
        area = draw.choices(areas, area_weights)[0]
        for _ in range(1 + int(draw.expovariate(0.6))):
            window = draw.choice(windows)
            indicators = draw.sample(nesting.indicators, min(draw.randint(0, 4), len(nesting.indicators))) or [""]
            listed += [Fact("m1_children", child, window, area, a, i) for a in reporters() for i in indicators]
        if draw.random() < 0.6:
            window = draw.choice(windows)
            measures = ["m9_children", *["m10_children"] * (draw.random() < 0.35)]
            listed += [Fact(measure, child, window, area, a) for a in reporters() for measure in measures]
    return listed


def keys(seed: int) -> RoundingKeys:
    """Rounding keys of a seed."""
    return RoundingKeys.derive(b"r" * 32, b"k" * 32, seed)
