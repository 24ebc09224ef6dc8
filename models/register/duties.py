"""Which sectors owe which act about a child, by the records that the register lets their agencies send.

Training needs use this rule. A measure that asks whether something was done about a child is charged to the sector that
owes it, not to any sector that knew the child: a school whose concern nobody screened has missed nothing. The pages of
measures go by `Agency.owes` instead.

- Return interviews: the local authority has somebody independent offer one within 72 hours (DfE 2014).
- Screening, responses and lead practitioners: local agreement says who completes the tool, who answers, who leads
  (docs/domain.md#duties). In the register these are the kinds of record that an agency's agreement
  lists (`child_records`).
- Signs: the catalogue says which signs a sector is expected to see (`Catalogue.expected`). The register says whether it
  sends them as observations, and not only inside concerns.

An agency whose entry lists no kinds owes nothing here, because the register does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from models.register.types import Board, ChildRecord, Register

Act = Literal["observe", "raise", "screen", "interview", "respond"]
_BY_RECORD: Mapping[ChildRecord, Act] = {
    "indicator_observed": "observe",
    "cse_concern": "raise",
    "screening": "screen",
    "return_interview": "interview",
    "response": "respond",
}


@dataclass(frozen=True, slots=True)
class Duties:
    """The sectors of a board that owe each act."""

    by_act: tuple[tuple[Act, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, register: Register, board: Board) -> Self:
        """The duties of a board's agencies."""
        found: dict[Act, set[str]] = {}
        for agency in register.agencies_of(board.code):
            for kind in agency.child_records or ():
                if act := _BY_RECORD.get(kind):
                    found.setdefault(act, set()).add(str(agency.sector))
        return cls(tuple((act, frozenset(sectors)) for act, sectors in sorted(found.items())))

    def who(self, act: Act) -> frozenset[str]:
        """The sectors that owe an act; none if the register does not say."""
        return next((sectors for of, sectors in self.by_act if of == act), frozenset())
