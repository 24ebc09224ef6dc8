"""The ladders as data: nested windows, consistent versions, and no finer cell than the decisions allow."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from analysis.disclosure.ladder import Ladder
from analysis.disclosure.ladders import LADDERS
from benchmarks import release_boards as boards
from models.register.types import Schedule


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
    board = [key for key in year if key.level == "board"]
    assert {key.who for key in board} == {"any", *(f"sector:{name}" for name in shape.sectors)}
    assert {key.indicator for key in board} == {"any", *shape.indicators}
    assert not [key for key in year if key.level == "town" and key.who != "any" and key.indicator != "any"]


def test_a_ladder_that_contradicts_itself_is_refused() -> None:
    rung = {"level": "board", "window": "quarter", "split": "any", "measures": ["m1_children"]}
    Ladder.model_validate({"version": 9, "rungs": [rung]}, strict=False)
    with pytest.raises(ValidationError, match="listed twice"):
        Ladder.model_validate({"version": 9, "rungs": [rung, rung]}, strict=False)
    nested = [{"part": "m10_children", "whole": "m1_children"}]
    with pytest.raises(ValidationError, match="without a rung"):
        Ladder.model_validate({"version": 9, "rungs": [rung], "nested": nested}, strict=False)


@pytest.mark.parametrize("version", LADDERS)
@pytest.mark.parametrize("schedule", ["quarters_and_years", "years_and_pairs_of_years"])
def test_the_part_of_a_ladder_for_one_schedule_is_a_ladder(version: int, schedule: Schedule) -> None:
    """Files hold it, and whoever reads one checks it as it would check any ladder."""
    part = LADDERS[version].of(schedule)
    assert Ladder.model_validate_json(part.model_dump_json()) == part
    assert {rung.schedule for rung in part.rungs} <= {schedule}
