"""Releases are built once: asking again re-emits the stored bytes, and live boards get theirs when due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.identity import own_id
from analysis.ledger.links import digest
from analysis.ledger.row import Row, encode
from analysis.release import LADDER_VERSION
from models.contract import topics
from models.releases import Release, RequestBuild
from models.service.clock import LONDON
from streams.ledger.building import carry_out
from streams.ledger.homes import keys_of_links
from streams.ledger.releases import ReleaseTable
from streams.ledger.state import LedgerState
from streams.outputs import Out
from tests.analysis.test_release import WARDS, few_indicators, row, rows
from tests.factories import BOARD, OTHER_BOARD, POLICE, register

__all__ = ["few_indicators"]

BEFORE_LIVE = datetime(2026, 5, 11, 9, tzinfo=UTC)
AFTER_LIVE = datetime(2026, 8, 1, 9, tzinfo=UTC)
YEAR = ["2025Q2", "2025Q3", "2025Q4", "2026Q1", "2025FY"]


def ledger(found: list[tuple[str, Row]]) -> LedgerState:
    state = LedgerState({own_id(event_id, row.agency).encode(): encode(row) for event_id, row in found})
    state.rebuild()
    return state


def releases(children: int = 40) -> ReleaseTable:
    return ReleaseTable(register(), RoundingKeys(b"r" * 32, b"s" * 32), ledger(rows(children)), {})


def request(*windows: str, at: datetime = BEFORE_LIVE, board: str = BOARD) -> RequestBuild:
    return RequestBuild(request_id="r1", board=board, windows=windows, requested_at=at)


def answered(of: ReleaseTable, asked: RequestBuild) -> list[Out]:
    """As the requests' agent answers, in this process."""
    outs = []
    for candidate in of.plan(asked):
        if of.unbuilt(candidate):
            result = carry_out(of.job(candidate, of.rows(candidate.board)))
            of.settle(candidate.board, result)
            of.keep(candidate, result)
        outs += of.emitted(candidate)
    return outs


def parsed(of: ReleaseTable, asked: RequestBuild) -> list[Release]:
    return [Release.model_validate_json(out.value or b"", strict=False) for out in answered(of, asked)]


@pytest.mark.slow
def test_all_closed_windows_are_built_when_none_is_named() -> None:
    found = parsed(releases(), request())
    assert [r.window for r in found] == [
        "2024Q2",
        "2024FY",
        "2024Q3",
        "2024Q4",
        "2025Q1",
        "2025Q2",
        "2025FY",
        *YEAR[1:4],
    ]
    assert {r.cut_off for r in found} == {BEFORE_LIVE}, "history is cut off when it is first asked for"


def test_asking_again_gives_the_stored_bytes_whatever_the_ledger_now_holds() -> None:
    made = releases()
    first = answered(made, request("2026Q1"))
    again = answered(
        ReleaseTable(made.register, made.keys, LedgerState({}), made.table), request("2026Q1", at=AFTER_LIVE)
    )
    assert again == first
    assert first[0].topic == topics.RELEASES


def test_open_windows_and_strange_boards_give_nothing() -> None:
    assert releases().plan(request("2026Q2")) == []
    assert releases().plan(request(board="X08000009")) == []


def test_a_year_goes_with_its_last_quarter_once_a_board_is_live() -> None:
    made = releases()
    plan = made.plan(request("2026Q2", "2026Q3", "2026Q4", "2027Q1", "2026FY", at=datetime(2027, 5, 1, tzinfo=UTC)))
    assert [(one.windows, one.cut_off.astimezone(LONDON).date().isoformat()) for one in plan] == [
        (("2026Q2",), "2026-07-29"),
        (("2026Q3",), "2026-10-29"),
        (("2026Q4",), "2027-01-29"),
        (("2026FY", "2027Q1"), "2027-04-29"),
    ]


def test_a_window_that_was_released_on_an_older_ladder_is_not_released_again() -> None:
    """Two releases of one window say more together than either may; who asks is given the one that there is."""
    made = releases()
    made.table[f"{BOARD}|2025Q4|l3".encode()] = b"as it was released"
    made.table[f"{OTHER_BOARD}|2026Q1|l3".encode()] = b"of another board"
    [candidate] = made.plan(request("2025Q4", "2026Q1"))
    assert made.unbuilt(candidate) == ("2026Q1",)
    old, new = answered(made, request("2025Q4", "2026Q1"))
    assert old == Out(topics.RELEASES, 0, f"{BOARD}|2025Q4|l3".encode(), b"as it was released")
    assert new.key == f"{BOARD}|2026Q1|l{LADDER_VERSION}".encode()


def test_a_live_board_has_windows_due_until_they_are_asked_for() -> None:
    made = releases()
    board = made.register.board_by_code[BOARD]
    assert made.due(board, BEFORE_LIVE) == []
    due = made.due(board, AFTER_LIVE)
    assert due[-1] == "2026Q2"
    made.note_asked(board, due[:-1], AFTER_LIVE)
    assert made.due(board, AFTER_LIVE) == ["2026Q2"]
    assert made.due(board, AFTER_LIVE + timedelta(days=1)) == due, "what was not built is asked for again a day later"
    [found] = parsed(made, request("2026Q2", at=AFTER_LIVE))
    assert found.cut_off == datetime(2026, 7, 28, 23, tzinfo=UTC), "London midnight, 28 days after the end"
    assert made.due(board, AFTER_LIVE) == []


