"""Who knows of a child that is counted: by its records, by its role, and by the case system that it shares.

No cell depends on it. It says whom an attack on a release should be tried as, and with what (docs/running.md says what
the register tells).
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
    """Role -> the agencies that get to see such work, whoever did it."""
    shares: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Agency -> those of one case system with it, itself left out."""

    @classmethod
    def of(cls, register: Register, board: Board) -> Self:
        """As the register has it; sharing a system is said by one of two and holds for both, and goes no further."""
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
        return cls(*({name: frozenset(found) for name, found in one.items()} for one in (sees, shares)))

    def knowers(self, occurrence: Occurrence, agency: str) -> tuple[str, ...]:
        """Who knows of an occurrence as far as one of its agencies reported it, in order."""
        found = {agency} if occurrence.known_to is None else set(occurrence.known_to)
        found |= {seer for role in occurrence.roles for seer in self.sees.get(role, ())}
        return tuple(sorted(found.union(*(self.shares.get(one, ()) for one in found))))
