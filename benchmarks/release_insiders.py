"""What an outsider, an agency or two agencies can work out from releases, and could not work out without them.

These are practical proofs: a figure is taken for the range that all but a millionth of draws lie in
(`KeyedNoise.bounds`). What an agency knows already is no disclosure: every proof is tried again without any figure, and
counts only if the figures made it closer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import combinations
from typing import NamedTuple

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.audit import Auditor, Failure
from analysis.disclosure.cells import ANY, CellKey, Shape, pooled
from analysis.disclosure.counting import Tally
from analysis.disclosure.system import ANYTHING, Interval, Knowledge, Relation
from analysis.measures.registry import OWN_RECORDS
from benchmarks.release_sectors import Role

Attacker = tuple[str, ...]
Says = Callable[[CellKey], Interval]


class Proof(NamedTuple):
    """A group of children whose size the figures prove, to somebody, to lie from `low` to `high`."""

    by: Attacker
    group: str
    low: int
    high: int
    rule: str
    size: int
    """How many children it has: only a benchmark may know."""

    @property
    def right(self) -> bool:
        """Whether it is true."""
        return self.low <= self.size <= self.high

    @property
    def small(self) -> bool:
        """Whether it is right, and of one to four children."""
        return self.right and 1 <= self.size <= 4


def attackers(agencies: Sequence[str]) -> list[Attacker]:
    """The outsider, every agency and every pair. Pairs first: if they prove nothing, nobody who knows less does."""
    return [group for size in (2, 1, 0) for group in combinations(sorted(agencies), size)]


@dataclass
class Attacked:
    """Releases as one system, with what each attacker knows. `tallies` holds what was counted for each window."""

    releases: Sequence[Published]
    shape: Shape
    tallies: Mapping[str, Tally] = field(repr=False)
    roles: Sequence[Role] = ()
    strict: bool = True
    """Whether to leave out relations that only nearly hold: sectors link and place children by their own records."""
    says: Says | None = None
    """What a reader concludes from a cell, if that is not what the releases' rule says."""
    later: Mapping[tuple[str, str], Tally] = field(default_factory=dict, repr=False)
    """(Cut-off, window) -> what was counted for a window at another cut-off than its own: of hidden cells."""

    @cached_property
    def board(self) -> BoardSystem:
        """The system, with what the rule says."""
        whole = system_of(self.releases, self.shape)
        if self.strict:
            kept = {r: None for r in whole.system.relations if _holds(r, whole)}
            whole = replace(whole, system=replace(whole.system, relations=kept))
        if self.says is not None:
            for release in self.releases:
                whole.system.cells.update({release.id_of(key): self.says(key) for key in release.cells})
        return whole

    @cached_property
    def _auditor(self) -> Auditor:
        """One auditor for everything: with so few cells, separate small programmes are not worth while."""
        return Auditor(self.board.system)

    @cached_property
    def _blank(self) -> Auditor:
        """The same without any figure."""
        return Auditor(replace(self.board.system, cells=dict.fromkeys(self.board.system.cells, ANYTHING)))

    def knowledge(self, attacker: Attacker) -> Knowledge:
        """What agencies know by their reports and their roles, alone and together."""
        known = Knowledge(" and ".join(attacker) or "outsider")
        groups = [(agency,) for agency in attacker] + ([attacker] if len(attacker) > 1 else [])
        for cut_off in self.board.ids:
            for group in groups:
                part = self.board.knowledge_of(group, partial(self._count, cut_off=cut_off), cut_off)
                known.whole.update(part.whole)
                known.own.update(part.own)
                self._by_role(known, group, cut_off)
        return known

    def _by_role(self, known: Knowledge, group: Attacker, cut_off: str) -> None:
        """Cells of other sectors that a role knows children of, and cells that it decides."""
        for role in self.roles:
            if role.agency not in group:
                continue
            for key, cell in self.board.ids[cut_off].items():
                if not key.measure.startswith(role.learns):
                    continue
                count = self._count(key, group, cut_off)
                if role.share == 1 and key.measure.startswith(role.decides) and key.measure != "m8_returned":
                    known.whole[cell] = self.size(key, cut_off)
                elif key.who != ANY and cell not in known.whole and count:
                    known.own[cell, f"{cut_off}|{key._replace(who=pooled(group)).label}|of {key.who}"] = count

    def _count(self, key: CellKey, agencies: Attacker, cut_off: str = "") -> int:
        return self._at(cut_off, key.window).known(key, agencies)

    def size(self, key: CellKey, cut_off: str = "") -> int:
        """How many children a cell has, by default at the cut-off of its window."""
        return len(self._at(cut_off, key.window).children(key))

    def _at(self, cut_off: str, window: str) -> Tally:
        return self.later.get((cut_off, window)) or self.tallies[window]

    def proofs(self, attacker: Attacker) -> list[Proof] | None:
        """What an attacker proves; None where the figures contradict each other or the attacker's knowledge."""
        knowledge = self.knowledge(attacker)
        report = self._auditor.audit(knowledge)
        if report.contradictory:
            return None
        closer = self._made_closer(report.failures, knowledge) if report.failures else ()
        return [self._proof(attacker, failure, knowledge) for failure in closer]

    def _made_closer(self, failures: Sequence[Failure], knowledge: Knowledge) -> Iterator[Failure]:
        """The failures that the figures cause: without the figures, the group is not known as closely."""
        without = {f.target: f for f in self._blank.audit(knowledge).failures}
        for failure in failures:
            before = without.get(failure.target)
            if before is None or before.high - before.low > failure.high - failure.low:
                yield failure

    def _proof(self, attacker: Attacker, failure: Failure, knowledge: Knowledge) -> Proof:
        cell, minus = failure.target
        at, key = self.board.where[cell]
        size = self.size(key, at)
        if minus:
            less = self.board.where.get(minus)
            size -= knowledge.own[cell, minus] if less is None else self.size(less[1], less[0])
        return Proof(attacker, f"{cell} less {minus}" if minus else cell, failure.low, failure.high, failure.rule, size)


def _holds(relation: Relation, board: BoardSystem) -> bool:
    """Whether a relation holds however sectors link: it is within one sector, and of records of one kind."""
    total = board.where[relation.total][1]
    parts = [board.where[part][1] for part in relation.parts]
    if any(part.who != total.who for part in parts):
        return False
    return total.who == ANY or all((part.measure in OWN_RECORDS) == (total.measure in OWN_RECORDS) for part in parts)
