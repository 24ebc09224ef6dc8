"""Ladder 3, not yet in use: ladder 2 and the measures M2-M17 that count children (ADR 0012).

To release on it, put `3: NEXT` into `ladders.LADDERS` and `RELEASED` into `analysis.measures.registry.MEASURES`.
Coverage and training (M6) need sectors by financial year only; the others the board by quarter and year and sectors by
year (decision 18). None and 1-9 are shown apart for coverage by sector, which is where "never recorded" is the finding.
"""

from __future__ import annotations

from typing import Any

from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.measures.released import COVERAGE, MORE, PARTS


def _rung(window: str, split: str, measures: tuple[str, ...], zero_apart: bool = False) -> dict[str, Any]:
    return {"level": "board", "window": window, "split": split, "measures": measures, "zero_apart": zero_apart}


def _next() -> Ladder:
    last = LADDERS[2]
    rungs = (
        *(rung.model_dump() for rung in last.rungs),
        _rung("quarter", "any", tuple(MORE)),
        _rung("year", "any", (*MORE, *COVERAGE)),
        _rung("year", "sector", tuple(MORE)),
        _rung("year", "sector", tuple(COVERAGE), zero_apart=True),
    )
    nested = (*(pair.model_dump() for pair in last.nested), *({"part": a, "whole": b} for a, b in PARTS))
    return Ladder.model_validate({"version": 3, "rungs": rungs, "nested": nested})


NEXT = _next()
