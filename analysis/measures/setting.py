"""What measures need to know besides the records: the register, the catalogue, and how far the records reach."""

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
"""Of an agency that the register no longer has."""


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
    """The first London day of which the records say nothing: what could still happen after it is pending."""
    looked_after: int | None = None
    """Children looked after when the window begins, where the board gives it (903)."""
    reference_shares: Mapping[str, float] = field(default_factory=dict)
    """Sector -> share of concerns the board expects, instead of the sector's own past."""

    @classmethod
    def of(cls, register: Register, board: Board, known_to: date, catalogue: Catalogue | None = None) -> Self:
        """From the register and the catalogue in force."""
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
        """The sector of an agency; `unknown` for one that the register no longer has."""
        return self.sector_of.get(agency, UNKNOWN_SECTOR)

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors with an agency on the board, in order."""
        return tuple(sorted(set(self.sector_of.values())))
