"""Children who might exist: each raises the cells in which the counting model would count it, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, for_sectors_too, tally
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import KeyedNoise, Protected
from models.releases import CellState

EARLY, LATE = "2024-07-29", "2025-04-29"
QUARTERS = ("2024Q2", "2024Q3", "2024Q4", "2025Q1")
TOWNS = Shape("B", {"T1": ("W1", "W2"), "T2": ("W3",)}, ("W1", "W2", "W3"), {"a": "police", "b": "health"}, ("X", "Y"))
FLAT = Shape("B", {}, ("W1", "W2"), {"a": "police", "b": "health"}, ("X",))
NESTED = {"m10_responded": ("m10_children", "m9_children"), "m10_children": ("m9_children",)}
"""Part -> the measures that count every child of it."""


def ladder(*, own: bool) -> Ladder:
    """A small one: three measures, each within the next; by sector, indicator, town and ward."""
    measures = ("m9_children", "m10_children", "m10_responded")
    rungs = [
        {"level": level, "window": window, "split": split, "measures": measures}
        for level, window, split in (
            ("board", "quarter", "sector"), ("board", "quarter", "any"), ("town", "quarter", "any"),
            ("ward", "year", "any"), ("board", "year", "indicator"),
        )
    ]  # fmt: skip
    pairs = [("m10_responded", "m10_children"), ("m10_children", "m9_children")]
    nested = [{"part": part, "whole": whole} for part, whole in pairs]
    return Ladder.model_validate(
        {"version": 9, "rungs": rungs, "nested": nested, "own_records": measures if own else ()}, strict=False
    )


def board_of(shape: Shape, of: Ladder) -> BoardSystem:
    """A quarter released early, and again with its year."""
    rule = KeyedNoise() if of.own_records else KR5()
    low = Protected(CellState.LOW)
    quarter, year = (dict.fromkeys(of.grid(window, shape), low) for window in ("2024Q2", "2024FY"))
    releases = [Published(EARLY, of, quarter, rule), Published(LATE, of, quarter | year, rule)]
    return system_of(releases, shape)


def counted(board: BoardSystem, *, own: bool) -> Iterator[frozenset[int]]:
    """For each kind of child that might exist: the columns in which it counts, by the counting model itself."""
    column = {place: number for number, place in enumerate(board.where[cell] for cell in board.system.cells)}
    shape = board.shape
    for cut_off in (EARLY, LATE):
        for measure in ("m9_children", "m10_children", "m10_responded"):
            for home in (*shape.wards, *shape.towns, "elsewhere"):
                for window in QUARTERS if cut_off == LATE else QUARTERS[:1]:
                    for agency, sector in shape.sector_of.items():
                        for indicator in (*shape.indicators, ""):
                            names = (measure, *NESTED.get(measure, ()))
                            facts = [Fact(name, "c", window, home, agency, indicator) for name in names]
                            both = [facts, [fact._replace(sector=sector) for fact in facts]]
                            for some in both if own else [for_sectors_too(facts, shape)]:
                                keys = [(cut_off, CellKey(*context)) for context in tally(some, shape).sets]
                                yield frozenset(column[key] for key in keys if key in column)


@pytest.mark.parametrize("own", [False, True], ids=["sectors are parts", "sectors count their own"])
@pytest.mark.parametrize("shape", [TOWNS, FLAT], ids=["towns", "flat"])
def test_a_cell_rises_as_far_as_one_kind_of_child_allows(shape: Shape, own: bool) -> None:
    of = ladder(own=own)
    board = board_of(shape, of)
    system, column = board.system, {cell: number for number, cell in enumerate(board.system.cells)}
    pairs = [(total, part) for _, total, parts in system.relations for part in parts]
    pairs += [pair for new, old in system.changes for pair in ((new, old), (old, new))]
    plus = np.array([*column.values(), *(column[one] for one, _ in pairs)])
    minus = np.array([*(-1 for _ in column), *(column[other] for _, other in pairs)])
    room = np.random.default_rng(1).integers(0, 9, len(column)).astype(float)
    best = dict.fromkeys(zip(plus, minus, strict=True), 0.0)
    for kind in set(counted(board, own=own)):
        least = min((room[number] for number in kind), default=0)
        for place in best:
            if place[0] in kind and place[1] not in kind:
                best[place] = max(best[place], least)
    assert max(best.values()) > 0
    found = board.worlds(of).rises(room, plus, minus)
    assert dict(zip(zip(plus, minus, strict=True), found, strict=True)) == best
