"""A release that holds every state at every level, with the names of the demo's register."""

from __future__ import annotations

from ctypes.util import find_library

import pytest

from dashboards.exports import formats
from dashboards.exports.document import ExportDocument, document
from dashboards.labels import Names
from models.contract.codes import Indicator, Sector
from models.register import load_register
from models.releases import Cell, CellState, Release
from tests.dashboards.conftest import REGISTER
from tests.models.store.factories import BOARD, make_cell, make_release

NAMES = Names.of(load_register(REGISTER), BOARD)
BOARD_ENTRY = load_register(REGISTER).board_by_code[BOARD]
SECTORS, INDICATORS = ("education", "police"), ("GIFTS_MONEY", "SCHOOL_ABSENCE")
MEASURES = ("m1_children", "m9_children", "m10_children")
TOWNS = tuple(town.code for town in BOARD_ENTRY.towns)
WARDS = tuple(ward.code for ward in BOARD_ENTRY.wards)
AGENCIES = ("aldermere-police", "aldermere-health", "aldermere-schools")
STATES = list(CellState)

PANGO = find_library("pango-1.0") is not None
needs_pango = pytest.mark.skipif(not PANGO, reason="libpango is not installed, so there is no PDF")
WRITTEN = [suffix for suffix in formats.FORMATS if suffix != "pdf" or PANGO]
"""The formats that can be written here."""
SUFFIXES = [pytest.param(suffix, marks=needs_pango) if suffix == "pdf" else suffix for suffix in formats.FORMATS]
"""Parameters of a test that holds for every format."""


def in_turn(at: int, **dims: str) -> Cell:
    """A cell in the state whose turn it is; every figure of a release is another one."""
    state = STATES[at % len(STATES)]
    value = 10 + 5 * at if state is CellState.FIGURE else None
    return make_cell(**{"state": state, "value": value, **dims})  # type: ignore[arg-type]


def full() -> Release:
    """All of it, in an order that is not the files'."""
    measures = ("m9_children", "m1_children", "m10_children")
    dims: list[dict[str, str]] = [{"measure": measure} for measure in measures]
    dims += [{"sector": sector.value} for sector in reversed(Sector)]
    dims += [{"indicator": indicator.value} for indicator in Indicator]
    dims += [{"agency": agency} for agency in AGENCIES]
    dims += [{"sector": "police", "indicator": indicator.value} for indicator in list(Indicator)[:7]]
    areas = [("town", f"{BOARD}-T{n}") for n in range(6, 0, -1)] + [("ward", f"X050000{n:02d}") for n in range(1, 25)]
    dims += [{"measure": measure, "level": level, "area": area} for level, area in areas for measure in measures]
    return make_release(cells=tuple(in_turn(at, **one) for at, one in enumerate(dims)))


def full_document() -> ExportDocument:
    """Its document."""
    return document(full(), NAMES)


def ladder_2(window: str) -> Release:
    """A release with the cells of ladder 2, for two sectors and indicators; states by turns, all figures different."""
    year = window.endswith("FY")
    dims: list[dict[str, str]] = [{"measure": m} for m in MEASURES]
    dims += [{"sector": s, "measure": m} for s in SECTORS for m in (MEASURES if year else MEASURES[:1])]
    dims += [{"indicator": i} for i in INDICATORS]
    dims += [{"sector": s, "indicator": i} for s in SECTORS for i in INDICATORS]
    for town in TOWNS:
        at = {"level": "town", "area": town}
        dims += [at | {"measure": m} for m in MEASURES]
        dims += [at | {"indicator": i} for i in INDICATORS] + [at | {"sector": s} for s in SECTORS]
    if year:
        dims += [{"level": "ward", "area": ward, "measure": m} for ward in WARDS for m in MEASURES]
    return make_release(window, tuple(in_turn(n, **one) for n, one in enumerate(dims)), ladder_version=2)
