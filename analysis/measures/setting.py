"""What measures need besides the records: the register, the catalogue, and the day up to which records reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from analysis.measures.history import Rules
from analysis.returns import ReturnDuty, duty_of
from models.catalogue import Catalogue, shipped
from models.register import Board, Register

UNKNOWN_SECTOR = "unknown"
"""The sector of an agency that the register no longer lists."""


@dataclass(frozen=True, slots=True)
class BoardSetting:
    """One board's settings on a day."""

    sector_of: Mapping[str, str]
    """Agency -> sector, for every agency registered for the board."""
    duties: Mapping[str, ReturnDuty]
    """Agency -> the returns it owes."""
    population_10_17: int
    rules: Rules
    catalogue: Catalogue
    known_to: date
    """The first London day that the records do not cover. Whatever can still happen from that day on is pending."""
    looked_after: int | None = None
    """Number of looked-after children when the window begins (903 return), if the board gives it."""
    reference_shares: Mapping[str, float] = field(default_factory=dict)
    """Sector -> the share of concerns that the board expects, in place of the sector's own past."""

    @classmethod
    def of(cls, register: Register, board: Board, known_to: date, catalogue: Catalogue | None = None) -> Self:
        """The settings of a board, from the register and the catalogue (by default the shipped one)."""
        agencies = register.agencies_of(board.code)
        used = catalogue or shipped()
        return cls(
            {a.id: str(a.sector) for a in agencies},
            {a.id: duty_of(a) for a in agencies},
            sum(ward.population_10_17 for ward in board.wards),
            replace(Rules.of(register, board, known_to), catalogue=used),
            used,
            known_to,
        )

    def sector(self, agency: str) -> str:
        """The sector of an agency; `unknown` for an agency that the register no longer lists."""
        return self.sector_of.get(agency, UNKNOWN_SECTOR)

    @property
    def sectors(self) -> tuple[str, ...]:
        """The sectors that have an agency on the board, sorted."""
        return tuple(sorted(set(self.sector_of.values())))
