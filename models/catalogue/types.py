"""The catalogue as data: each indicator with its label, category, tier, observers and evidence (docs/domain.md)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.contract.codes import Indicator, IndicatorCategory, Sector

NOT_CODES = frozenset({Indicator.UNKNOWN, Indicator.NOT_RECORDED})
SECTORS = tuple(sector for sector in Sector if sector not in (Sector.UNKNOWN, Sector.NOT_RECORDED))


class Tier(StrEnum):
    """How strongly published tools weigh a sign; never a number, and never summed over a child."""

    SIGNIFICANT = "significant"
    MODERATE = "moderate"
    VULNERABILITY = "vulnerability"


class CatalogueEntry(BaseModel):
    """One indicator. A board may change everything but the code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Indicator
    label: Annotated[str, Field(min_length=2, max_length=80)]
    definition: Annotated[str, Field(min_length=2, max_length=160)]
    category: IndicatorCategory
    tier: Tier
    observers: Annotated[tuple[Sector, ...], Field(min_length=1)]
    """Sectors in a position to see it."""
    evidence: tuple[str, ...] = ()
    used: bool = True
    """A board that does not use an indicator sets this to false; its codes are then expected of nobody."""


class Catalogue(BaseModel):
    """One dated version; `version` is the day it comes into force."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: date
    indicators: tuple[CatalogueEntry, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        seen = Counter(entry.code for entry in self.indicators)
        if twice := sorted(code for code, times in seen.items() if times > 1):
            raise ValueError(f"listed twice: {twice}")
        if missing := sorted(set(Indicator) - NOT_CODES - seen.keys()):
            raise ValueError(f"not listed (set used: false instead of leaving one out): {missing}")
        if stray := sorted(NOT_CODES & seen.keys()):
            raise ValueError(f"not an indicator: {stray}")
        return self

    @cached_property
    def by_code(self) -> dict[str, CatalogueEntry]:
        """Entries by code."""
        return {str(entry.code): entry for entry in self.indicators}

    @cached_property
    def significant(self) -> frozenset[str]:
        """Codes of the significant tier that the board uses."""
        return frozenset(str(e.code) for e in self.indicators if e.used and e.tier is Tier.SIGNIFICANT)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Categories with at least one used indicator, in the contract's order."""
        used = {entry.category for entry in self.indicators if entry.used}
        return tuple(str(category) for category in IndicatorCategory if category in used)

    @cached_property
    def _expected(self) -> dict[str, tuple[str, ...]]:
        return {
            str(sector): tuple(str(e.code) for e in self.indicators if e.used and sector in e.observers)
            for sector in SECTORS
        }

    def expected(self, sector: str, category: str | None = None) -> tuple[str, ...]:
        """The observer matrix: codes a sector is expected to record (docs/domain.md), of one category if given."""
        codes = self._expected.get(sector, ())
        return codes if category is None else tuple(c for c in codes if self.by_code[c].category == category)
