"""Boards with few children: releases of financial years and pairs of them, for the whole board and its towns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.release_file import shape_from
from analysis.ledger.row import Row
from analysis.release import LADDER, Built, board_at, build_releases, candidates, closed_windows, may_join
from models.register import Board, Register
from models.releases import CellState, Release
from tests.analysis.disclosure.ledgers import board_of
from tests.analysis.test_release import KEYS, cell, few_indicators, row
from tests.factories import BOARD, register

__all__ = ["few_indicators"]

POLICE, CARE = "police", "care"
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)


def small(**changes: Any) -> tuple[Register, Board]:
    """A register with two towns whose board releases years and pairs of years."""
    content = board_of()[0].model_dump(mode="json")
    content["boards"][0] |= {"releases": "years_and_pairs_of_years", **changes}
    found = Register.model_validate(content)
    return found, found.boards[0]


REGISTER, SMALL = small()
WARDS = tuple(ward.code for ward in SMALL.wards)
"""Two in each town."""
TOWNS = tuple(town.code for town in SMALL.towns)


def concerns(children: int, *years: int, moved: int = 0) -> list[tuple[str, Row]]:
    """Each child one concern a year, all in the first town; in the last year the first so many live in the second."""
    found: list[tuple[str, Row]] = []
    for year in years:
        for child in range(children):
            home = WARDS[-1] if year == years[-1] and child < moved else WARDS[0]
            agency = (POLICE, CARE)[child % 2]
            on = date(year, 6, 1 + child % 28)
            found.append(row(len(found), "cse_concern", f"c{child}", on, agency, areas={"home": home}))
    return found


def built(found: list[tuple[str, Row]], *windows: str) -> Built:
    seen = board_at(REGISTER, SMALL, found, CUT_OFF)
    return build_releases(REGISTER, SMALL, windows, seen, KEYS, CUT_OFF)


def about(release: Release, expected: int, *where: str) -> bool:
    """Whether a figure is one that the rule could have drawn of so many children."""
    value = cell(release, "m1_children", *where).value
    return value is not None and abs(value - expected) <= 17


def test_its_windows_are_years_and_pairs_and_close_at_the_cut_off_of_their_last_year() -> None:
    first = date(2024, 4, 1)
    assert closed_windows(SMALL, first, date(2025, 4, 28)) == []
    assert closed_windows(SMALL, first, date(2025, 4, 29)) == ["2024FY"], "a pair needs both its years"
    assert closed_windows(SMALL, first, date(2026, 4, 29)) == ["2024FY", "2025FY", "2024FY2"]
    assert closed_windows(SMALL, first, date(2027, 4, 29))[-2:] == ["2026FY", "2025FY2"], "each year ends a pair"


def test_a_pair_is_built_with_the_year_that_ends_it() -> None:
    assert candidates(["2024FY2", "2025FY", "2024FY", "2025FY2", "2026FY"]) == [
        ("2024FY",),
        ("2024FY2", "2025FY"),
        ("2025FY2", "2026FY"),
    ]


def test_a_release_has_the_whole_board_and_its_towns_and_nothing_finer() -> None:
    for release in built(concerns(60, 2024, 2025), "2025FY", "2024FY2").releases:
        assert {c.level for c in release.cells} == {"board", "town"}
        assert {(c.sector, c.indicator) for c in release.cells} == {("any", "any")}
        assert release.model_dump_json() == Release.model_validate_json(release.model_dump_json()).model_dump_json()
    pair = built(concerns(60, 2024, 2025), "2024FY2").releases[0]
    assert pair.release_id == f"{BOARD}.2024FY2.l5"
    assert (pair.starts_on, pair.ends_before) == (date(2024, 4, 1), date(2026, 4, 1))


def test_a_child_of_both_years_counts_once_in_the_pair() -> None:
    year, pair = built(concerns(100, 2024, 2025), "2025FY", "2024FY2").releases
    assert about(year, 100)
    assert about(pair, 100), "and not 200"
    assert about(built([*concerns(100, 2024), *concerns(40, 2025)], "2024FY2").releases[0], 100)


def test_a_child_who_moved_counts_in_both_towns_of_the_pair() -> None:
    year, pair = built(concerns(100, 2024, 2025, moved=60), "2025FY", "2024FY2").releases
    assert about(year, 40, "town", TOWNS[0])
    assert about(year, 60, "town", TOWNS[1])
    assert about(pair, 100, "town", TOWNS[0])
    assert about(pair, 60, "town", TOWNS[1])


def test_homes_of_both_years_are_settled_and_an_earlier_release_keeps_its_own() -> None:
    found = concerns(40, 2024, 2025)
    first = built(found, "2024FY")
    assert {home.year for home in first.homes} == {"2024FY"}
    seen = board_at(REGISTER, SMALL, [*concerns(40, 2024, 2025, moved=40), *found], CUT_OFF)
    both = build_releases(REGISTER, SMALL, ("2025FY", "2024FY2"), seen, KEYS, CUT_OFF, first.homes)
    assert {home.year for home in both.homes} == {"2025FY"}, "the first year's are settled already"
    alone = build_releases(REGISTER, SMALL, ("2025FY", "2024FY2"), seen, KEYS, CUT_OFF)
    assert {home.year for home in alone.homes} == {"2024FY", "2025FY"}


def test_the_agencies_that_returned_a_pair_returned_all_eight_quarters() -> None:
    quarters = [f"{year}Q{n}" for year in (2024, 2025, 2026) for n in range(1, 5)][1:9]
    assert quarters[0] == "2024Q2"
    assert quarters[-1] == "2026Q1"

    def returned(some: list[str]) -> int:
        rows = [
            row(n, "submission_return", None, date(2026, 4, 9), POLICE, period=period, submitted_on="2026-04-09")
            for n, period in enumerate(some)
        ]
        return built(rows, "2024FY2").releases[0].agencies_returned

    assert returned(quarters) == 1
    assert returned(quarters[1:]) == 0


def test_no_board_has_a_quarter_and_a_pair_of_the_same_days() -> None:
    assert may_join("2025Q2", ["2023FY2", "2025FY", "2025Q1"])
    assert not may_join("2025Q2", ["2024FY2"])
    assert not may_join("2026Q1", ["2024FY2"])
    assert may_join("2026Q2", ["2024FY2"])
    assert not may_join("2024FY2", ["2024Q2"])
    assert may_join("2024FY2", ["2024Q1", "2026Q2", "2024FY", "2023FY2"])


def test_the_ladder_of_other_boards_has_the_cells_that_it_had() -> None:
    """And a small board's year has none that is not on it, so that a board's year is of one of the two."""
    shape = built([], "2024FY").releases[0].shape
    assert shape is not None
    of = shape_from(BOARD, shape)
    usual, few = LADDER.of("quarters_and_years"), LADDER.of("years_and_pairs_of_years")
    assert [len(usual.rungs), usual.grid("2024FY2", of), few.grid("2025Q1", of)] == [9, [], []]
    assert set(few.grid("2025FY", of)) < set(usual.grid("2025FY", of)) == set(LADDER.grid("2025FY", of))
    for version in (1, 2, 3):
        assert LADDERS[version].of("quarters_and_years") == LADDERS[version]
    counted = set(few.grid("2024FY2", of))
    assert {key._replace(window="2024FY2") for key in few.grid("2025FY", of)} <= counted


@pytest.mark.parametrize(("cut_off_days", "least"), [(28, 26), (56, 27), (120, 30)])
def test_events_are_kept_until_a_pair_is_built(cut_off_days: int, least: int) -> None:
    small(cut_off_days=cut_off_days, retention_months=least)
    with pytest.raises(ValueError, match=f"needs retention_months of {least} or more"):
        small(cut_off_days=cut_off_days, retention_months=least - 1)
    assert register().boards[0].releases == "quarters_and_years"


def test_an_empty_board_has_low_cells_not_an_empty_release() -> None:
    release = built([], "2024FY2").releases[0]
    assert {c.state for c in release.cells} == {CellState.LOW}


def test_what_people_said_is_in_pairs_of_years_only() -> None:
    year, pair = built(concerns(20, 2025), "2025FY", "2024FY2").releases
    assert year.voices == ()
    assert {voice.numbered for voice in pair.voices} == {"no return"}
