"""The pages of measures over a real database: every measure, every state by itself, and who looked is in the log."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, insert, select

from analysis.measures.registry import BY_ID
from dashboards.life import changes
from dashboards.life.states import Fault, LifeState
from models.releases import CellState, Release
from models.store import AuditRow, SignalRow
from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_3 import ladder_3
from tests.dashboards.ladder_5 import ladder_5
from tests.models.store.factories import BOARD, make_signal, make_submission

PATH = f"/boards/{BOARD}/measures"
ALL = [f"m{number}" for number in range(1, 22)]


def read(visit: Visit, engine: Engine, path: str) -> tuple[Page, str]:
    answer = visit(engine).get(path)
    assert answer.status_code == 200
    page = Page(answer.text)
    return page, " ".join(page.text.split())


@pytest.mark.parametrize(
    ("made", "without"), [(ladder_3, {"m18", "m19", "m20", "m21"}), (ladder_5, {"m3"})], ids=["ladder 3", "ladder 5"]
)
def test_every_measure_is_listed_with_a_figure_for_the_year(
    engine: Engine, visit: Visit, made: Callable[[str], Release], without: set[str]
) -> None:
    """Of an older ladder's release there are none of M18 to M21, and since ladder 5 none of M3."""
    store(engine, made("2025FY"), made("2024FY"), made("2026Q1"), make_submission(period="2025Q3"))
    page, words = read(visit, engine, PATH)
    (table,) = page.tables
    assert [row[0] for row in table[1:]] == [BY_ID[name].definition.title for name in ALL]
    assert [row["data-measure"] for row in page.having("tr") if "data-measure" in row] == ALL
    silent = {name for name, row in zip(ALL, table[1:], strict=True) if "not in this release" in row[2]}
    assert silent == without
    assert all(re.search(r"\d", row[2]) for name, row in zip(ALL, table[1:], strict=True) if name not in without)
    assert "April 2025 to March 2026" in words
    with engine.connect() as connection:
        found = connection.execute(select(AuditRow.subject, AuditRow.detail)).all()
    assert [tuple(row) for row in found] == [(BOARD, "measures")]


@pytest.mark.slow
def test_each_has_a_sound_page_with_its_definition_and_what_it_cannot_know(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_3("2025FY"), ladder_3("2026Q1"))
    client = visit(sqlite)
    for measure in ALL:
        page = Page(client.get(f"{PATH}/{measure}").text)
        words = " ".join(page.text.split())
        assert all(heading in words for heading in ("What we cannot know", "Exactly what is", "Source")), measure
        assert len(page.having("caption")) == len(page.tables)
        assert len(page.having("h1")) == 1


