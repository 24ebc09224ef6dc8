"""A release that holds every state at every level, with the names of the demo's register."""

from __future__ import annotations

from ctypes.util import find_library

import pytest

from dashboards.exports import formats
from dashboards.exports.document import Document, Names, document
from models.contract.codes import Indicator, Sector
from models.register import load_register
from models.releases import Cell, CellState, Release
from tests.dashboards.conftest import REGISTER
from tests.models.store.factories import BOARD, make_cell, make_release

NAMES = Names.of(load_register(REGISTER), BOARD)
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


def full_document() -> Document:
    """Its document."""
    return document(full(), NAMES)
