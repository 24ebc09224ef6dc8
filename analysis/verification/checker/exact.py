"""Linear programmes in exact arithmetic: bounded variables, linear rows, and a total to raise.

It uses the general simplex of Dutertre and de Moura (2006) to find values that fit, then the primal simplex on the same
tableau. Rows are sparse and nearly every factor is 1 or -1, so whole numbers stay whole numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

Number = int | Fraction
Bound = Number | None
"""None means no upper limit."""
STALLED = 40
"""After so many steps without progress, a slower rule is used that cannot go in circles."""


class Impossible(Exception):
    """No counts fit what is published."""


def divided(number: Number, by: Number) -> Number:
    """The exact quotient, as a whole number if it is one."""
    if by in (1, -1):
        return number * by
    exact = Fraction(number) / by
    return exact.numerator if exact.denominator == 1 else exact


class Simplex:
    """Bounded variables and linear rows, solved by exact pivoting. After `start`, the values always fit."""

    def __init__(self, low: list[Number], high: list[Bound], rows: list[tuple[dict[int, int], bool]]) -> None:
        self.low = low + [0] * len(rows)
        self.high = high + [0 if equal else None for _, equal in rows]
        self.value: list[Number] = list(self.low)
        self.rows: dict[int, dict[int, Number]] = {}
        self.users: list[set[int]] = [set() for _ in self.low]
        for number, (row, _) in enumerate(rows, start=len(low)):
            self.rows[number] = dict(row)
            self.value[number] = sum(sign * low[column] for column, sign in row.items())
            for column in row:
                self.users[column].add(number)

    def _pivot(self, leaving: int, entering: int) -> None:
        row = self.rows.pop(leaving)
        pivot = row.pop(entering)
        for column in row:
            self.users[column].discard(leaving)
        solved = {column: divided(-factor, pivot) for column, factor in row.items()}
        solved[leaving] = divided(1, pivot)
        using, self.users[entering] = self.users[entering] - {leaving}, set()
        for column in solved:
            self.users[column].add(entering)
        for basic in using:
            target = self.rows[basic]
            factor = target.pop(entering)
            for column, share in solved.items():
                new = target.get(column, 0) + factor * share
                if new:
                    target[column] = new
                    self.users[column].add(basic)
                else:
                    del target[column]
                    self.users[column].discard(basic)
        self.rows[entering] = solved

    def _move(self, column: int, by: Number) -> None:
        self.value[column] += by
        for basic in self.users[column]:
            self.value[basic] += self.rows[basic][column] * by

    def _excess(self, column: int) -> Number:
        """How far a value is above its bounds, or below them (negative); 0 within them."""
        value, high = self.value[column], self.high[column]
        if high is not None and value > high:
            return value - high
        return min(value - self.low[column], 0)

    def _can(self, column: int, way: Number) -> bool:
        high = self.high[column]
        return (high is None or self.value[column] < high) if way > 0 else self.value[column] > self.low[column]

    def start(self) -> None:
        """Find values that fit all bounds and rows. Raises `Impossible` if there are none."""
        steps = 0
        while True:
            wrong = {basic: excess for basic in self.rows if (excess := self._excess(basic))}
            if not wrong:
                return
            steps += 1
            leaving = min(wrong) if steps > STALLED else max(wrong, key=lambda basic: (abs(wrong[basic]), -basic))
            row, excess = self.rows[leaving], wrong[leaving]
            usable = [column for column, factor in row.items() if self._can(column, -excess * factor)]
            if not usable:
                raise Impossible
            entering = min(usable) if steps > STALLED else min(usable, key=lambda free: self._cost(free, row[free]))
            self._move(entering, divided(-excess, row[entering]))
            self._pivot(leaving, entering)

    def total(self, weights: Mapping[int, int]) -> Number:
        """The weighted total of the present values."""
        return sum(self.value[column] * weight for column, weight in weights.items())

    def push(self, weights: Mapping[int, int], goal: Number) -> bool:
        """Raise a weighted total until it reaches `goal` or its maximum. Returns False if it has no maximum."""
        stalled = 0
        while self.total(weights) < goal:
            gain: defaultdict[int, Number] = defaultdict(int)
            for column, weight in weights.items():
                for free, factor in self.rows.get(column, {column: 1}).items():
                    gain[free] += weight * factor
            usable = [column for column, rate in gain.items() if rate and self._can(column, rate)]
            if not usable:
                return True
            entering = min(usable) if stalled > STALLED else min(usable, key=lambda free: self._cost(free, gain[free]))
            step, leaving = self._reach(entering, 1 if gain[entering] > 0 else -1, first=stalled > STALLED)
            if step is None:
                return False
            stalled = 0 if step else stalled + 1
            self._move(entering, step if gain[entering] > 0 else -step)
            if leaving >= 0:
                self._pivot(leaving, entering)
        return True

    def _cost(self, column: int, rate: Number) -> tuple[bool, int, int]:
        """A sort key that puts cheap columns first: those that keep rows short and numbers whole."""
        return rate not in (1, -1), len(self.users[column]), column

    def _reach(self, entering: int, way: int, *, first: bool) -> tuple[Bound, int]:
        """How far a variable can move, and the row that stops it (-1: its own other bound)."""
        high = self.high[entering]
        step: Bound = None if high is None else high - self.low[entering]
        leaving, shortest = -1, (False, 0)
        for basic in sorted(self.users[entering]):
            rate = self.rows[basic][entering] * way
            end = self.high[basic] if rate > 0 else self.low[basic]
            if end is not None:
                room = divided(end - self.value[basic], rate)
                better = step is None or room < step
                # Among equal steps the shortest row wins, unless the rule against circles needs the first.
                if not better and room == step and not first and leaving >= 0:
                    better = (rate not in (1, -1), len(self.rows[basic])) < shortest
                if better:
                    step, leaving, shortest = room, basic, (rate not in (1, -1), len(self.rows[basic]))
        return step, leaving
