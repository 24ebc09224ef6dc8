"""What a release counts of a small ledger, before protection: the road of build_releases up to the sets of children."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from analysis.disclosure.cells import ANY, CellKey, Shape, sector
from analysis.disclosure.counting import Tally, tally
from analysis.disclosure.facts import facts_of, placed
from analysis.measures.children import view
from analysis.measures.history import Rules
from tests.analysis.measures.ledger import SECTORS, rows

BOARD = "X08000001"
SHAPE = Shape(BOARD, {}, ("X05000001", "X05000002", "X05000003"), SECTORS, ())


def released(events: Iterable[Mapping[str, Any]], indicators: tuple[str, ...] = ()) -> Tally:
    """The children of every cell, for events in short form; split by those indicators that are listed."""
    seen, shape = view(rows(events).items(), None, SECTORS), replace(SHAPE, indicators=indicators)
    return tally(placed(facts_of(seen, Rules()), seen, shape), shape)


def at_home(counted: Tally, name: str, window: str, ward: str) -> frozenset[str]:
    """The children of the cell of a ward."""
    return counted.children(CellKey(name, window, "ward", ward))


def children(counted: Tally, name: str, window: str, of_sector: str = "", indicator: str = ANY) -> frozenset[str]:
    """The children of the cell of the whole board; of one sector where one is given, or with one indicator."""
    return counted.children(CellKey(name, window, "board", BOARD, sector(of_sector) if of_sector else ANY, indicator))
