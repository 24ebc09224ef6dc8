"""The file that `protect` writes and `audit` reads: releases with the ladder, parameters and shape to check them.

It holds published values only. It never holds a count, a key, or a hash of anything unprotected.
"""

from __future__ import annotations

from typing import Literal

from analysis.disclosure.algebra import Published
from analysis.disclosure.cells import ANY, CellKey, Shape, sector
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import KeyedNoise, Protected, Rule
from models.contract.fields import Closed, Window
from models.releases import BoardShape as ShapeData
from models.releases import Cell, GateResult, NoiseParameters, Parameters, Release
from models.releases.release import KR5Parameters

__all__ = [
    "GateResult",
    "ReleaseFile",
    "ShapeData",
    "Tables",
    "cell_of",
    "key_of",
    "published_release",
    "rule_of",
    "shape_from",
]


class Tables(Closed):
    """All released cells of one window."""

    release_id: str
    window: Window
    cells: tuple[Cell, ...]


class ReleaseFile(Closed):
    """The releases of one board with one cut-off."""

    format: Literal["ypsem.protected.v1"] = "ypsem.protected.v1"
    board: str
    cut_off: str
    synthetic: bool = False
    ladder: Ladder
    parameters: Parameters = KR5Parameters()
    shape: ShapeData
    releases: tuple[Tables, ...]
    gate: GateResult | None = None

    def published(self) -> Published:
        """The published cells, as an attacker reads them."""
        cells = {key_of(cell, tables.window): _shown(cell) for tables in self.releases for cell in tables.cells}
        names = tuple(tables.release_id for tables in self.releases)
        return Published(self.cut_off, self.ladder, cells, rule_of(self.parameters), names)

    def board_shape(self) -> Shape:
        """How the board's cells nest."""
        return shape_from(self.board, self.shape)


def shape_from(board: str, shape: ShapeData) -> Shape:
    """How the cells of a board nest, according to a release."""
    return Shape(board, shape.towns, shape.wards, shape.sectors, shape.indicators)


def rule_of(parameters: KR5Parameters | NoiseParameters) -> Rule:
    """The rule with these parameters. Raises `ValueError` if they do not fit together."""
    if isinstance(parameters, NoiseParameters):
        return KeyedNoise(parameters.deviation, parameters.base, parameters.lowest)
    return KR5(parameters.threshold, parameters.base, parameters.width, parameters.coalition)


def published_release(release: Release) -> Published:
    """The cells of a stored release, as an attacker reads them. Raises `ValueError` for an unknown ladder version."""
    if release.ladder_version not in LADDERS:
        raise ValueError(f"ladder version {release.ladder_version} is not known")
    cells = {key_of(cell, release.window): _shown(cell) for cell in release.cells}
    rule, names = rule_of(release.parameters), (release.release_id,)
    return Published(release.cut_off.isoformat(), LADDERS[release.ladder_version], cells, rule, names)


def key_of(cell: Cell, window: str) -> CellKey:
    """The key of a released cell."""
    who = ANY if cell.sector == ANY else sector(cell.sector)
    return CellKey(cell.measure, window, cell.level, cell.area, who, cell.indicator)


def cell_of(key: CellKey, shown: Protected) -> Cell:
    """The released cell for a key."""
    return Cell(
        measure=key.measure,
        level=key.level,
        area=key.area,
        sector=key.who.removeprefix("sector:"),
        indicator=key.indicator,
        state=shown.state,
        value=shown.value,
    )


def _shown(cell: Cell) -> Protected:
    return Protected(cell.state, cell.value)
