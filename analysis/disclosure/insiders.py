"""Which agencies know that a child is counted: by their records, by their role, or by a shared case system.

No cell depends on this. It decides as which agencies an attack on a release is tried, and what these know
(docs/running.md explains the entries of the register).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from analysis.measures.occurrence import Occurrence
from models.register import Board, Register


@dataclass(frozen=True)
class Insiders:
    """What the agencies of a board see of each other's work."""

    sees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Role -> the agencies that see this kind of work, whichever agency did it."""
    shares: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Agency -> the other agencies that share a case system with it."""

    @classmethod
    def of(cls, register: Register, board: Board) -> Self:
        """The insiders of a board, from the register.

        If one agency declares that it shares a system with another, that holds for both. It is not transitive.
        """
        sees: defaultdict[str, set[str]] = defaultdict(set)
        shares: defaultdict[str, set[str]] = defaultdict(set)
        agencies = register.agencies_of(board.code)
        known = {agency.id for agency in agencies}
        for agency in agencies:
            for role in agency.knows:
                sees[role].add(agency.id)
            for other in known.intersection(agency.shares_system_with):
                shares[agency.id].add(other)
                shares[other].add(agency.id)
        return cls(*({name: frozenset(ids) for name, ids in mapping.items()} for mapping in (sees, shares)))

    def knowers(self, occurrence: Occurrence, agency: str) -> tuple[str, ...]:
        """The agencies that know of an occurrence which `agency` reported, sorted."""
        knowing = {agency} if occurrence.known_to is None else set(occurrence.known_to)
        knowing |= {seer for role in occurrence.roles for seer in self.sees.get(role, ())}
        return tuple(sorted(knowing.union(*(self.shares.get(knower, ()) for knower in knowing))))
