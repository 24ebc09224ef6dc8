"""The audit: what can anyone prove about a small group from what is published? (disclosure.md 2.5)

For each count, and each difference of two counts that is itself a group of children, the least and the greatest
value that fit everything published. It never sees a true count, so its verdict gives none away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.lp import AttackerModel, Contradiction, Floats
from analysis.disclosure.system import OUTSIDER, Knowledge, System
from analysis.disclosure.targets import NOTHING, Cleared, Ints, Named, Sought, Target
from analysis.disclosure.worlds import Worlds

_EPSILON = 1e-6
_PUSHES = 3
_CORNERS = 8
_FAIR_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Policy:
    """When an interval discloses: groups of 1 to `threshold - 1` children are small."""

    threshold: int = 5
    min_width: int = 3


class Failure(NamedTuple):
    """A proof: the group has `low` to `high` children.

    P1: it is a group, and a small one. P2: it may be small, and is known too narrowly.
    """

    target: Target
    low: int
    high: int
    rule: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an attacker can prove; `contradictory` when the published values cannot all be right."""

    attacker: str
    targets: int
    failures: tuple[Failure, ...] = ()
    contradictory: bool = False

    @property
    def safe(self) -> bool:
        """Nothing small is proven, and nothing published is wrong."""
        return not self.failures and not self.contradictory


