"""How many cells of a year's releases a story about one child changes: the `d` of the bound in docs/privacy.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import tally
from analysis.disclosure.facts import facts_of, placed
from analysis.measures.children import view
from analysis.measures.history import Rules
from analysis.release import LADDER
from models.catalogue import shipped
from tests.analysis.measures.ledger import SECTORS, rows

YEAR = ("2025Q2", "2025Q3", "2025Q4", "2026Q1", "2025FY")
TOWN, WARD = "X08000001-T1", "X05000001"
SHAPE = Shape("X08000001", {TOWN: (WARD,)}, (WARD,), SECTORS, tuple(sorted(shipped().by_code)))


def cells_of(events: Iterable[Mapping[str, Any]]) -> int:
    """Of the year's releases and its quarters', how many cells count the child of these events."""
    at_home = ({"areas": {"home": WARD}, "child": "a"} | dict(event) for event in events)
    seen = view(rows(at_home).items(), 10**15, SECTORS)
    facts = placed(facts_of(seen, Rules()), seen, SHAPE)
    counted = tally(facts, SHAPE, LADDER.most_indicators)
    return sum(bool(counted.children(key)) for window in YEAR for key in LADDER.grid(window, SHAPE))
