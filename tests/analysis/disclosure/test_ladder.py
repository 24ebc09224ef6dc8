"""The ladders as data: nested windows, consistent versions, and no finer cell than the decisions allow."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from pydantic import ValidationError

from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.windows import bounds, containing, financial_year_of, kind_of, parts, window_of_day
from benchmarks import release_boards as boards


def test_windows_nest() -> None:
    assert bounds("2025FY") == (date(2025, 4, 1), date(2026, 4, 1))
    assert containing("2025-01") == ("2025-01", "2025Q1", "2024FY")
    assert containing("2025Q2") == ("2025Q2", "2025FY")
    assert containing("2024FY") == ("2024FY",)
    for wide in ("2024FY", "2025Q1", "2025Q4"):
        inner = [bounds(window) for window in parts(wide)]
        assert (inner[0][0], inner[-1][1]) == bounds(wide)
        assert all(a[1] == b[0] for a, b in pairwise(inner))
        assert all(wide in containing(window) for window in parts(wide))
    assert parts("2025-05") == ()
    assert financial_year_of("2025Q1") == "2024FY"
    assert window_of_day(date(2025, 3, 31)) == "2025-03"


@pytest.mark.parametrize("text", ["2025", "2025Q5", "2025-13", "2025fy", "25Q1", "2025-1", " 2025Q1"])
def test_no_other_window(text: str) -> None:
    with pytest.raises(ValueError, match="a window is"):
        kind_of(text)


def test_ladder_1_is_three_figures_a_quarter() -> None:
    grid = LADDERS[1].grid("2025Q1", boards.shape())
    assert [(key.measure, key.level, key.who, key.indicator) for key in grid] == [
        (measure, "board", "any", "any") for measure in ("m10_children", "m1_children", "m9_children")
    ]
    assert LADDERS[1].grid("2024FY", boards.shape()) == []


def test_ladder_2_has_wards_by_year_only_and_no_month() -> None:
    shape = boards.shape()
    year, quarter = LADDERS[2].grid("2024FY", shape), LADDERS[2].grid("2024Q2", shape)
    assert LADDERS[2].grid("2024-05", shape) == []
    assert {key.level for key in quarter} == {"board", "town"}
    wards = [key for key in year if key.level == "ward"]
    assert len(wards) == 3 * 24
    assert {(key.who, key.indicator) for key in wards} == {("any", "any")}
    assert len(set(year)) == len(year)
    assert not [key for key in year if key.level == "town" and key.who != "any" and key.indicator != "any"]


def test_a_ladder_that_contradicts_itself_is_refused() -> None:
    rung = {"level": "board", "window": "quarter", "split": "any", "measures": ["m1_children"]}
    Ladder.model_validate({"version": 9, "rungs": [rung]}, strict=False)
    with pytest.raises(ValidationError, match="listed twice"):
        Ladder.model_validate({"version": 9, "rungs": [rung, rung]}, strict=False)
    nested = [{"part": "m10_children", "whole": "m1_children"}]
    with pytest.raises(ValidationError, match="without a rung"):
        Ladder.model_validate({"version": 9, "rungs": [rung], "nested": nested}, strict=False)
