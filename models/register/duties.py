"""Which sectors owe which act about a child: the one home of that rule.

Shares of work on pages and training needs are charged to the sector that owes the act, not to any sector that knew the
child: a school whose concern nobody screened has missed nothing.

- Return interviews: the local authority has somebody independent offer one within 72 hours (DfE 2014). Screening,
  responses and lead practitioners: local agreement says who completes the tool, who answers, who leads
  (docs/domain.md#duties). The register says both: `owes` of an agency.
- Signs and concerns: the catalogue says which signs a sector is expected to see (`Catalogue.expected`). The register
  says whether an agency sends observations and concerns at all: `child_records`.

An agency whose entry names neither owes nothing here, because the register does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from models.register.types import Board, ChildRecord, Register, Role

Act = Literal["observe", "raise"] | Role
_BY_RECORD: Mapping[ChildRecord, Act] = {"indicator_observed": "observe", "cse_concern": "raise"}


@dataclass(frozen=True, slots=True)
class Duties:
    """The sectors of a board that owe each act."""

    by_act: tuple[tuple[Act, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, register: Register, board: Board) -> Self:
        """The duties of a board's agencies."""
        owing: dict[Act, set[str]] = {}
        for agency in register.agencies_of(board.code):
            records = [_BY_RECORD[kind] for kind in agency.child_records or () if kind in _BY_RECORD]
            for act in (*records, *agency.owes):
                owing.setdefault(act, set()).add(str(agency.sector))
        return cls(tuple((act, frozenset(sectors)) for act, sectors in sorted(owing.items())))

    def who(self, act: Act) -> frozenset[str]:
        """The sectors that owe an act; none if the register does not say."""
        return next((sectors for owed, sectors in self.by_act if owed == act), frozenset())
