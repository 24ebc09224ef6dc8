"""Whose act it is: which sectors owe what about a child, by what the register says that their agencies send and see.

The one home of that rule. A measure that asks whether something was done about a child is charged to the sector that
owes it, not to whoever was near: a school whose concern nobody screened has missed nothing.

- Return interviews: the local authority sees that one is offered within 72 hours, by somebody independent (DfE 2014).
- Screening, responses and lead practitioners: local agreement says who completes the tool, who answers, who leads
  (docs/domain.md#duties). The register has it as the kinds of record an agency sends by its agreement
  (`child_records`).
- Signs: what a sector is expected to see is the catalogue's (`Catalogue.expected`); that it keeps them as observations,
  and not only inside concerns, is the register's.

An agency whose entry lists no kinds owes nothing here: it is not said.
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
    """Which sectors of a board owe which act."""

    by_act: tuple[tuple[Act, frozenset[str]], ...] = ()

    @classmethod
    def of(cls, register: Register, board: Board) -> Self:
        """By the agencies of a board."""
        found: dict[Act, set[str]] = {}
        for agency in register.agencies_of(board.code):
            for kind in agency.child_records or ():
                if act := _BY_RECORD.get(kind):
                    found.setdefault(act, set()).add(str(agency.sector))
        return cls(tuple((act, frozenset(sectors)) for act, sectors in sorted(found.items())))

    def who(self, act: Act) -> frozenset[str]:
        """The sectors that owe an act; nobody where the register does not say."""
        return next((sectors for of, sectors in self.by_act if of == act), frozenset())
