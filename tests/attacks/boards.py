"""Candidate releases of seeded synthetic boards (see `benchmarks.release_boards`)."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.disclosure.gate import Candidate

from analysis.disclosure.build import candidate
from analysis.disclosure.counting import Tally, tally
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.windows import parts
from benchmarks.release_boards import BOARD, facts, keys, shape

__all__ = ["BOARD", "facts", "keys", "make", "shape"]


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