def test_the_states_of_a_cell_stand_apart_and_a_share_of_one_is_its_state(sqlite: Engine, visit: Visit) -> None:
    said = {
        CellState.LOW: "fewer than 10 (fewer than ten, or none)",
        CellState.WITHHELD: "withheld (to protect children)",
        CellState.NO_RETURN: "no return (the agency sent nothing)",
        CellState.NOT_RECORDED: "not recorded",
        CellState.NOT_APPLICABLE: "not applicable",
    }
    quarters = ["2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    store(sqlite, *(ladder_3(w, m7_screened=state) for w, state in zip(quarters, said, strict=True)))
    page, _ = read(visit, sqlite, f"{PATH}/m7")
    rows = {row[0]: row for row in page.tables[1][1:]}
    for window, state in zip(("Jan to Mar 2025", "Apr to Jun 2025", "Jul to Sep 2025"), said, strict=False):
        assert rows[window][2] == said[state]
    assert rows["Jan to Mar 2025"][3].startswith("not shown")
    assert rows["Jan to Mar 2025"][3].endswith("%")  # a band leaves bounds
    assert rows["Apr to Jun 2025"][3] == said[CellState.WITHHELD]
    assert rows["Oct to Dec 2025"][2:4] == [said[CellState.NOT_RECORDED]] * 2
    assert rows["Jan to Mar 2026"][2:4] == [said[CellState.NOT_APPLICABLE]] * 2
    assert rows["Oct to Dec 2024"][1:4] == ["not yet released"] * 3


@pytest.mark.parametrize(
    ("state", "said"), [(LifeState.BUILT, "awaiting approval"), (LifeState.WITHDRAWN, "withdrawn")]
)
def test_figures_of_a_release_that_is_not_shown_are_on_no_page(
    sqlite: Engine, visit: Visit, state: LifeState, said: str
) -> None:
    store(sqlite, ladder_3("2025FY"), state=state)
    for path in (PATH, f"{PATH}/m1", f"{PATH}/m6", f"/boards/{BOARD}/training", f"/boards/{BOARD}"):
        _, words = read(visit, sqlite, path)
        assert "400" not in words
        assert "rank" not in words
    assert said in read(visit, sqlite, f"{PATH}/m1")[1]


def test_a_measure_on_links_says_who_can_be_linked_and_how_far_it_may_be_off(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_3("2025FY"))
    page, words = read(visit, sqlite, f"{PATH}/m11")
    assert ["Education and Police", "nhs", "80-89%"] in page.tables[-1]
    assert ["Health and Police", "none", "no kind in common"] in page.tables[-1]
    assert "the true share could lie between" in words
    assert "80-89% have one" in words
    assert "Identifiers in common" not in read(visit, sqlite, f"{PATH}/m9")[1]


@pytest.mark.parametrize(
    ("linked_share", "anything"),
    [("90% or more", False), ("40-49%", False), ("under 10%", True), ("no events", True)],
)
def test_bounds_are_given_for_every_class_of_linked_events(
    sqlite: Engine, visit: Visit, linked_share: str, anything: bool
) -> None:
    store(sqlite, ladder_3("2025FY").model_copy(update={"linked_share": linked_share}))
    words = read(visit, sqlite, f"{PATH}/m11")[1]
    found = re.search(r"could lie between (\d+)% and (\d+)%", words)
    assert found is not None
    low, high = (int(number) for number in found.groups())
    assert low < high <= 100
    assert ((low, high) == (0, 100)) is anything


def test_a_correction_notice_stands_wherever_a_figure_it_touches_does(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_3("2025FY"))
    changes.correct(sqlite, f"{BOARD}.2025FY.l3", "amir", Fault.METHOD, "m9_children")
    said = {
        path: "Correction notice of 11 May 2026" in read(visit, sqlite, path)[1]
        for path in (PATH, f"/boards/{BOARD}/training", *(f"{PATH}/{name}" for name in ("m9", "m11", "m7", "m5")))
    }
    assert said == {
        PATH: True,
        f"/boards/{BOARD}/training": True,
        f"{PATH}/m9": True,
        f"{PATH}/m11": True,  # a share of the children missing
        f"{PATH}/m7": False,
        f"{PATH}/m5": False,
    }


def test_coverage_is_a_matrix_with_its_prompts(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_3("2025FY"))
    page, words = read(visit, sqlite, f"{PATH}/m6")
    matrix = page.tables[0]
    health = next(row for row in matrix if row[0] == "Health")
    assert health[matrix[0].index("Vulnerability")] == "fewer than 10 (fewer than ten, or none)"
    assert "Few children, or none, with signs that the sector is in a position to see Health Vulnerability" in words


def test_hotspots_are_signals_counted_by_the_day_they_were_opened(sqlite: Engine, visit: Visit) -> None:
    signal = make_signal()
    row = signal.model_dump(exclude={"areas"}) | {"areas": " ".join(signal.areas), "src_offset": 1}
    with sqlite.begin() as connection:
        connection.execute(insert(SignalRow).values(**row))
    store(sqlite, ladder_3("2025FY"))
    page, _ = read(visit, sqlite, f"{PATH}/m13")
    assert page.tables[0][1:] == [["Apr 2025 to Mar 2026", "1"], ["Apr 2024 to Mar 2025", "0"]]


@pytest.mark.parametrize("path", ["/boards/X99999999/measures", f"{PATH}/m22", f"{PATH}/m1_children", f"{PATH}/M1"])
def test_what_is_not_there_is_not_found(sqlite: Engine, visit: Visit, path: str) -> None:
    assert visit(sqlite).get(path).status_code == 404
