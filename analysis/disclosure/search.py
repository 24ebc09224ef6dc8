"""The search behind an audit: for every group at once, how small and how large it can be in a table that fits.

Each solved table is a witness for all groups, so most groups are found harmless without a linear programme of their
own. The remaining groups are ruled out together if possible, and otherwise solved one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.disclosure.lp import AttackerModel, Contradiction, Floats
from analysis.disclosure.targets import Cleared, Sought
from analysis.disclosure.worlds import Worlds

_EPSILON = 1e-6
_PUSHES = 3
_CORNERS = 8
_FAIR_SHARE = 0.9
_SEVERAL = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """When an interval discloses something. Groups of 1 to `threshold - 1` children are small."""

    threshold: int = 5
    min_width: int = 3


STANDARD = Policy()


def verdict(low: int, high: int, policy: Policy) -> str | None:
    """The rule that an interval breaks (`P1` or `P2`), or None if it discloses nothing."""
    small = policy.threshold - 1
    if low >= 1 and high <= small:
        return "P1"
    if low <= small and high >= 1 and high - low < policy.min_width:
        return "P2"
    return None


class Search:
    """The ranges of all targets in the tables solved so far. Each table is a witness for every target at once."""

    def __init__(self, model: AttackerModel, sought: Sought, policy: Policy) -> None:
        self.model, self.policy = model, policy
        # Column -1 is a constant zero that is appended to each solution, for targets without a second cell.
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
        """Whether some table is known to fit. Until then, the attacker's knowledge may contradict the release."""

    def _witness(self, table: Floats) -> None:
        values = np.append(table, 0)
        size = values[self.plus] - values[self.minus] - self.less
        np.minimum(self.seen_low, size, out=self.seen_low)
        np.maximum(self.seen_high, size, out=self.seen_high)
        self._close()

    def _close(self) -> None:
        # Ranges can only grow as more tables are solved, so a range that is already harmless stays harmless.
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

    def trust(self, earlier: Cleared, sought: Sought) -> None:
        """Clear the targets that were cleared for an attacker who knows at least as much: now only more tables fit."""
        if (earlier.low >= self.model.low).all() and (earlier.high <= self.model.high).all():
            self.ranging |= np.isin(sought.codes, earlier.codes)
            self.open &= ~self.ranging

    def replay(self, tables: list[Floats]) -> None:
        """Reuse the tables of other attacks. The rows are the same for all, so only bounds decide if a table fits."""
        for table in tables:
            if (table >= self.model.low - _EPSILON).all() and (table <= self.model.high + _EPSILON).all():
                self.fits = True
                self._witness(table)

    def explore(self, worlds: Worlds | None) -> None:
        """Solve for small tables, and add children of each kind to their average.

        Each small table is a corner of the feasible set, where some cells have no room for another child. The average
        of several corners fits too, and has room in more cells.
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
        """Push all open targets at once, as long as that closes a fair share of them.

        A random draw decides whether each is pushed up or down. A part and the rest of its total would cancel out if
        both were pushed the same way.
        """
        lots = np.random.default_rng(0)
        while self.open.any():
            before = np.count_nonzero(self.open)
            for _ in range(_PUSHES):
                which = np.flatnonzero(self.open)
                self._push(which, lots.choice((-1.0, 1.0), which.size))
            if np.count_nonzero(self.open) >= _FAIR_SHARE * before:
                return

    def rule_out(self) -> None:
        """Prove with one programme that many groups cannot be larger than their least bound.

        No group can be smaller than its least bound. So if their greatest total is less than one above the total of
        these bounds, each group is at its bound. Otherwise the groups that rose drop out, and the rest are tried again.
        """
        while True:
            which = np.flatnonzero(self.open & (self.seen_high < self.outer_low + 1 - _EPSILON))
            if which.size < _SEVERAL:
                return
            self._push(which, -np.ones(which.size))
            values = np.append(self.tables[-1], 0)
            size = values[self.plus[which]] - values[self.minus[which]] - self.less[which]
            if (size - self.outer_low[which]).sum() < 1 - _EPSILON:
                self.outer_high[which] = self.seen_high[which] = self.outer_low[which]
                self.open[which[self.outer_low[which] < 1]] = False
                return

    def settle(self) -> list[tuple[int, int, int, str]]:
        """Solve each target that is still open for its exact range. Returns those that disclose, by number."""
        failures = []
        # In random order, so that successive targets do not all come from one corner of the system.
        for number in np.random.default_rng(0).permutation(np.flatnonzero(self.open)):
            target = np.array([number])
            if self.open[number] and self.seen_low[number] > self.outer_low[number] + _EPSILON:
                self._push(target, np.ones(1))
            if self.open[number] and self.seen_high[number] < self.outer_high[number] - _EPSILON:
                self._push(target, -np.ones(1))
            if not self.open[number]:
                continue
            low = int(np.ceil(self.seen_low[number] - _EPSILON))
            high = int(np.floor(self.seen_high[number] + _EPSILON))
            if low > high:
                raise Contradiction
            if rule := verdict(low, high, self.policy):
                failures.append((int(number), low, high, rule))
        return sorted(failures)
