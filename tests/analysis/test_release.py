"""A release: the full grid, protected, the same bytes from the same rows, and only windows that have closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from analysis.disclosure.kr5 import RoundingKeys
from analysis.ledger.row import Record, Row, fold
from analysis.release import board_at, build_release, closed_windows, counted_measures, linked_class
from models.contract.periods import bounds
from models.releases import CellState, Release
from tests.factories import BOARD, CARE, POLICE, SCHOOLS, register

KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
REGISTER = register()


def row(number: int, short_type: str, child: str | None, day: date, agency: str) -> tuple[str, Row]:
    tokens = [{"kind": "nhs", "epoch": 1, "token": child}] if child else []
    data = {"agency": agency, "board": BOARD, "tokens": tokens, "occurred_on": day.isoformat()}
    return f"e{number}", fold(None, Record(f"e{number}", 0, short_type, data, 0, number, 0))


def rows(children: int, agencies: tuple[str, ...] = (POLICE, CARE, SCHOOLS)) -> list[tuple[str, Row]]:
    """Each child one concern, and three episodes ten days apart, in 2026Q1."""
    found: list[tuple[str, Row]] = []
    for child in range(children):
        agency = agencies[child % len(agencies)]
        for episode in range(3):
            day = date(2026, 1, 5) + timedelta(days=10 * episode)
            found.append(row(len(found), "missing_episode", f"c{child}", day, agency))
        found.append(row(len(found), "cse_concern", f"c{child}", date(2026, 2, 1), agency))
    return found


def built(children: int) -> Release:
    seen = board_at(rows(children), CUT_OFF)
    return build_release(REGISTER, REGISTER.board_by_code[BOARD], "2026Q1", seen, KEYS, CUT_OFF)


@pytest.mark.parametrize("children", [0, 1, 4, 9, 10, 37, 120])
def test_the_whole_grid_is_there_and_means_what_it_says(children: int) -> None:
    release = built(children)
    assert [c.measure for c in release.cells] == ["m10_children", "m1_children", "m9_children"]
    for cell in release.cells:
        if cell.state is CellState.LOW:
            assert children < 10
        else:
            assert cell.value is not None
            assert max(5, cell.value - 4) <= children <= cell.value + 4
    # The three sets of children are equal here, and what each agency knows of them too: so must their noise be.
    assert len({(c.state, c.value) for c in release.cells}) == 1


def test_the_same_rows_give_the_same_bytes_in_any_order() -> None:
    forward = built(40).model_dump_json()
    board = REGISTER.board_by_code[BOARD]
    backward = build_release(REGISTER, board, "2026Q1", board_at(reversed(rows(40)), CUT_OFF), KEYS, CUT_OFF)
    assert backward.model_dump_json() == forward
    assert Release.model_validate_json(forward, strict=False).model_dump_json() == forward


def test_no_exact_count_and_no_token_is_in_it() -> None:
    text = built(37).model_dump_json()
    assert "37" not in text
    assert "c36" not in text


def test_a_window_passes_the_gate_beside_earlier_releases() -> None:
    board = REGISTER.board_by_code[BOARD]
    seen = board_at(rows(40), CUT_OFF)
    first = build_release(REGISTER, board, "2025Q4", seen, KEYS, CUT_OFF)
    second = build_release(REGISTER, board, "2026Q1", seen, KEYS, CUT_OFF, [first])
    assert second.cells == built(40).cells


def test_an_empty_board_has_low_cells_not_an_empty_release() -> None:
    release = built(0)
    assert {c.state for c in release.cells} == {CellState.LOW}
    assert release.linked_share == "no events"
    assert (release.agencies_returned, release.agencies_expected) == (0, 3)


def test_measures_of_a_window_do_not_see_its_neighbours() -> None:
    board = REGISTER.board_by_code[BOARD]
    seen = board_at(rows(12), CUT_OFF)
    start, end = bounds("2025Q4")
    assert all(not counted.children for counted in counted_measures(board, seen, start, end).values())


def test_windows_close_at_their_cut_off_and_not_before() -> None:
    board = REGISTER.board_by_code[BOARD]
    first = date(2025, 10, 1)
    assert closed_windows(board, first, date(2026, 4, 28)) == ["2025Q4"]
    assert closed_windows(board, first, date(2026, 4, 29)) == ["2025Q4", "2026Q1"]


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
