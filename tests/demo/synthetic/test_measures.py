"""The truth, counted from the world, is what the measures find after the agencies' part of the road."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agencies.keys import create_keys, load_keys
from agencies.mint import Minted, Minter
from agencies.rows import SourceRow
from analysis.ledger.row import Record, Row, fold
from analysis.measures.children import BoardView, view
from analysis.measures.m1 import children_with_concern
from analysis.measures.m9 import children_missing
from analysis.measures.m10 import children_repeat_missing
from models.contract.events import short_name
from models.contract.periods import bounds
from models.register import load_register
from tests.demo.synthetic.support import EARLIER_EDITIONS, REGISTER, TODAY, reading


@pytest.fixture(scope="module")
def board(exports: Path, manifest: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> BoardView:
    """Every final export, read, minted under keys of eight agencies with one link key, and folded."""
    register = load_register(REGISTER)
    root = tmp_path_factory.mktemp("keys")
    rows: dict[str, Row] = {}
    for file in manifest["files"]:
        agency = file["agency"]
        if not (root / agency).exists():
            link = next(root.glob("*/link-1.key"), None)
            create_keys(root / agency, link)
        if Path(file["path"]).name in EARLIER_EDITIONS:
            continue
        minter = Minter(agency, register, load_keys(root / agency), TODAY, file["options"].get("board"))
        for number, row in enumerate(reading(exports, file, register)):
            if isinstance(row, SourceRow):
                minted = minter.mint(row)
                assert isinstance(minted, Minted)
                data = dict(minted.data)
                record = Record(minted.event_id, 0, short_name(minted.event_type), data, file["order"], number, 1)
                rows[minted.event_id] = fold(None, record)
    assert len(rows) >= 20_000
    return view(rows.items(), cut_off_ms=1)


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
