"""Which change is told: seldom one of chance, and 4 times in 5 the one said to be noticed. By drawing boards."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.disclosure.accuracy import noticed_change, told_change
from analysis.disclosure.noise import STANDARD

BOTH = (STANDARD, STANDARD)
DRAWS = 4_000


def figures(mean: float, seed: int) -> list[int]:
    """What is released of so many draws of a number that varies by chance about `mean`."""
    draw = np.random.default_rng(seed)
    counts = draw.poisson(mean, DRAWS)
    words = draw.integers(0, 2**64, DRAWS, dtype=np.uint64)
    shown = (STANDARD.shown(int(n) + STANDARD.draw(int(word))).value for n, word in zip(counts, words, strict=True))
    return [value or 0 for value in shown]


def told(before: float, now: float) -> float:
    """The share of pairs of figures that are told as a change."""
    pairs = zip(figures(before, 1), figures(now, 2), strict=True)
    return sum(abs(one - other) >= told_change(one, other, BOTH) for one, other in pairs) / DRAWS


@pytest.mark.parametrize("mean", [40, 100, 300])
def test_chance_alone_is_seldom_told_and_a_noticeable_change_is_told_4_times_in_5(mean: int) -> None:
    assert 0.02 < told(mean, mean) <= 0.105
    noticed = noticed_change(mean, BOTH)
    assert 0.75 <= told(mean, mean + noticed) <= 0.92
    assert 0.75 <= told(mean + noticed, mean) <= 0.95
