"""Finds the outlines of a board beside the register, and keeps the grounds of maps until a file changes.

`outlines-<boundary set>.geojson` in the folder of the register holds the wards of one boundary set. Without that file
maps are of hexagons.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Literal

from dashboards.geography.ground import ground
from dashboards.geography.layout import hexagons
from dashboards.geography.reading import Outlines, OutlinesError, read
from dashboards.geography.rings import Point, Ring, neighbours
from dashboards.pictures.ground import Ground
from models.register import Board, Register

log = logging.getLogger(__name__)

Kind = Literal["outlines", "hexagons"]
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")
WIDEST = 112
"""Of a hexagon in px."""
_MOST = 64
"""Grounds that are kept: more than all boards of one installation have."""


def path_of(directory: Path, boundary_set: str) -> Path | None:
    """Where the outlines of a boundary set are looked for; None for a name that cannot be a file's."""
    return directory / f"outlines-{boundary_set}.geojson" if _NAME.match(boundary_set) else None


@dataclass(frozen=True)
class Laid:
    """A ground, and how it came about."""

    ground: Ground
    kind: Kind
    from_outlines: bool
    """Whether places lie as on the ground: hexagons from borders alone have no north."""
    credit: str
    """Whom the outlines ask to be named."""


class Maps:
    """The grounds of the boards' maps."""

    def __init__(self, directory: Path) -> None:
        """`directory`: of the register."""
        self.directory = directory
        self._outlines: dict[tuple[str, int, int, frozenset[str]], Outlines | None] = {}
        self._laid: dict[tuple[object, ...], Laid] = {}

    def check(self, register: Register) -> None:
        """Read the outlines of every board that has some; raises `OutlinesError`, which names the file."""
        for board in register.boards:
            path = path_of(self.directory, board.boundary_set)
            if path is not None and path.is_file():
                checked(path, _wards(register, board.boundary_set))

    def laid(self, register: Register, board: Board, kind: Kind, *, by_town: bool) -> Laid | None:
        """The ground of one map, kept from the last time. None for outlines that there are not, or for no wards."""
        outlines = self._found(register, board.boundary_set)
        if not board.wards or (kind == "outlines" and outlines is None):
            return None
        # What lies behind a ground: whose it is, the wards with their towns and borders, and the outlines.
        key = (board.code, kind, by_town, board.places_digest, id(outlines) if outlines else 0)
        if key not in self._laid:
            if len(self._laid) >= _MOST:
                self._laid.clear()
            self._laid[key] = _lay(board, kind, outlines, by_town)
        return self._laid[key]

    def _found(self, register: Register, boundary_set: str) -> Outlines | None:
        path = path_of(self.directory, boundary_set)
        try:
            stamp = path.stat() if path is not None else None
        except OSError:
            stamp = None
        if path is None or stamp is None:
            return None
        wards = frozenset(_wards(register, boundary_set))
        key = (boundary_set, stamp.st_mtime_ns, stamp.st_size, wards)
        if key not in self._outlines:
            try:
                self._outlines[key] = checked(path, wards)
            except (OutlinesError, OSError):
                log.error("outlines on disk cannot be used; the maps of their boards are of hexagons")
                self._outlines[key] = None
        return self._outlines[key]


def checked(path: Path, wards: frozenset[str] | set[str]) -> Outlines:
    """The outlines in a file; raises `OutlinesError`, which names the file, and `OSError` for one that is not there."""
    try:
        return read(path.read_bytes(), wards)
    except OutlinesError as error:
        raise OutlinesError(f"{path.name}: {error}") from None


def strangers(board: Board, outlines: Outlines) -> tuple[tuple[str, str], ...]:
    """Wards that the register calls neighbours and that share no side here, and the other way round: pairs of codes."""
    beside = neighbours({ward.code: outlines.rings[ward.code] for ward in board.wards})
    listed = {frozenset((ward.code, other)) for ward in board.wards for other in ward.neighbours}
    drawn = {frozenset((code, other)) for code, others in beside.items() for other in others}
    return tuple(sorted((min(pair), max(pair)) for pair in listed ^ drawn))


def _wards(register: Register, boundary_set: str) -> set[str]:
    """The wards of every board that has this boundary set."""
    return {ward.code for board in register.boards if board.boundary_set == boundary_set for ward in board.wards}


def _lay(board: Board, kind: Kind, outlines: Outlines | None, by_town: bool) -> Laid:
    towns = {ward.code: ward.town for ward in board.wards}
    known = outlines is not None
    if outlines is not None and kind == "outlines":
        rings: dict[str, tuple[Ring, ...]] = {code: outlines.rings[code] for code in towns}
    else:
        where = {code: _middle(outlines.rings[code]) for code in towns} if outlines is not None else None
        in_towns = sorted(board.wards, key=lambda ward: (ward.town, ward.name.casefold()))
        laid = hexagons({ward.code: ward.neighbours for ward in in_towns}, where)
        rings = {code: (laid[code],) for code in towns}
    most = inf if kind == "outlines" else WIDEST
    return Laid(
        ground(rings, towns, by_town=by_town, most=most), kind, known, outlines.credit if outlines is not None else ""
    )


def _middle(rings: tuple[Ring, ...]) -> Point:
    points = [point for ring in rings[:1] for point in ring]
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
