"""What could have been noticed: the exact chance agrees with drawing, and more children let smaller gaps be seen."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.disclosure.noise import STANDARD
from analysis.training.needs import LIKELY
from analysis.training.noticed import OFTEN, RATIOS, smallest_gap
from analysis.training.posterior import Expectation, judged, shares
from analysis.training.released import ReleasedFigure
from models.releases import CellState

EXPECTED = Expectation.of_logit(0.0, 0.02)
SPREAD = 40.0


def judge(recorded: ReleasedFigure, missed: ReleasedFigure) -> float:
    return judged(shares(recorded, missed), EXPECTED, SPREAD).below


def drawn(known: int, share: float, boards: int = 400) -> float:
    """How often a sector with this share is called likely, by drawing children and noise."""
    rng, called = np.random.default_rng(known), 0
    for _ in range(boards):
        recorded = int(rng.binomial(known, share))
        shown = [STANDARD.shown(n + STANDARD.draw(int(rng.integers(2**63)) * 2)) for n in (recorded, known - recorded)]
        if all(one.state is CellState.LOW for one in shown):
            continue
        cells = (ReleasedFigure("m18_recorded_any", "any", one.state, one.value) for one in shown)
        called += judge(*cells) >= LIKELY
    return called / boards


@pytest.mark.parametrize("known", [40, 90, 200])
def test_a_gap_of_that_size_is_noticed_and_the_next_smaller_is_not(known: int) -> None:
    ratio = smallest_gap(known, 0.5, judge, LIKELY)
    assert ratio is not None
    assert drawn(known, 0.5 * ratio) > OFTEN - 0.06
    if ratio < RATIOS[0]:
        assert drawn(known, 0.5 * RATIOS[RATIOS.index(ratio) - 1]) < OFTEN + 0.06


def test_with_more_children_a_smaller_gap_is_noticed_and_with_few_none() -> None:
    found = [smallest_gap(known, 0.5, judge, LIKELY) for known in (6, 40, 90, 200, 500)]
    assert found[0] is None
    gaps = [ratio for ratio in found[1:] if ratio is not None]
    assert gaps == sorted(gaps)
    assert gaps[-1] > gaps[0]
