"""How large a gap would have had to be for the training page to call it a likely need 4 times in 5, at this size.

Nothing is simulated. For a supposed gap every pair of cells that might have been released is weighed by its exact
chance, and asked whether it would have been called likely. A page that names no need says with this what it could not
have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from analysis.disclosure.noise import STANDARD
from analysis.training.posterior import Expectation, Floats
from analysis.training.released import ReleasedFigure
from models.releases import CellState

OFTEN = 0.8
"""Noticed 4 times in 5."""
WHOLE = (0.0,)
"""The whole gap: the sector records nothing."""
RATIOS = (0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)
"""Supposed gaps: what the sector still records, of what is expected."""
Judge = Callable[[ReleasedFigure, ReleasedFigure], float]
"""The probability that a sector with these two cells is below what is expected."""
_SLIGHT = 1e-4


def smallest_gap(
    known: int, expected: float, judge: Judge, likely: float, ratios: Sequence[float] = RATIOS
) -> float | None:
    """The least gap of `ratios` that is called likely 4 times in 5; None if none of them is.

    `known` is the number of children of the two cells together, `expected` the share that is expected. `judge` gives
    the probability of being below, by the released cells (recorded and not recorded), and `likely` is the probability
    from which that is called likely. A ratio of 0.4 means that the sector records four tenths of what is expected, or
    less.
    """
    shown = _Shown(judge, likely)
    for ratio in ratios:
        if _noticed(known, expected * ratio, shown) >= OFTEN:
            return ratio
    return None


def share_of(expected: Expectation) -> float:
    """The mean share that is expected."""
    return float(expected.values @ expected.weights)


class _Shown:
    """Whether a pair of released values would be called likely. Each pair is judged once."""

    def __init__(self, judge: Judge, likely: float) -> None:
        self._judge, self._likely = judge, likely
        self._known: dict[tuple[int | None, int | None], bool] = {}

    def likely(self, one: int | None, other: int | None) -> bool:
        """Two cells that are both `<10` are not judged at all, so they are not called likely."""
        if one is None and other is None:
            return False
        if (one, other) not in self._known:
            cells = (_cell("recorded", one), _cell("missed", other))
            self._known[one, other] = self._judge(*cells) >= self._likely
        return self._known[one, other]


def _noticed(known: int, share: float, shown: _Shown) -> float:
    """The chance that a sector with this share is called likely."""
    noticed = 0.0
    for recorded, chance in enumerate(_chances(known, share)):
        if chance < _SLIGHT:
            continue
        for one, of_one in _values(recorded):
            for other, of_other in _values(known - recorded):
                if of_one * of_other > _SLIGHT and shown.likely(one, other):
                    noticed += float(chance) * of_one * of_other
    return noticed


def _chances(known: int, share: float) -> Floats:
    numbers, part = np.arange(known + 1), min(1.0, share)
    ways = gammaln(known + 1) - gammaln(numbers + 1) - gammaln(known - numbers + 1)
    found: Floats = np.exp(ways + xlogy(numbers, part) + xlog1py(known - numbers, -part))
    return found


@lru_cache(maxsize=4096)
def _values(count: int) -> Sequence[tuple[int | None, float]]:
    """What may be shown of a count, each with its chance; None is `<10`."""
    low, high = count - 5 * STANDARD.deviation - STANDARD.base, count + 5 * STANDARD.deviation + STANDARD.base
    first = max(STANDARD.lowest, STANDARD.base * (low // STANDARD.base))
    values: list[int | None] = [None, *range(first + -first % STANDARD.base, high + 1, STANDARD.base)]
    return tuple((value, chance) for value in values if (chance := STANDARD.likelihood(value, count)) > _SLIGHT)


def _cell(name: str, value: int | None) -> ReleasedFigure:
    state = CellState.LOW if value is None else CellState.FIGURE
    return ReleasedFigure(f"m18_{name}_any", "any", state, value)
