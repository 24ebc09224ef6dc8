"""The truth, counted from the world, is what the measures find after the agencies' part of the road."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.ledger.row import Row
from analysis.measures.children import BoardView, view
from analysis.measures.m1 import children_with_concern
from analysis.measures.m9 import children_missing
from analysis.measures.m10 import children_repeat_missing
from models.contract.periods import bounds


@pytest.fixture(scope="module")
def board(ledger_rows: dict[str, Row]) -> BoardView:
    """Every final export, read, minted under keys of eight agencies with one link key, and folded."""
    assert len(ledger_rows) >= 20_000
    return view(ledger_rows.items(), cut_off_ms=1)


@pytest.mark.slow
def test_measures_find_the_children_that_are_there(board: BoardView, truth: dict[str, Any]) -> None:
    for quarter, expected in truth["quarters"].items():
        start, end = bounds(quarter)
        found = {
            "M1": children_with_concern(board, start, end),
            "M9": children_missing(board, start, end),
            "M10": children_repeat_missing(board, start, end, 3, 90),
        }
        # A mistyped or blank NHS number here and there leaves one record unlinked.
        for measure, counted in found.items():
            assert len(counted.children) == pytest.approx(expected[measure]["recorded"], abs=4), (quarter, measure)


@pytest.mark.slow
def test_nearly_every_event_is_linked(board: BoardView) -> None:
    assert board.linked_events > 0.95 * board.child_events
