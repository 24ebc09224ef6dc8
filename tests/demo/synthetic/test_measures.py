"""The truth, counted from the world, is what the measures find after the agencies' part of the road."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.ledger.row import Row
from analysis.measures.children import BoardView, view
from models.contract.periods import bounds
from tests.support.counting import counted


@pytest.fixture(scope="module")
def board(ledger_rows: dict[str, Row]) -> BoardView:
    """Every final export, read, minted under keys of eight agencies with one link key, and folded."""
    assert len(ledger_rows) >= 20_000
    return view(ledger_rows.items(), cut_off_ms=1)


@pytest.mark.slow
def test_measures_find_the_children_that_are_there(board: BoardView, truth: dict[str, Any]) -> None:
    for quarter, expected in truth["quarters"].items():
        # A mistyped or blank NHS number here and there leaves one record unlinked.
        for measure in ("M1", "M9", "M10"):
            found = counted(board, f"{measure.lower()}_children", *bounds(quarter))
            assert len(found) == pytest.approx(expected[measure]["recorded"], abs=4), (quarter, measure)


@pytest.mark.slow
def test_nearly_every_event_is_linked(board: BoardView) -> None:
    assert board.linked_events > 0.95 * board.child_events
