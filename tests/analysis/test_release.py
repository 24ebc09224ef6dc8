"""A release: the full grid, protected, the same bytes from the same rows, and only windows that have closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from analysis.beside import beside
from analysis.disclosure.algebra import system_of
from analysis.disclosure.audit import audit
from analysis.disclosure.noise import STANDARD, RoundingKeys
from analysis.disclosure.release_file import published_release, shape_from
from analysis.ledger.row import Record, Row, fold
from analysis.release import (
    LADDER,
    Built,
    board_at,
    build_releases,
    candidates,
    closed_windows,
    linked_class,
)
from models.register import Register
from models.releases import Cell, CellState, NoiseParameters, Release
from tests.factories import BOARD, CARE, POLICE, SCHOOLS, register

KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
REGISTER = register()
SOME = ("GIFTS_MONEY", "SCHOOL_ABSENCE")
"""In place of all indicators, which make a release larger and nothing else."""
WARDS = tuple(ward.code for ward in REGISTER.board_by_code[BOARD].wards)


@pytest.fixture(autouse=True)
def few_indicators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.release.INDICATORS", SOME)


def row(number: int, short_type: str, child: str | None, day: date, agency: str, **more: Any) -> tuple[str, Row]:
    tokens = [{"kind": "nhs", "epoch": 1, "token": child}] if child else []
    data = {"agency": agency, "board": BOARD, "tokens": tokens, "occurred_on": day.isoformat(), **more}
    return f"e{number:05}", fold(None, Record(f"e{number:05}", 0, short_type, data, 0, number, 0))


def rows(children: int, agencies: tuple[str, ...] = (POLICE, CARE, SCHOOLS)) -> list[tuple[str, Row]]:
    """Each child one concern, and three episodes ten days apart, in 2026Q1; homes by turns in the three wards."""
    found: list[tuple[str, Row]] = []
    for child in range(children):
        agency, areas = agencies[child % len(agencies)], {"home": WARDS[child % len(WARDS)]}
        for episode in range(3):
            day = date(2026, 1, 5) + timedelta(days=10 * episode)
            found.append(row(len(found), "missing_episode", f"c{child}", day, agency, areas=areas))
        concern = row(
            len(found), "cse_concern", f"c{child}", date(2026, 2, 1), agency, areas=areas, indicators=["GIFTS_MONEY"]
        )
        found.append(concern)
    return found


def returns(*agencies: str, period: str = "2026Q1") -> list[tuple[str, Row]]:
    data = {"board": BOARD, "period": period, "submitted_on": "2026-04-09"}
    return [
        (f"r{agency}", fold(None, Record(f"r{agency}", 0, "submission_return", data | {"agency": agency}, 0, n, 0)))
        for n, agency in enumerate(agencies)
    ]


def built(found: list[tuple[str, Row]], *windows: str, of: Register = REGISTER) -> Built:
    board = of.board_by_code[BOARD]
    return build_releases(of, board, windows or ("2026Q1",), board_at(of, board, found, CUT_OFF), KEYS, CUT_OFF)


def quarter(children: int) -> Release:
    return built(rows(children)).releases[0]


def cell(release: Release, measure: str, level: str = "board", area: str = BOARD, **split: str) -> Cell:
    wanted = {"sector": "any", "indicator": "any"} | split
    [found] = [
        c
        for c in release.cells
        if (c.measure, c.level, c.area, c.sector, c.indicator) == (measure, level, area, *wanted.values())
    ]
    return found


@pytest.mark.parametrize("children", [0, 1, 4, 9, 10, 37, 120])
def test_the_whole_grid_is_there_and_means_what_it_says(children: int) -> None:
    release = quarter(children)
    assert release.shape is not None
    grid = LADDER.grid("2026Q1", shape_from(BOARD, release.shape))
    assert len(release.cells) == len(grid)
    # One town holds every child: the sets of children are equal, and every cell has its own draw.
    same = [cell(release, f"{m}_children") for m in ("m1", "m9", "m10")]
    same += [cell(release, "m9_children", "town", f"{BOARD}-T1")]
    for shown in same:
        low, high = STANDARD.bounds(shown.value)
        assert low <= children <= high


def test_wards_are_in_the_year_and_not_in_the_quarter() -> None:
    quarter, year = built(rows(60), "2026Q1", "2025FY").releases
    assert {c.level for c in quarter.cells} == {"board", "town"}
    assert {c.level for c in year.cells} == {"board", "town", "ward"}
    for ward in WARDS:
        value = cell(year, "m9_children", "ward", ward).value
        assert value is not None
        assert abs(value - 20) <= 17


def test_a_year_is_built_with_its_quarters_and_says_the_same_as_if_built_alone() -> None:
    windows = ("2025Q2", "2025Q3", "2025Q4", "2026Q1", "2025FY")
    releases = built(rows(60), *windows).releases
    assert [release.window for release in releases] == list(windows)
    assert [built(rows(60), window).releases[0].cells for window in windows] == [one.cells for one in releases]
    for measure in ("m1_children", "m9_children"):  # nothing happened before the last quarter
        assert cell(releases[0], measure).state is CellState.LOW


def test_the_releases_carry_what_it_takes_to_check_them() -> None:
    releases = built(rows(60), "2026Q1", "2025FY").releases
    read = [Release.model_validate_json(release.model_dump_json()) for release in releases]
    assert read[0].shape is not None
    assert read[0].shape.indicators == SOME
    assert read[0].parameters == NoiseParameters(deviation=3, base=5, lowest=10)
    system = system_of([published_release(release) for release in read], shape_from(BOARD, read[0].shape)).system
    assert audit(system).safe


def test_the_same_rows_give_the_same_bytes_in_any_order() -> None:
    forward = quarter(40).model_dump_json()
    assert built(rows(40)[::-1]).releases[0].model_dump_json() == forward
    assert Release.model_validate_json(forward, strict=False).model_dump_json() == forward


def test_no_exact_count_and_no_token_is_in_it() -> None:
    text = "".join(c.model_dump_json() for c in quarter(37).cells)
    assert "37" not in text
    assert "c36" not in text


def test_an_empty_board_has_low_cells_not_an_empty_release() -> None:
    release = built(returns(POLICE, CARE, SCHOOLS)).releases[0]
    assert {c.state for c in release.cells} == {CellState.LOW}
    assert release.linked_share == "no events"
    assert (release.agencies_returned, release.agencies_expected) == (3, 3)


def test_a_sector_that_returned_nothing_says_so_in_its_own_cells_only() -> None:
    release = built([*rows(60), *returns(POLICE, CARE)]).releases[0]
    states = {
        sector: {c.state for c in release.cells if c.sector == sector}
        for sector in ("any", "police", "childrens_social_care", "education")
    }
    assert states.pop("education") == {CellState.NO_RETURN}
    assert not any(CellState.NO_RETURN in found for found in states.values())
    assert release.agencies_returned == 2


def test_a_year_has_a_return_when_a_quarter_of_it_has() -> None:
    year = built([*rows(30), *returns(POLICE, period="2025Q3")], "2025FY").releases[0]
    assert cell(year, "m1_children", sector="police").state is not CellState.NO_RETURN
    assert cell(year, "m1_children", sector="education").state is CellState.NO_RETURN
    assert year.agencies_returned == 0, "for three of its quarters nobody returned"


def test_what_people_said_is_in_the_longest_windows_only() -> None:
    """In the financial year, and in no quarter of it: each person moves few figures."""
    group = {"agency": CARE, "held_on": "2026-02-01", "voice": "children", "themes": ["trusted_adult"], "people": 30}
    told = fold(None, Record("t", 0, "theme_return", group, 0, 0, 0))
    board, found = REGISTER.board_by_code[BOARD], [*rows(9), ("t|care", told)]
    besides = beside(found, {CARE: "childrens_social_care"}, CUT_OFF)
    seen = board_at(REGISTER, board, found, CUT_OFF)
    releases = build_releases(REGISTER, board, ("2025FY", "2026Q1"), seen, KEYS, CUT_OFF, besides=besides).releases
    year, quarter_of_it = releases
    assert quarter_of_it.voices == ()
    assert [voice.numbered for voice in year.voices] == ["all", *["no return"] * 6]
    older = year.model_dump_json(exclude={"voices"})
    assert Release.model_validate_json(older).voices == ()


def test_windows_close_at_their_cut_off_and_not_before() -> None:
    board = REGISTER.board_by_code[BOARD]
    first = date(2025, 10, 1)
    assert closed_windows(board, first, date(2026, 4, 28)) == ["2025Q4"]
    assert closed_windows(board, first, date(2026, 4, 29)) == ["2025Q4", "2026Q1"], "no year without all its quarters"
    assert closed_windows(board, date(2025, 4, 1), date(2026, 4, 29))[-2:] == ["2026Q1", "2025FY"]


def test_windows_are_built_a_financial_year_at_a_time_the_year_beside_its_quarters() -> None:
    assert candidates(["2025FY", "2026Q1", "2025Q1", "2024FY", "2025Q2"]) == [
        ("2024FY", "2025Q1"),
        ("2025Q2", "2025FY", "2026Q1"),
    ]


@pytest.mark.parametrize(
    ("linked", "total", "text"),
    [
        (0, 0, "no events"),
        (0, 9, "under 10%"),
        (1, 10, "10-19%"),
        (89, 100, "80-89%"),
        (90, 100, "90% or more"),
        (5, 5, "90% or more"),
    ],
)
def test_the_linked_share_is_a_class(linked: int, total: int, text: str) -> None:
    assert linked_class(linked, total) == text
