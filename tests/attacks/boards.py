"""Seeded synthetic boards: invented children, areas and agencies, two of which hold most of what is known."""

from __future__ import annotations

import random
from collections.abc import Sequence

from analysis.disclosure.build import candidate
from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import Fact, Tally, tally
from analysis.disclosure.gate import Candidate
from analysis.disclosure.kr5 import KR5, RoundingKeys
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.windows import parts

BOARD = "X08000001"


def shape(towns: int = 6, wards: int = 4, agencies: int = 8, indicators: int = 45) -> Shape:
    """A board's nesting; every agency is alone in its sector but the last two, which share one."""
    names = [f"agency-{number}" for number in range(agencies)]
    sectors = {name: f"sector-{min(number, agencies - 2)}" for number, name in enumerate(names)}
    areas = {
        f"{BOARD}-T{town + 1}": tuple(f"X{5000000 + town * wards + ward + 1:08d}" for ward in range(wards))
        for town in range(towns)
    }
    every = tuple(ward for found in areas.values() for ward in found)
    return Shape(BOARD, areas, every, sectors, tuple(f"I{number:02d}" for number in range(indicators)))


def facts(seed: int, children: int, of: Shape, windows: Sequence[str], big: float = 0.8) -> list[Fact]:
    """Facts of about `children` children a year; two agencies report a share `big` of what is reported."""
    draw = random.Random(seed)
    agencies = sorted(of.sector_of)
    weights = [0.55 * big, 0.45 * big] + [(1 - big) / (len(agencies) - 2)] * (len(agencies) - 2)
    areas = [*of.wards, of.board, *of.towns]
    area_weights = [draw.random() + 0.3 for _ in of.wards] + [0.6] + [0.05 for _ in of.towns]
    found: list[Fact] = []

    def reporters() -> list[str]:
        return sorted(set(draw.choices(agencies, weights, k=1 + (draw.random() < 0.3))))

    for number in range(round(children * len(windows) / 4)):
        child = f"child-{number}"
        area = draw.choices(areas, area_weights)[0]
        for _ in range(1 + int(draw.expovariate(0.6))):
            window = draw.choice(windows)
            seen = draw.sample(of.indicators, min(draw.randint(0, 4), len(of.indicators))) or [""]
            found += [Fact("m1_children", child, window, area, a, i) for a in reporters() for i in seen]
        if draw.random() < 0.6:
            window = draw.choice(windows)
            measures = ["m9_children", *["m10_children"] * (draw.random() < 0.35)]
            found += [Fact(measure, child, window, area, a) for a in reporters() for measure in measures]
    return found


def keys(seed: int) -> RoundingKeys:
    """Rounding keys of a seed."""
    return RoundingKeys.derive(b"r" * 32, b"k" * 32, seed)


def make(
    seed: int,
    children: int,
    windows: Sequence[str],
    *,
    ladder: int = 2,
    rule: KR5 | None = None,
    measures: Sequence[str] | None = None,
    indicators: int = 45,
) -> Candidate:
    """A candidate release of a synthetic board; facts cover the quarters of the windows asked for."""
    of = shape(indicators=indicators)
    quarters = sorted({q for window in windows for q in (parts(window) if window.endswith("FY") else (window,))})
    counted: Tally = tally(facts(seed, children, of, quarters), of)
    return candidate(counted, LADDERS[ladder], windows, keys(seed), "2099-01-01", rule, measures)
