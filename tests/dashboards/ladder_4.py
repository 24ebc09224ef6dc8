"""Releases on ladder 4 for pages and files: the whole grid of the demo's board, made with noise."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import Protected
from analysis.disclosure.release_file import cell_of
from models.register import load_register
from models.releases import CellState, NoiseParameters, Release
from tests.dashboards.conftest import REGISTER
from tests.dashboards.ladder_3 import GAP, LINKS, sessions_of
from tests.models.store.factories import make_release

LADDER = LADDERS[4]
_register = load_register(REGISTER)
SHAPE = Shape.of(_register, _register.boards[0], ("GIFTS_MONEY", "SCHOOL_ABSENCE"))


def ladder_4(window: str, **states: CellState) -> Release:
    """Every cell of the ladder, figures most of them; the board's own cells have the states given by measure."""
    return on_ladder(LADDER, window, states)


def on_ladder(ladder: Ladder, window: str, states: Mapping[str, CellState]) -> Release:
    """The same of any ladder since 4."""
    cells = tuple(cell_of(key, _shown(at, key, states)) for at, key in enumerate(ladder.grid(window, SHAPE)))
    more = {"parameters": NoiseParameters(), "training": sessions_of(window), "links": LINKS}
    return make_release(window, cells, ladder_version=ladder.version, **more)


def _shown(at: int, key: CellKey, states: Mapping[str, CellState]) -> Protected:
    if (key.level, key.who, key.indicator) == ("board", "any", "any") and key.measure in states:
        return Protected(states[key.measure])
    if key.who == f"sector:{GAP[0]}" and key.measure == f"m6_{GAP[1]}":
        return Protected(CellState.LOW)
    if (key.level, key.who != "any") == ("town", True) and at % 4:
        return Protected((CellState.NO_RETURN, CellState.NOT_RECORDED, CellState.NOT_APPLICABLE)[at % 4 - 1])
    if key.level != "board" and at % 3 == 0:
        return Protected(CellState.LOW)
    whole = 400 if key.who == "any" else 100
    return Protected(CellState.FIGURE, whole - 5 * (at % 9) if key.level == "board" else 10 + 5 * (at % 7))
