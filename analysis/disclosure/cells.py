"""The key of a cell (measure, window, area, sector, indicator), and how a board's areas and agencies nest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from models.register import Board, Register

Level = Literal["board", "town", "ward"]
Place = tuple[Level, str]

ANY = "any"
NONE_RECORDED = "none_recorded"
"""Hidden indicator: the children of a cell for whom no listed indicator was recorded."""
ELSEWHERE = "ZZ"
"""Hidden area: children in the board's total who are in none of its towns or wards (outside it, or not known)."""


class CellKey(NamedTuple):
    """The name of one cell of one board. Keys sort in a fixed order that depends on no figure."""

    measure: str
    window: str
    level: Level
    area: str
    who: str = ANY
    """`any`, `sector:<sector>`, `agency:<id>`, or `agency:<id>+<id>` for agencies that pool what they know."""
    indicator: str = ANY

    @property
    def place(self) -> Place:
        """Level and area of the cell, for looking up the places that it is part of."""
        return self.level, self.area

    @property
    def label(self) -> str:
        """The key as one readable string, unique within a board."""
        return "|".join(self)


def sector(name: str) -> str:
    """The `who` of a key for the cells of a sector."""
    return f"sector:{name}"


def pooled(agencies: tuple[str, ...]) -> str:
    """The `who` of a key for one agency, or for several that pool what they know."""
    return "agency:" + "+".join(sorted(agencies))


@dataclass(frozen=True)
class Shape:
    """How a board's cells nest: wards in towns (or directly in the board), agencies in sectors. This is public."""

    board: str
    towns: Mapping[str, tuple[str, ...]]
    """Town -> its wards; empty if the board has no towns."""
    wards: tuple[str, ...]
    sector_of: Mapping[str, str]
    """Agency -> sector."""
    indicators: tuple[str, ...] = ()

    @classmethod
    def of(cls, register: Register, board: Board, indicators: tuple[str, ...]) -> Shape:
        """The shape of a board, from the register."""
        towns = {t.code: tuple(sorted(w.code for w in board.wards if w.town == t.code)) for t in board.towns}
        sectors = {agency.id: str(agency.sector) for agency in register.agencies_of(board.code)}
        return cls(board.code, towns, tuple(sorted(w.code for w in board.wards)), sectors, indicators)

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """The sectors that have at least one agency, sorted."""
        return tuple(sorted(set(self.sector_of.values())))

    @cached_property
    def agencies_in(self) -> dict[str, frozenset[str]]:
        """Sector -> its agencies."""
        return {
            name: frozenset(agency for agency, its_sector in self.sector_of.items() if its_sector == name)
            for name in self.sectors
        }

    @cached_property
    def _town_of(self) -> dict[str, str]:
        return {ward: town for town, wards in self.towns.items() for ward in wards}

    def agencies_of(self, who: str) -> frozenset[str]:
        """The agencies whose children a cell with this `who` counts."""
        if who == ANY:
            return frozenset(self.sector_of)
        kind, name = who.split(":", 1)
        return self.agencies_in[name] if kind == "sector" else frozenset(name.split("+"))

    def places(self, level: Level) -> tuple[str, ...]:
        """The areas that are shown at a level."""
        return {"board": (self.board,), "town": tuple(sorted(self.towns)), "ward": self.wards}[level]

    def has_home(self, area: str) -> bool:
        """Whether an area is a town or ward of the board."""
        return area in self._town_of or area in self.towns or area in self.wards

    def chain(self, area: str) -> tuple[Place, ...]:
        """Every place in which a child with this home area counts, hidden places included, smallest first.

        `area` is a ward, or a town (for a ward too small to name). Anything else counts as elsewhere.
        """
        top: Place = ("board", self.board)
        if area in self._town_of:
            return ("ward", area), ("town", self._town_of[area]), top
        if area in self.towns:
            return ("ward", _rest(area)), ("town", area), top
        if not self.towns and area in self.wards:
            return ("ward", area), top
        return (("town", ELSEWHERE) if self.towns else ("ward", ELSEWHERE)), top

    def parts(self, place: Place) -> tuple[Place, ...]:
        """The places whose children add up to those of a place, hidden places included; empty for a ward."""
        level, area = place
        if level == "board":
            below: Level = "town" if self.towns else "ward"
            return (*((below, name) for name in self.places(below)), (below, ELSEWHERE))
        if level == "town" and area in self.towns:
            return (*(("ward", ward) for ward in self.towns[area]), ("ward", _rest(area)))
        return ()


def latent(area: str) -> bool:
    """Whether no release shows an area: the rest of a board or town, for homes that are not known there."""
    return area == ELSEWHERE or area.endswith(f"-{ELSEWHERE}")


def _rest(town: str) -> str:
    return f"{town}-{ELSEWHERE}"
