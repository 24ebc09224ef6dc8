"""Releases of seeded synthetic boards (see `benchmarks.release_boards`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from analysis.disclosure.algebra import Published
from analysis.disclosure.build import build
from analysis.disclosure.counting import Tally, for_sectors_too, tally
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import KeyedNoise
from benchmarks.release_boards import BOARD, facts, keys, shape
from benchmarks.release_measures import with_all_measures
from models.contract.periods import parts

__all__ = ["BOARD", "Made", "attackers", "facts", "keys", "make", "shape"]


@dataclass(frozen=True, slots=True)
class Made:
    """What is published of a board, and the counts that it was made from."""

    published: Published
    tally: Tally = field(repr=False)


def make(
    seed: int,
    children: int,
    windows: Sequence[str],
    *,
    ladder: int = max(LADDERS),
    rule: KeyedNoise | None = None,
    indicators: int = 45,
) -> Made:
    """A release of a synthetic board with every measure; facts cover the quarters of the windows asked for."""
    of, rule = shape(indicators=indicators), rule or KeyedNoise()
    quarters = sorted({q for window in windows for q in (parts(window) if window.endswith("FY") else (window,))})
    every, _ = with_all_measures(seed, facts(seed, children, of, quarters), frozenset())
    grid = LADDERS[ladder]
    counted = tally([*for_sectors_too(every, of)], of, grid.most_indicators)
    return Made(Published("2099-01-01", grid, build(counted, grid, windows, keys(seed), rule), rule), counted)


def attackers(made: Made) -> list[tuple[str, ...]]:
    """Every pair, every agency, and the outsider."""
    names = sorted(made.tally.shape.sector_of)
    return [group for size in (2, 1, 0) for group in combinations(names, size)]
