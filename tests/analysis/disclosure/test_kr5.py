"""The rule of ladders 1 to 3, which releases made then are read by."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.disclosure.kr5 import KR5


def test_a_figure_stands_for_four_either_way_and_never_for_fewer_than_five() -> None:
    assert [KR5().bounds(value) for value in (None, 10, 15, 100)] == [(0, 9), (6, 14), (11, 19), (96, 104)]
    assert KR5(3, 3, 2).bounds(6) == (4, 8)
    assert KR5(2, 2, 1, 1).bounds(4) == (3, 5), "the smallest parameters that keep the meaning"


def test_the_chances_of_a_number_add_up() -> None:
    for count in range(60):
        whole = sum(KR5().likelihood(value, count) for value in (None, *range(10, 80, 5)))
        assert whole == pytest.approx(1)


@pytest.mark.parametrize(
    "change",
    [{"width": 5}, {"threshold": 8}, {"base": 3}, {"base": 1}, {"threshold": 1}, {"width": 0}, {"coalition": 0}],
)
def test_parameters_that_break_the_meaning_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="KR5"):
        replace(KR5(), **change)