class Auditor:
    """Audits one system for one attacker after another; a failure is a proof, a pass is not."""

    def __init__(self, system: System, policy: Policy = Policy(), worlds: Worlds | None = None) -> None:
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
        self._stricter: tuple[Auditor, Ints] | None = None
        try:
            self._model: AttackerModel | None = AttackerModel(system)
        except Contradiction:
            self._model = None

    def lean_on(self, stricter: Auditor) -> bool:
        """Take over what an audit of a system with all of this one's relations and more has cleared, if it is one."""
        cells, model = stricter.system.cells, stricter._model
        if model is None or not self.system.relations.keys() <= stricter.system.relations.keys():
            return False
        if self.system.cells.keys() <= cells.keys():
            self._stricter = stricter, np.array([model.index[cell] for cell in self.system.cells], dtype=np.intp)
        return self._stricter is not None

    def audit(self, attacker: Knowledge = OUTSIDER) -> Report:
        """Find every group whose size the attacker can prove too closely."""
        model, sought, named = self._model, *self._sought(attacker)
        if model is None:
            return Report(attacker.name, len(named), contradictory=True)
        try:
            model.know(attacker)
            search = _Search(model, sought, self.policy)
            for earlier in self._cleared.values():
                search.trust(earlier, sought, slice(None))
            if self._stricter and attacker.name in self._stricter[0]._cleared:
                stricter, columns = self._stricter
                search.trust(stricter._cleared[attacker.name], sought.renamed(columns), columns)
            search.replay(self._witnesses)
            search.explore(self.worlds)
            search.sweep()
            self._witnesses += search.tables
            failures = tuple(Failure(named[number], low, high, rule) for number, low, high, rule in search.settle())
            self._cleared[attacker.name] = Cleared(model.low, model.high, np.unique(sought.codes[search.ranging]))
            return Report(attacker.name, len(named), failures)
        except Contradiction:
            return Report(attacker.name, len(named), contradictory=True)

    def targets(self, attacker: Knowledge) -> list[Target]:
        """Every group to protect, in a fixed order: counts, totals less a part, changes either way."""
        return list(self._sought(attacker)[1])

    def _sought(self, attacker: Knowledge) -> tuple[Sought, Sequence[Target]]:
        index, known = self._fixed.index, np.zeros(len(self._fixed.index) + 1, dtype=bool)
        known[[index[cell] for cell in attacker.whole]] = True
        known[NOTHING] = True
        kept = np.flatnonzero(~(known[self._fixed.plus] & known[self._fixed.minus]) & ~self._all_own(known))
        own = [(pair, count) for pair, count in attacker.own.items() if pair[0] not in attacker.whole]
        sought = self._fixed.joined(kept, [index[cell] for (cell, _), _ in own], [count for _, count in own])
        every = [*self._cells, *self._pairs, *self._changes]
        return sought, Named(every, kept, [pair for pair, _ in own])

    def _all_own(self, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Totals less a part where the attacker knows all other parts of the union: nobody else's children in it."""
        first = len(self._cells)
        last = first + len(self._pairs)
        of = self._relation_of
        part_known = known[self._fixed.minus[first:last]]
        others_known = np.bincount(of, part_known, len(self._width))[of] - part_known
        found = np.zeros(self._fixed.plus.size, dtype=bool)
        found[first:last] = (self._width[of] > 0) & (others_known >= self._width[of] - 1)
        return found


def audit(system: System, attacker: Knowledge = OUTSIDER, policy: Policy = Policy()) -> Report:
    """One audit of one system."""
    return Auditor(system, policy).audit(attacker)


def verdict(low: int, high: int, policy: Policy) -> str | None:
    """`P1`, `P2`, or None for an interval that gives nothing away."""
    small = policy.threshold - 1
    if low >= 1 and high <= small:
        return "P1"
    if low <= small and high >= 1 and high - low < policy.min_width:
        return "P2"
    return None


class _Search:
    """Seen ranges of all targets. Each solution is a witness for every target at once, so most need no solve."""

    def __init__(self, model: AttackerModel, sought: Sought, policy: Policy) -> None:
        self.model, self.policy = model, policy
        # Column -1 is a constant zero appended to each solution, for targets without a second cell.
        self.plus, self.minus, self.less = sought.plus, sought.minus, sought.less
        low, high = np.append(model.low, 0), np.append(model.high, 0)
        self.outer_low = low[self.plus] - high[self.minus] - self.less
        self.outer_high = high[self.plus] - low[self.minus] - self.less
        part = ~sought.changing
        self.outer_low[part] = np.maximum(self.outer_low[part], 0)  # a part never exceeds its total
        self.seen_low = np.full(self.plus.size, np.inf)
        self.seen_high = np.full(self.plus.size, -np.inf)
        beyond = (self.outer_low > policy.threshold - 1) | (self.outer_high < 1)
        self.open = ~beyond
        self.ranging = np.zeros(self.plus.size, dtype=bool)
        self.tables: list[Floats] = []
        self.fits = False
        """Whether some table fits at all; unless it does, the attacker's knowledge may contradict the release."""

    def _witness(self, table: Floats) -> None:
        values = np.append(table, 0)
        size = values[self.plus] - values[self.minus] - self.less
        np.minimum(self.seen_low, size, out=self.seen_low)
        np.maximum(self.seen_high, size, out=self.seen_high)
        self._close()

    def _close(self) -> None:
        # True ranges only grow from here, so a range that is already harmless stays so.
        low, high = np.ceil(self.seen_low - _EPSILON), np.floor(self.seen_high + _EPSILON)
        small = self.policy.threshold - 1
        self.ranging |= (high - low >= self.policy.min_width) & ((low <= 0) | (high > small))
        self.open &= ~self.ranging

    def _push(self, which: np.ndarray, signs: np.ndarray) -> None:
        """Solve for the least signed total of some targets at once."""
        costs = np.zeros(len(self.model.low) + 1)
        np.add.at(costs, self.plus[which], signs)
        np.add.at(costs, self.minus[which], -signs)
        columns = np.flatnonzero(costs[:-1]).astype(np.int32)
        self.tables.append(self.model.extreme(columns, costs[columns]))
        self._witness(self.tables[-1])

    def trust(self, earlier: Cleared, sought: Sought, columns: Ints | slice) -> None:
        """Clear what was cleared against somebody who knows all of this and more: fewer tables fit then."""
        if (earlier.low[columns] >= self.model.low).all() and (earlier.high[columns] <= self.model.high).all():
            self.ranging |= np.isin(sought.codes, earlier.codes)
            self.open &= ~self.ranging

    def replay(self, tables: list[Floats]) -> None:
        """Use what another attack found: rows are the same for all, so only bounds decide if a table fits."""
        for table in tables:
            if (table >= self.model.low - _EPSILON).all() and (table <= self.model.high + _EPSILON).all():
                self.fits = True
                self._witness(table)

    def explore(self, worlds: Worlds | None) -> None:
        """Solve for small tables, and add children of each kind to where they are on average.

        A corner has room for nobody somewhere; the average of several corners fits too, and has room in more places.
        """
        if not self.open.any() and self.fits:
            return
        lots, middle = np.random.default_rng(0), np.zeros(len(self.model.low))
        for number in range(1, _CORNERS + 1):
            before = np.count_nonzero(self.open)
            self.tables.append(self.model.smallest(None if number == 1 else lots.random(middle.size) ** 2))
            self._witness(self.tables[-1])
            middle += (self.tables[-1] - middle) / number
            if worlds is not None:
                self._grow(middle, worlds)
            after = np.count_nonzero(self.open)
            if after == 0 or (number > 1 and after >= _FAIR_SHARE * before):
                return

    def _grow(self, table: Floats, worlds: Worlds) -> None:
        """Add as many more children of each kind to a table as its bounds allow."""
        which = np.flatnonzero(self.open)
        values = np.append(table, 0)
        size = values[self.plus[which]] - values[self.minus[which]] - self.less[which]
        rise = worlds.rises(np.maximum(self.model.high - table, 0), self.plus[which], self.minus[which])
        self.seen_low[which] = np.minimum(self.seen_low[which], size)
        self.seen_high[which] = np.maximum(self.seen_high[which], size + rise)
        self._close()

    def sweep(self) -> None:
        """Push all open targets together, while that closes a fair share of them.

        Each is pushed up or down by lot: a part and the rest of its total, pushed alike, would cancel out.
        """
        lots = np.random.default_rng(0)
        while self.open.any():
            before = np.count_nonzero(self.open)
            for _ in range(_PUSHES):
                which = np.flatnonzero(self.open)
                self._push(which, lots.choice((-1.0, 1.0), which.size))
            if np.count_nonzero(self.open) >= _FAIR_SHARE * before:
                return

    def settle(self) -> list[tuple[int, int, int, str]]:
        """Solve each target still open for its exact range; those that disclose, by number."""
        failures = []
        for number in np.flatnonzero(self.open):
            one = np.array([number])
            if self.open[number] and self.seen_low[number] > self.outer_low[number] + _EPSILON:
                self._push(one, np.ones(1))
            if self.open[number] and self.seen_high[number] < self.outer_high[number] - _EPSILON:
                self._push(one, -np.ones(1))
            if not self.open[number]:
                continue
            low = int(np.ceil(self.seen_low[number] - _EPSILON))
            high = int(np.floor(self.seen_high[number] + _EPSILON))
            if low > high:
                raise Contradiction
            if rule := verdict(low, high, self.policy):
                failures.append((int(number), low, high, rule))
        return failures
