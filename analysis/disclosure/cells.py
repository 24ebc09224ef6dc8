"""Which cell: what is counted, when, where, by whom, of what kind; and how a board's areas and agencies nest."""

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
"""Latent indicator: children of the cell for whom no listed indicator was recorded."""
ELSEWHERE = "ZZ"
"""Latent area: in the board's total, but in none of its towns or wards (out of the board, or not known)."""


class CellKey(NamedTuple):
    """Names one cell of one board; sorts in a fixed order that holds no figure."""

    measure: str
    window: str
    level: Level
    area: str
    who: str = ANY
    """`any`, `sector:<sector>`, `agency:<id>`, or `agency:<id>+<id>` for agencies that pool what they know."""
    indicator: str = ANY

    @property
    def place(self) -> Place:
        """Where it is, for looking up what it is part of."""
        return self.level, self.area

    @property
    def label(self) -> str:
        """One readable string, unique within a board."""
        return "|".join(self)


def sector(name: str) -> str:
    """The `who` of a sector."""
    return f"sector:{name}"


def pooled(agencies: tuple[str, ...]) -> str:
    """The `who` of one agency, or of several that pool what they know."""
    return "agency:" + "+".join(sorted(agencies))


@dataclass(frozen=True)
class Shape:
    """How a board's cells nest: wards in towns (or straight in the board), agencies in sectors. Public knowledge."""

    board: str
    towns: Mapping[str, tuple[str, ...]]
    """Town -> its wards; empty where the board has no town level."""
    wards: tuple[str, ...]
    sector_of: Mapping[str, str]
    """Agency -> sector."""
    indicators: tuple[str, ...] = ()

    @classmethod
    def of(cls, register: Register, board: Board, indicators: tuple[str, ...]) -> Shape:
        """The shape that the register gives a board."""
        towns = {t.code: tuple(sorted(w.code for w in board.wards if w.town == t.code)) for t in board.towns}
        sectors = {agency.id: str(agency.sector) for agency in register.agencies_of(board.code)}
        return cls(board.code, towns, tuple(sorted(w.code for w in board.wards)), sectors, indicators)

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """Sectors with at least one agency."""
        return tuple(sorted(set(self.sector_of.values())))

    @cached_property
    def agencies_in(self) -> dict[str, frozenset[str]]:
        """Sector -> its agencies."""
        return {s: frozenset(a for a, of in self.sector_of.items() if of == s) for s in self.sectors}

    @cached_property
    def _town_of(self) -> dict[str, str]:
        return {ward: town for town, wards in self.towns.items() for ward in wards}

    def agencies_of(self, who: str) -> frozenset[str]:
        """The agencies whose children a cell counts."""
        if who == ANY:
            return frozenset(self.sector_of)
        kind, name = who.split(":", 1)
        return self.agencies_in[name] if kind == "sector" else frozenset(name.split("+"))

    def places(self, level: Level) -> tuple[str, ...]:
        """The areas shown at a level."""
        return {"board": (self.board,), "town": tuple(sorted(self.towns)), "ward": self.wards}[level]

    def has_home(self, area: str) -> bool:
        """Whether an area is one of the board's own."""
        return area in self._town_of or area in self.towns or area in self.wards

    def chain(self, area: str) -> tuple[Place, ...]:
        """Every place a child of this home area counts in, latent ones included, finest first.

        `area` is a ward, a town (for a ward too small to name) or anything else, which is elsewhere.
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
        """The places whose children add up to this one's, latent ones included; nothing for a ward."""
        level, area = place
        if level == "board":
            below: Level = "town" if self.towns else "ward"
            return (*((below, name) for name in self.places(below)), (below, ELSEWHERE))
        if level == "town" and area in self.towns:
            return (*(("ward", ward) for ward in self.towns[area]), ("ward", _rest(area)))
        return ()


def latent(area: str) -> bool:
    """Whether an area is one that no release shows: the rest of a board or town, where a home is not known."""
    return area == ELSEWHERE or area.endswith(f"-{ELSEWHERE}")


def _rest(town: str) -> str:
    return f"{town}-{ELSEWHERE}"