def test_a_board_with_releases_of_an_older_ladder_goes_on_and_is_not_built_anew() -> None:
    made = releases()
    board = made.register.board_by_code[BOARD]
    made.table.update({f"{BOARD}|{window}|l2".encode(): b"" for window in made.closed(board, BEFORE_LIVE)})
    assert made.due(board, AFTER_LIVE) == ["2026Q2"]


def test_one_boards_rows_never_enter_anothers_release() -> None:
    [release] = parsed(releases(), request("2026Q1", board=OTHER_BOARD))
    assert {c.state for c in release.cells} <= {"low", "no_return"}


def town_of(release: Release, area: str) -> object:
    return [(c.state, c.value) for c in release.cells if c.area == area and c.measure == "m9_children"]


def test_a_home_area_stays_where_the_first_release_counted_it() -> None:
    made = releases(30)
    [first] = parsed(made, request("2026Q1"))
    [candidate] = made.plan(request("2025FY"))
    # An earlier event of the year comes late and has another home: it would move every child of the third ward.
    moved = [
        row(900 + n, "missing_episode", f"c{n}", _day(n), POLICE, areas={"home": WARDS[0]}) for n in range(2, 30, 3)
    ]
    made.state = ledger([*rows(30), *moved])
    year = carry_out(made.job(candidate, made.rows(candidate.board)))
    free = ReleaseTable(made.register, made.keys, made.state, {})
    other = carry_out(free.job(candidate, free.rows(candidate.board)))
    kept, gone = (Release.model_validate_json(r.bodies["2025FY"]) for r in (year, other))
    assert {c.state for c in kept.cells if c.area == WARDS[2] and c.measure == "m9_children"} == {"figure"}
    assert {c.state for c in gone.cells if c.area == WARDS[2] and c.measure == "m9_children"} == {"low"}
    assert first.window == "2026Q1"


def _day(n: int) -> date:
    return (datetime(2025, 4, 1, tzinfo=UTC) + timedelta(days=n)).date()


def test_each_token_of_a_counted_child_has_a_record_that_erasure_finds() -> None:
    made = releases(12)
    answered(made, request("2026Q1"))
    assert len(made.homes) == 12
    assert keys_of_links(made.homes, BOARD, {digest("c1")}) == [f"{BOARD}|2025FY|nhs:c1".encode()]
    assert keys_of_links(made.homes, OTHER_BOARD, {digest("c1")}) == []


def test_a_token_erased_during_the_build_settles_no_home() -> None:
    made = releases(12)
    [candidate] = made.plan(request("2026Q1"))
    result = carry_out(made.job(candidate, made.rows(candidate.board)))
    made.state = ledger([one for one in rows(12) if one[1].data["tokens"][0]["token"] != "c1"])
    made.settle(candidate.board, result)
    assert keys_of_links(made.homes, BOARD, {digest("c1")}) == []
    assert len(made.homes) == 11


def of_small_board(of: ReleaseTable) -> ReleaseTable:
    """The same ledger once the register says that the board releases years and pairs of years."""
    content = of.register.model_dump(mode="json")
    content["boards"][0] |= {"releases": "years_and_pairs_of_years"}
    of.register = type(of.register).model_validate(content)
    return of


def test_a_board_with_few_children_gets_years_and_pairs_each_with_the_years_homes() -> None:
    made = of_small_board(releases())
    assert answered(made, request("2026Q1", "2025Q4")) == [], "it has no quarters"
    found = parsed(made, request())
    assert [release.window for release in found] == ["2024FY", "2024FY2", "2025FY"]
    assert {key.decode().split("|")[1] for key in made.homes} == {"2025FY"}
    assert [out.value for out in answered(made, request("2024FY2"))] == [
        made.table[f"{BOARD}|2024FY2|l{LADDER_VERSION}".encode()]
    ]
    made.homes[f"{BOARD}|2024FY|nhs:c1".encode()] = b'["X05000001", "2025-04-29T00:00:00+00:00"]'
    [_, candidate] = of_small_board(releases()).plan(request())
    assert candidate.windows == ("2024FY2", "2025FY")
    again = of_small_board(releases())
    again.homes = made.homes
    years = {key.decode().split("|")[1] for key, _ in again.job(candidate, []).homes}
    assert years == {"2024FY", "2025FY"}, "a pair goes by the homes that both its years settled"
    live = datetime(2027, 5, 1, 9, tzinfo=UTC)
    assert made.due(made.register.boards[0], live) == ["2026FY", "2025FY2"]


def test_a_board_that_changed_its_schedule_never_has_a_quarter_and_a_pair_of_the_same_days() -> None:
    """What is out stays, and is emitted again; the first pair is of years without quarters."""
    made = releases()
    before = {release.window for release in parsed(made, request())}
    assert {"2024FY", "2025FY", "2024Q2", "2026Q1"} <= before
    board = of_small_board(made).register.boards[0]
    assert [release.window for release in parsed(made, request("2024FY2", "2025FY2"))] == []
    assert {release.window for release in parsed(made, request())} == before
    assert made.due(board, datetime(2027, 5, 1, 9, tzinfo=UTC)) == ["2026FY"]
    assert made.due(board, datetime(2028, 5, 1, 9, tzinfo=UTC)) == ["2026FY", "2027FY", "2026FY2"]
