"""The audit: what can anyone prove about a small group from what is published?

For each count, and each difference of two counts that is itself a group of children, the audit finds the least and the
greatest value that fit everything published. It never sees a true count, so its verdict reveals none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.lp import AttackerModel, Contradiction, Floats
from analysis.disclosure.search import STANDARD, Policy, Search, verdict
from analysis.disclosure.system import OUTSIDER, Knowledge, System
from analysis.disclosure.targets import NOTHING, Cleared, Named, Sought, Target
from analysis.disclosure.worlds import Worlds

__all__ = ["Auditor", "Failure", "Policy", "Report", "audit", "verdict"]


class Failure(NamedTuple):
    """A proof that a group has `low` to `high` children, and the rule that it breaks.

    P1: the group is not empty, and it is small. P2: the group may be small, and the range is too narrow.
    """

    target: Target
    low: int
    high: int
    rule: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an attacker can prove. `contradictory` means that the published values cannot all be right."""

    attacker: str
    targets: int
    failures: tuple[Failure, ...] = ()
    contradictory: bool = False

    @property
    def safe(self) -> bool:
        """Whether the attacker can prove nothing about a small group, and the published values fit together."""
        return not self.failures and not self.contradictory


class Auditor:
    """Audits one system for one attacker after another. A failure is a proof; a pass proves nothing."""

    def __init__(self, system: System, policy: Policy = STANDARD, worlds: Worlds | None = None) -> None:
        self.system, self.policy, self.worlds = system, policy, worlds
        self._cells = [Target(cell) for cell in system.cells if cell not in system.unprotected]
        parts = {(relation.total, part): n for n, relation in enumerate(system.relations) for part in relation.parts}
        self._pairs = [Target(*pair) for pair in parts]
        self._relation_of = np.array(list(parts.values()), dtype=np.intp)
        self._width = np.array([len(r.parts) if r.kind == "union" else 0 for r in system.relations], dtype=np.intp)
        self._changes = [Target(*pair) for new, old in system.changes for pair in ((new, old), (old, new))]
        index = {cell: column for column, cell in enumerate(system.cells)}
        self._fixed = Sought.of([*self._cells, *self._pairs, *self._changes], index, len(self._changes))
        self._witnesses: list[Floats] = []
        self._cleared: dict[str, Cleared] = {}
        try:
            self._model: AttackerModel | None = AttackerModel(system)
        except Contradiction:
            self._model = None

    def audit(self, attacker: Knowledge = OUTSIDER) -> Report:
        """Find every group whose size the attacker can prove too closely."""
        model, sought, named = self._model, *self._sought(attacker)
        if model is None:
            return Report(attacker.name, len(named), contradictory=True)
        try:
            model.know(attacker)
            search = Search(model, sought, self.policy)
            for earlier in self._cleared.values():
                search.trust(earlier, sought)
            search.replay(self._witnesses)
            search.explore(self.worlds)
            search.sweep()
            search.rule_out()
            self._witnesses += search.tables
            failures = tuple(Failure(named[number], low, high, rule) for number, low, high, rule in search.settle())
            self._cleared[attacker.name] = Cleared(model.low, model.high, np.unique(sought.codes[search.ranging]))
            return Report(attacker.name, len(named), failures)
        except Contradiction:
            return Report(attacker.name, len(named), contradictory=True)

    def targets(self, attacker: Knowledge) -> list[Target]:
        """Every group to protect, in a fixed order: counts, totals minus a part, and changes in both directions."""
        return list(self._sought(attacker)[1])

    def _sought(self, attacker: Knowledge) -> tuple[Sought, Sequence[Target]]:
        index, known = self._fixed.index, np.zeros(len(self._fixed.index) + 1, dtype=bool)
        known[[index[cell] for cell in attacker.whole]] = True
        known[NOTHING] = True
        kept = np.flatnonzero(~(known[self._fixed.plus] & known[self._fixed.minus]) & ~self._all_own(known))
        own = [(pair, count) for pair, count in attacker.own.items() if not known[index[pair[0]]]]
        sought = self._fixed.joined(kept, [index[cell] for (cell, _), _ in own], [count for _, count in own])
        every = [*self._cells, *self._pairs, *self._changes]
        return sought, Named(every, kept, [pair for pair, _ in own])

    def _all_own(self, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Flags totals minus a part where the attacker knows all other parts of the union.

        Such a difference holds only children whom the attacker knows, so it discloses nothing.
        """
        first = len(self._cells)
        last = first + len(self._pairs)
        relation = self._relation_of
        part_known = known[self._fixed.minus[first:last]]
        others_known = np.bincount(relation, part_known, len(self._width))[relation] - part_known
        flags = np.zeros(self._fixed.plus.size, dtype=bool)
        flags[first:last] = (self._width[relation] > 0) & (others_known >= self._width[relation] - 1)
        return flags


def audit(system: System, attacker: Knowledge = OUTSIDER, policy: Policy = STANDARD) -> Report:
    """Audit one system for one attacker."""
    return Auditor(system, policy).audit(attacker)
