"""What is scanned: a board with a quiet month after busier ones is scanned over the long window only."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.signals.alarms import EXPECTED_LONGEST, problems
from analysis.signals.seen import DAYS, LONGEST, Seen
from tests.analysis.signals.worlds import TODAY, places


def view(quiet_days: int) -> Seen:
    """One case a day, ward after ward, and none in the last days."""
    wards = np.zeros((len(places().wards), DAYS))
    for day in range(DAYS - quiet_days):
        wards[day % len(wards), day] = 1
    return Seen(TODAY, wards, np.zeros((7, DAYS)), np.ones(DAYS), (), 6)


@pytest.mark.parametrize("quiet_days", [EXPECTED_LONGEST, EXPECTED_LONGEST + 20])
def test_a_quiet_month_is_no_fault(quiet_days: int) -> None:
    permutation, expectation = problems(view(quiet_days), places())
    assert permutation is not None
    assert expectation is None


def test_one_case_in_the_month_is_enough_to_look_at_it() -> None:
    assert problems(view(EXPECTED_LONGEST - 1), places())[1] is not None


def test_nothing_in_the_long_window_is_not_scanned() -> None:
    assert problems(view(LONGEST), places()) == (None, None)
