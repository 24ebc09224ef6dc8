"""Builds the release of one board and window: count, protect, pass the gate, lay out the full grid (disclosure.md 2).

Ladder version 1: board by quarter; M1, M9 and M10 children, no split. What is not on the ladder is not in a release,
and what the gate cannot make safe beside the earlier releases does not leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from analysis.disclosure.build import build
from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import tally_of_board
from analysis.disclosure.kr5 import RoundingKeys
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.release_file import cell_of, published_release
from analysis.ledger.row import Row
from analysis.measures import m1, m9, m10
from analysis.measures.children import BoardView, view
from analysis.measures.counted import Counted
from models.contract.periods import bounds, quarters_between
from models.register import Board, Register
from models.releases import Release

LADDER_VERSION = 1


def closed_windows(board: Board, register_from: date, today: date) -> list[str]:
    """Quarters whose cut-off (window end plus the board's cut-off days) has passed, oldest first."""
    return quarters_between(register_from, today - timedelta(days=board.cut_off_days))


def linked_class(linked: int, total: int) -> str:
    """The share of events with a token in ten-point classes, so that no event moves it (decision 4)."""
    if total == 0:
        return "no events"
    tenth = min(10 * linked // total, 9)
    names = {0: "under 10%", 9: "90% or more"}
    return names.get(tenth, f"{tenth}0-{tenth}9%")


def build_release(
    register: Register,
    board: Board,
    window: str,
    seen: BoardView,
    keys: RoundingKeys,
    cut_off: datetime,
    earlier: Sequence[Release] = (),
) -> Release:
    """The release of a window from its board as seen at the cut-off; the same arguments give the same bytes.

    `earlier` is every release of the board there has been, withdrawn ones included: the gate audits this one beside
    them and raises `GateClosed` when nothing safe can be said. `cut_off` is the release's one timestamp: records the
    broker had later do not count (decision 17), so `seen` must come from `board_at` with the same one.
    """
    start, end = bounds(window)
    shape = Shape.of(register, board, ())
    counted = {name: found.by_agency for name, found in counted_measures(board, seen, start, end).items()}
    archive = [published_release(release) for release in earlier]
    made = build(
        tally_of_board(shape, window, counted), LADDERS[LADDER_VERSION], [window], keys, cut_off.isoformat(), archive
    )
    cells = tuple(cell_of(key, shown) for key, shown in sorted(made.cells.items()))
    expected = [a.id for a in register.agencies_of(board.code) if a.returns_from < end]
    return Release.model_validate(
        {
            "release_id": f"{board.code}.{window}.l{LADDER_VERSION}",
            "board": board.code,
            "window": window,
            "starts_on": start,
            "ends_before": end,
            "cut_off": cut_off.astimezone(UTC),
            "ladder_version": LADDER_VERSION,
            "register_version": register.version,
            "boundary_set": board.boundary_set,
            "synthetic": register.synthetic,
            "linked_share": linked_class(seen.linked_events, seen.child_events),
            "agencies_returned": sum((agency, window) in seen.returns for agency in expected),
            "agencies_expected": len(expected),
            "cells": cells,
        }
    )


def board_at(rows: Iterable[tuple[str, Row]], cut_off: datetime) -> BoardView:
    """The board as the broker's records up to the cut-off show it; serves every window with that cut-off."""
    return view(rows, int(cut_off.timestamp() * 1000))


def counted_measures(board: Board, seen: BoardView, start: date, end: date) -> dict[str, Counted]:
    """The measures of ladder version 1, exact: for the release rule only."""
    rule = board.repeat_missing
    return {
        "m1_children": m1.children_with_concern(seen, start, end),
        "m9_children": m9.children_missing(seen, start, end),
        "m10_children": m10.children_repeat_missing(seen, start, end, rule.episodes, rule.days),
    }
