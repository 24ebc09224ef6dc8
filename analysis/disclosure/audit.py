"""The audit: what can anyone prove about a small group from what is published? (disclosure.md 2.5)

For each count, and each difference of two counts that is itself a group of children, the least and the greatest
value that fit everything published. It never sees a true count, so its verdict gives none away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.disclosure.lp import AttackerModel, Contradiction, Floats
from analysis.disclosure.system import OUTSIDER, Knowledge, System
from analysis.disclosure.worlds import Worlds

_EPSILON = 1e-6
_NOTHING = -1
_PUSHES = 3
_FAIR_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Policy:
    """When an interval discloses: groups of 1 to `threshold - 1` children are small."""

    threshold: int = 5
    min_width: int = 3


class Target(NamedTuple):
    """A group of children: those of `cell`, less those of `minus` where one is given."""

    cell: str
    minus: str = ""


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
        parts = [(relation.total, part) for relation in system.relations for part in relation.parts]
        self._pairs = list(dict.fromkeys(parts))
        self._changes = [pair for new, old in system.changes for pair in ((new, old), (old, new))]
        self._witnesses: list[Floats] = []
        try:
            self._model: AttackerModel | None = AttackerModel(system)
        except Contradiction:
            self._model = None

    def audit(self, attacker: Knowledge = OUTSIDER) -> Report:
        """Find every group whose size the attacker can prove too closely."""
        targets = self.targets(attacker)
        if self._model is None:
            return Report(attacker.name, len(targets), contradictory=True)
        try:
            self._model.know(attacker)
            search = _Search(self._model, targets, attacker, frozenset(self._changes), self.policy)
            search.replay(self._witnesses)
            search.bottom()
            if self.worlds is not None:
                search.grow(self.worlds)
            search.sweep()
            self._witnesses += search.tables
            return Report(attacker.name, len(targets), tuple(search.settle()))
        except Contradiction:
            return Report(attacker.name, len(targets), contradictory=True)

    def targets(self, attacker: Knowledge) -> list[Target]:
        """Every group to protect, in a fixed order: counts, totals less a part, changes either way."""
        system, known = self.system, attacker.whole
        cells = [Target(cell) for cell in system.cells if cell not in known and cell not in system.unprotected]
        rest = [Target(*pair) for pair in self._pairs + self._changes if not (pair[0] in known and pair[1] in known)]
        return [*cells, *rest, *(Target(cell, own) for cell, own in attacker.own if cell not in known)]


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

    def __init__(
        self,
        model: AttackerModel,
        targets: list[Target],
        attacker: Knowledge,
        changes: frozenset[tuple[str, str]],
        policy: Policy,
    ) -> None:
        self.model, self.targets, self.policy = model, targets, policy
        index = model.index
        self.plus = np.array([index[t.cell] for t in targets], dtype=np.int32)
        # Column -1 is a constant zero appended to each solution, for targets without a second cell.
        self.minus = np.array([index.get(t.minus, _NOTHING) for t in targets], dtype=np.int32)
        self.less = np.array([attacker.own.get((t.cell, t.minus), 0) for t in targets], dtype=np.float64)
        low, high = np.append(model.low, 0), np.append(model.high, 0)
        self.outer_low = low[self.plus] - high[self.minus] - self.less
        self.outer_high = high[self.plus] - low[self.minus] - self.less
        changing = np.array([t in changes for t in targets], dtype=bool)
        self.outer_low[~changing] = np.maximum(self.outer_low[~changing], 0)  # a part never exceeds its total
        self.seen_low = np.full(len(targets), np.inf)
        self.seen_high = np.full(len(targets), -np.inf)
        beyond = (self.outer_low > policy.threshold - 1) | (self.outer_high < 1)
        self.open = ~beyond
        self.tables: list[Floats] = []

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
        self.open &= ~((high - low >= self.policy.min_width) & ((low <= 0) | (high > small)))

    def _push(self, which: np.ndarray, signs: np.ndarray) -> None:
        """Solve for the least signed total of some targets at once."""
        costs = np.zeros(len(self.model.low) + 1)
        np.add.at(costs, self.plus[which], signs)
        np.add.at(costs, self.minus[which], -signs)
        columns = np.flatnonzero(costs[:-1]).astype(np.int32)
        self.tables.append(self.model.extreme(columns, costs[columns]))
        self._witness(self.tables[-1])

    def replay(self, tables: list[Floats]) -> None:
        """Use what another attack found: rows are the same for all, so only bounds decide if a table fits."""
        for table in tables:
            if (table >= self.model.low - _EPSILON).all() and (table <= self.model.high + _EPSILON).all():
                self._witness(table)

    def bottom(self) -> None:
        """Solve for the smallest table, unless all is clear from what another attack found."""
        if self.open.any() or not np.isfinite(self.seen_low).all():
            self.tables.append(self.model.smallest())
            self._witness(self.tables[-1])

    def grow(self, worlds: Worlds) -> None:
        """Add as many more children of each kind to the smallest table as its bounds allow."""
        if not self.tables:
            return
        table, model = self.tables[-1], self.model
        room = model.high - table + _EPSILON
        for kinds in worlds.kinds(model.low == model.high):
            times = np.floor(np.where(kinds, room, np.inf).min(axis=1))
            fits = np.isfinite(times) & (times >= 1)
            which = np.flatnonzero(self.open)
            more = np.pad(kinds[fits] * times[fits, None], ((0, 0), (0, 1)))
            change = more[:, self.plus[which]] - more[:, self.minus[which]]
            size = np.append(table, 0)
            size = size[self.plus[which]] - size[self.minus[which]] - self.less[which]
            if len(change):
                self.seen_low[which] = np.minimum(self.seen_low[which], size + change.min(axis=0))
                self.seen_high[which] = np.maximum(self.seen_high[which], size + change.max(axis=0))
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

    def settle(self) -> list[Failure]:
        """Solve each target still open for its exact range."""
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
                failures.append(Failure(self.targets[number], low, high, rule))
        return failures
