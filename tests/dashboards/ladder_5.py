"""Releases on ladder 5 for pages and files: the grid of the demo's board, with figures where a test gives them."""

from __future__ import annotations

from analysis.disclosure.ladders import LADDERS
from models.releases import Cell, CellState, Release
from tests.dashboards.ladder_4 import on_ladder

LADDER = LADDERS[5]


def ladder_5(window: str, **board: CellState | int) -> Release:
    """Every cell of the ladder, figures most of them; the board's own cells have the states or figures given."""
    states = {name: said for name, said in board.items() if isinstance(said, CellState)}
    figures = {name: said for name, said in board.items() if not isinstance(said, CellState)}
    release = on_ladder(LADDER, window, states)
    return release.model_copy(update={"cells": tuple(_with(cell, figures) for cell in release.cells)})


def _with(cell: Cell, figures: dict[str, int]) -> Cell:
    own = (cell.level, cell.sector, cell.indicator) == ("board", "any", "any") and cell.measure in figures
    return cell.model_copy(update={"state": CellState.FIGURE, "value": figures[cell.measure]}) if own else cell
