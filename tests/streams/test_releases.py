"""Releases are built once: asking again re-emits the stored bytes, and live boards get theirs when due."""

from __future__ import annotations

from datetime import UTC, datetime

from analysis.disclosure.kr5 import RoundingKeys
from analysis.ledger.row import encode
from models.contract import topics
from models.releases import Release, RequestBuild
from streams.ledger.releases import Releases
from streams.ledger.state import LedgerState
from tests.analysis.test_release import rows
from tests.factories import BOARD, OTHER_BOARD, register

BEFORE_LIVE = datetime(2026, 5, 11, 9, tzinfo=UTC)
AFTER_LIVE = datetime(2026, 8, 1, 9, tzinfo=UTC)


def releases(children: int = 40) -> Releases:
    table = {event_id.encode(): encode(row) for event_id, row in rows(children)}
    state = LedgerState(table)
    state.rebuild()
    return Releases(register(), RoundingKeys(b"r" * 32, b"s" * 32), state, {})


def request(*windows: str, at: datetime = BEFORE_LIVE, board: str = BOARD) -> RequestBuild:
    return RequestBuild(request_id="r1", board=board, windows=windows, requested_at=at)


def parsed(releases_: Releases, asked: RequestBuild) -> list[Release]:
    return [Release.model_validate_json(out.value or b"", strict=False) for out in releases_.answer(asked)]


def test_all_closed_windows_are_built_when_none_is_named() -> None:
    found = parsed(releases(), request())
    assert [r.window for r in found] == [
        "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"
    ]  # fmt: skip
    assert {r.cut_off for r in found} == {BEFORE_LIVE}, "history is cut off when it is first asked for"


def test_asking_again_gives_the_stored_bytes_whatever_the_ledger_now_holds() -> None:
    made = releases()
    first = made.answer(request("2026Q1"))
    empty = LedgerState({})
    again = Releases(made.register, made.keys, empty, made.table).answer(request("2026Q1", at=AFTER_LIVE))
    assert again == first
    assert first[0].topic == topics.RELEASES


def test_open_windows_and_strange_boards_give_nothing() -> None:
    assert releases().answer(request("2026Q2")) == []
    assert releases().answer(request(board="X08000009")) == []


def test_a_live_board_has_windows_due_until_they_are_built() -> None:
    made = releases()
    board = made.register.board_by_code[BOARD]
    assert made.due(board, BEFORE_LIVE) == []
    due = made.due(board, AFTER_LIVE)
    assert due[-1] == "2026Q2"
    found = parsed(made, request(*due, at=AFTER_LIVE))
    assert found[-1].cut_off == datetime(2026, 7, 28, 23, tzinfo=UTC), "London midnight, 28 days after the end"
    assert made.due(board, AFTER_LIVE) == []


def test_one_boards_rows_never_enter_anothers_release() -> None:
    [release] = parsed(releases(), request("2026Q1", board=OTHER_BOARD))
    assert {c.state for c in release.cells} == {"low"}
