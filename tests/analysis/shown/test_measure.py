"""The tables of a measure: from released cells alone, each state by itself, and what none of them can know."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.disclosure.ladders import LADDERS
from analysis.ledger.records import ReturnRecord
from analysis.measures.definition import Definition
from analysis.measures.m14 import Action
from analysis.measures.registry import BY_ID, DEFINITIONS, MEASURE_WORDS, MEASURES
from analysis.measures.setting import BoardSetting
from analysis.shown import measure, without_children
from analysis.training.released import ReleasedBoard, ReleasedFigure
from models.catalogue import shipped
from models.register import load_register
from models.releases import CellState
from tests.demo.synthetic.support import REGISTER

F = CellState.FIGURE
LADDER = LADDERS[max(LADDERS)]
STATES = [state for state in CellState if state is not F]


def board(window: str, **cells: dict[str, int | CellState]) -> ReleasedBoard:
    """`any={"m1_children": 100}` and so on."""
    told = []
    for sector, given in cells.items():
        for name, value in given.items():
            state, number = (value, None) if isinstance(value, CellState) else (F, value)
            told.append(ReleasedFigure(name, sector, state, number))
    return ReleasedBoard(window, tuple(told))


def test_every_count_on_the_ladder_has_words_and_a_place_on_its_page() -> None:
    """A column, a row of a breakdown, or a column of the tables of detection shares."""
    assert set(MEASURE_WORDS) == {*LADDER.measures, *LADDERS[4].measures}
    columns = [column for of in MEASURES for column in of.columns]
    rows = {count.name for of in MEASURES for breakdown in of.breakdowns for count in breakdown.counts}
    sectors = board("2025FY", police=dict.fromkeys(LADDER.measures, 50))
    detected = {column.part for part in ("recorded", "missed") for column in measure.detection(sectors, part).columns}
    on_pages = {column.part for column in columns} | {column.whole for column in columns} | rows | detected
    assert set(LADDER.measures) <= on_pages
    assert all(column.words for column in columns)


def test_every_share_is_of_a_part_that_the_ladder_nests_in_its_whole() -> None:
    inside = {(pair.part, pair.whole) for ladder in (LADDER, LADDERS[4]) for pair in ladder.nested}
    inside |= {(a, d) for a, b in inside for c, d in inside if b == c}
    for of in MEASURES:
        assert {(column.part, column.whole) for column in of.columns if column.unit == "share"} <= inside
        assert {(count.name, one.whole) for one in of.breakdowns for count in one.counts} <= inside
        assert of.links is None or (of.links.part, of.links.whole) in inside


def test_by_window_a_state_stays_what_it_is_and_a_missing_release_has_no_entries() -> None:
    boards = {
        "2025Q2": board("2025Q2", any={"m7_children": 100, "m7_screened": 45}),
        "2025Q3": board("2025Q3", any={"m7_children": 100, "m7_screened": CellState.WITHHELD}),
        "2025Q4": board("2025Q4", any={"m7_children": 20}),
    }
    lines = measure.by_window("m7", boards, ("2025Q4", "2025Q3", "2025Q2", "2025Q1"), 1000).lines
    assert [line.name for line in lines] == ["2025Q4", "2025Q3", "2025Q2", "2025Q1"]
    assert lines[0].entries[1:] == (measure.PageEntry(), measure.PageEntry())  # not in that release
    withheld = lines[1].entries
    assert withheld[1].cell is not None
    assert withheld[1].cell.state is CellState.WITHHELD
    assert withheld[2].quotient is not None
    assert withheld[2].quotient.why is CellState.WITHHELD
    assert lines[2].entries[2].quotient is not None
    assert lines[2].entries[2].quotient.value == pytest.approx(0.45)
    assert lines[3].entries == ()


def test_sectors_of_concern_against_expectation_leave_out_those_without_a_figure() -> None:
    now = board(
        "2025FY", police={"m1_children": 50}, health={"m1_children": 100}, housing={"m1_children": CellState.LOW}
    )
    past = board("2024FY", police={"m1_children": 100}, health={"m1_children": 100}, housing={"m1_children": 10})
    table = measure.by_sector("m4", now, 1000, past)
    told = {line.name: line.entries[2].quotient for line in table.lines}
    assert told["police"] is not None
    assert told["police"].value == pytest.approx((50 / 150) / (100 / 200))
    assert told["housing"] is not None
    assert (told["housing"].value, told["housing"].why) == (None, CellState.LOW)
    alone = measure.by_sector("m4", now, 1000)
    assert all(line.entries[1:] == (measure.PageEntry(), measure.PageEntry()) for line in alone.lines)


MODELS = BY_ID["m19"].breakdowns[0]


def test_a_breakdown_is_of_its_whole_and_keeps_every_state() -> None:
    states = {f"m19_model_{at}": state for at, state in zip(("peer", "party", "gang_group"), STATES, strict=False)}
    now = board("2025FY", any={"m1_children": 200, "m19_model_online": 50, **states})
    table = measure.broken_down(MODELS, now, board("2024FY", any={"m19_model_online": 40, "m19_model_peer": 20}))
    assert [line.name for line in table.lines] == [answer.words for answer in MODELS.answers]
    entries = {answer.key: line.entries for answer, line in zip(MODELS.answers, table.lines, strict=True)}
    children, share, past = entries["online"]
    assert (children.cell, past.cell) == (
        now.cell("m19_model_online"),
        ReleasedFigure("m19_model_online", "any", F, 40),
    )
    assert share.quotient is not None
    assert share.quotient.value == pytest.approx(0.25)
    for key, state in zip(("peer", "party", "gang_group"), STATES, strict=False):
        children, share, _ = entries[key]
        assert children.cell is not None
        assert share.quotient is not None
        assert (children.cell.state, share.quotient.why, share.quotient.value) == (state, state, None)
    assert entries["lone_offender"] == (measure.PageEntry(),) * 3, "this release does not have it"


@pytest.mark.parametrize("before", [None, board("2024FY", any={"m1_children": 100})])
def test_a_breakdown_without_a_year_before_has_no_column_of_it(before: ReleasedBoard | None) -> None:
    table = measure.broken_down(MODELS, board("2025FY", any={"m1_children": 200, "m19_model_online": 50}), before)
    assert [column.unit for column in table.columns] == ["children", "share"]
    assert {len(line.entries) for line in table.lines} == {2}


def test_a_release_without_a_breakdown_has_no_table_of_it() -> None:
    assert measure.broken_down(MODELS, board("2025FY", any={"m1_children": 200})).lines == ()


def test_detection_has_a_line_for_each_sector_that_has_a_cell_and_none_for_the_board() -> None:
    found = board(
        "2025FY", any={"m1_children": 100}, police={"m18_recorded_any": 50, "m18_recorded_online": CellState.LOW},
        health={"m18_missed_any": 10}, housing={"m1_children": 10},
    )  # fmt: skip
    table = measure.detection(found, "recorded")
    [police] = table.lines
    told = {c.words: e.cell for c, e in zip(table.columns, police.entries, strict=True) if e.cell is not None}
    assert police.name == "police"
    assert told == {
        "any kind": ReleasedFigure("m18_recorded_any", "police", F, 50),
        "online": ReleasedFigure("m18_recorded_online", "police", CellState.LOW, None),
    }
    assert [line.name for line in measure.detection(found, "missed").lines] == ["health"]


def test_the_whole_board_is_charged_in_the_columns_that_its_release_has() -> None:
    year = board("2025FY", any={"m16_high": 100, "m16_met": 50})
    table = measure.whole_board("m16", year)
    assert [column.part for column in table.columns] == ["m16_high", "m16_met", "m16_met"]
    assert measure.whole_board("m16", board("2025FY", any={"m1_children": 100})).lines == ()
    assert measure.whole_board("m12", board("2025FY", any={"m8_returned": 100, "m8_completed": 50})).lines == ()
    some = measure.whole_board("m16", board("2025FY", any={"m16_high": 100}))
    assert [column.part for column in some.columns] == ["m16_high"]


def test_coverage_keeps_every_state_and_lists_as_prompts_only_what_is_expected() -> None:
    catalogue = shipped()
    seen = next(c for c in catalogue.categories if catalogue.expected("health", c))
    other = next(c for c in catalogue.categories if not catalogue.expected("health", c))
    health: dict[str, int | CellState] = {f"m6_{seen}": CellState.LOW, f"m6_{other}": CellState.LOW, "m6_any": 50}
    found = board("2025FY", health=health, police={f"m6_{seen}": CellState.WITHHELD})
    table = measure.coverage(found)
    line = next(line for line in table.lines if line.name == "health")
    cells = {c.part: e.cell.state for c, e in zip(table.columns, line.entries, strict=True) if e.cell is not None}
    assert cells == {"m6_any": F, f"m6_{seen}": CellState.LOW, f"m6_{other}": CellState.LOW}
    assert measure.prompts(found, catalogue) == (("health", (seen,)),)


def test_a_sector_that_returned_nothing_is_named() -> None:
    assert measure.silent(board("2025FY", housing={"m1_children": CellState.NO_RETURN}, any={"m1_children": 10})) == (
        "housing",
    )


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.id)
def test_every_measure_that_counts_children_names_all_four_reasons_and_their_effect(definition: Definition) -> None:
    told = measure.unknowns(definition)
    assert all(unknown.effect for unknown in told)
    if BY_ID[definition.id].about_children:
        assert {unknown.why for unknown in told} == {"unlinked", "late", "not returned", "not recorded"}
        assert set(definition.unknowns) <= set(told)
    else:
        assert told


def setting() -> BoardSetting:
    register = load_register(REGISTER)
    return BoardSetting.of(register, register.boards[0], date(2026, 5, 12))


def test_three_monthly_returns_are_a_quarterly_one_and_two_are_none() -> None:
    months = [ReturnRecord("aldermere-police", f"2025-0{m}", date(2025, 4, 10)) for m in (1, 2, 3)]
    windows = ("2025Q1",)
    whole, agencies = without_children.returns(setting(), months, windows)
    fewer, _ = without_children.returns(setting(), months[:2], windows)
    received = [table.lines[0].entries[1].number for table in (whole, fewer)]
    assert received == [1, 0]
    police = next(line for line in agencies.lines if line.name == "aldermere-police")
    assert [entry.number for entry in police.entries[:3]] == [1, 1, 1]


def test_actions_and_signals_by_window() -> None:
    rows = [
        Action("need", "a", date(2025, 5, 1), date(2025, 4, 30), True, frozenset({"a"})),
        Action("audit", "b", date(2025, 6, 1)),
    ]
    table, owners = without_children.actions(rows, frozenset({"a"}), ("2025FY", "2024FY"), date(2026, 5, 11))
    year, before = table.lines
    assert [entry.number for entry in year.entries if entry.number is not None] == [2, 1, 1, 1, 1]
    assert year.entries[2].quotient is not None
    assert year.entries[2].quotient.value == 0.5
    assert before.entries[2] == measure.PageEntry()  # nothing was due: no share of it
    assert [line.name for line in owners.lines] == ["a", "b"]
    opened = without_children.signals([date(2025, 4, 1), date(2025, 3, 31)], ("2025FY", "2024FY"))
    assert [line.entries[0].number for line in opened.lines] == [1, 1]
