"""When a difference between two boards is told, and what stands in the way. Nothing is told by size alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.shown.quotients import rate, share
from analysis.training.released import ReleasedFigure
from dashboards.compared import similar
from dashboards.compared.similar import CHANCE, OVERLAP, Likeness, Made, Reading
from models.releases import CellState

OWN = Likeness(34_000, 24, "quarters_and_years")
YEAR = Made("Aldermere", "2025FY", (8, 8), "90% or more", ())


def figure(value: int | None) -> ReleasedFigure:
    state = CellState.LOW if value is None else CellState.FIGURE
    return ReleasedFigure("m1_children", "any", state, value)


def of_share(part: int | None, whole: int) -> Reading:
    return Reading("", share(figure(part), figure(whole)), figure(part), figure(whole))


def of_rate(part: int, people: int) -> Reading:
    return Reading("", rate(figure(part), people), figure(part), people)


def test_boards_of_like_size_and_schedule_are_alike() -> None:
    same, apart = similar.alike(OWN, replace(OWN, population=9_000, wards=8))
    assert apart == ()
    assert same[0] == "9,000 children aged 10 to 17 live there, and 34,000 here."


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (replace(OWN, population=8_000), "8,000 children aged 10 to 17 live there, and 34,000 here."),
        (replace(OWN, wards=5), "It has 5 wards, and this board 24."),
        (
            replace(OWN, schedule="years_and_pairs_of_years"),
            "It releases other periods, because one of the two boards has few children.",
        ),
    ],
)
def test_what_makes_a_board_unlike_is_named(other: Likeness, words: str) -> None:
    assert similar.alike(OWN, other)[1] == (words,)
    assert similar.alike(other, OWN)[1] != ()


def test_a_year_without_releases_a_break_or_missing_returns_stand_in_the_way() -> None:
    assert similar.obstacles(replace(YEAR, year=""), YEAR) == ("No year is released for both boards.",)
    other = replace(YEAR, name="Merrowdale", breaks=("Break in series on 1 June 2025.",), returned=(5, 8))
    assert similar.obstacles(YEAR, other) == (
        "Merrowdale: Break in series on 1 June 2025.",
        "Merrowdale: only 5 of 8 agencies had sent all their returns.",
    )
    assert similar.obstacles(YEAR, replace(YEAR, returned=(6, 8))) == ()
    assert similar.doubts(YEAR, replace(YEAR, name="M", returned=(6, 8), tied="80-89%")) == (
        "M: 6 of 8 agencies had sent all their returns.",
        "Not the same share of records can be tied to a child: 90% or more at Aldermere, 80-89% at M.",
    )


def test_ranges_that_overlap_show_no_difference() -> None:
    assert similar.told(of_share(50, 100), of_share(55, 100), 1) == OVERLAP


def test_a_difference_that_chance_can_make_is_none_though_the_ranges_are_apart() -> None:
    own, other = of_share(400, 1000), of_share(430, 1000)
    assert own.quotient is not None
    assert other.quotient is not None
    assert (own.quotient.high or 0) < (other.quotient.low or 0)
    assert similar.told(own, other, 10) == CHANCE


def test_a_large_difference_is_told_both_ways_and_for_rates() -> None:
    assert similar.told(of_share(300, 1000), of_share(500, 1000), 15) == "higher there"
    assert similar.told(of_share(500, 1000), of_share(300, 1000), 15) == "lower there"
    assert similar.told(of_rate(300, 34_000), of_rate(300, 9_000), 15) == "higher there"
    assert similar.told(of_rate(300, 30_000), of_rate(330, 30_000), 1) == CHANCE


def test_without_a_figure_on_both_sides_nothing_is_compared() -> None:
    assert similar.told(of_share(None, 100), of_share(90, 100), 1) == "cannot be compared"
