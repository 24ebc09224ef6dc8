"""The board's page over real databases: what is released is shown, each state apart, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update

from models.releases import CellState
from models.service import clock
from models.store import RemedyRow, ServiceStateRow
from tests.dashboards.conftest import Visit, browser, store
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, database, make_cell, make_release, make_submission

PATH = f"/boards/{BOARD}"
PARTITION = 3
AT_GAP = datetime(2026, 5, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def page(visit: Visit, engine: Engine, path: str = PATH) -> Page:
    """The board's page, or another, parsed."""
    answer = visit(engine).get(path)
    assert answer.status_code == 200
    return Page(answer.text)


def figures(found: Page) -> dict[str, list[str]]:
    """Quarter -> the text of its cells."""
    return {row[0]: row[1:] for row in found.tables[0][1:]}


def test_released_figures_with_rate_change_and_completeness(engine: Engine, visit: Visit) -> None:
    cells = {
        "2026Q1": (make_cell(value=45), make_cell("m9_children", 60), make_cell("m10_children")),
        "2025Q4": (make_cell(value=85), make_cell("m9_children", 55), make_cell("m10_children", 10)),
    }
    store(engine, *(make_release(quarter, given) for quarter, given in cells.items()))
    found = figures(page(visit, engine))
    assert list(found)[:2] == ["Jan to Mar 2026", "Oct to Dec 2025"]
    assert found["Jan to Mar 2026"] == [
        "45 down 40",
        "13.3",
        "60 no clear change",
        "fewer than 10 (fewer than ten, or none)",
        "0 of 8; 6 of 8 by the cut-off",
        "80-89%",
    ]
    assert found["Oct to Dec 2025"][:2] == ["85", "25.1"]


def test_the_last_eight_quarters_newest_first_and_the_unreleased_are_said_to_be_so(
    sqlite: Engine, visit: Visit
) -> None:
    store(sqlite, make_release("2025Q3"))
    found = figures(page(visit, sqlite))
    assert list(found) == [
        "Jan to Mar 2026",
        "Oct to Dec 2025",
        "Jul to Sep 2025",
        "Apr to Jun 2025",
        "Jan to Mar 2025",
        "Oct to Dec 2024",
        "Jul to Sep 2024",
        "Apr to Jun 2024",
    ]
    unreleased = ["not yet released"] * 4 + ["0 of 8", "not yet released"]  # who has returned is known without one
    assert {quarter for quarter, row in found.items() if row == unreleased} == set(found) - {"Jul to Sep 2025"}


@pytest.mark.parametrize("state", sorted(set(CellState) - {CellState.FIGURE}))
def test_each_state_renders_apart(sqlite: Engine, visit: Visit, state: CellState) -> None:
    store(sqlite, make_release(cells=(make_cell(state=state, value=None), make_cell("m9_children", 45))))
    words = {
        "none": "0",
        "one_to_nine": "1-9",
        "low": "fewer than 10",
        "withheld": "withheld",
        "no_return": "no return",
        "not_recorded": "not recorded",
        "not_applicable": "not applicable",
        "not_countable": "cannot be counted",
    }
    row = figures(page(visit, sqlite))["Jan to Mar 2026"]
    assert words[state] in row[0]
    assert row[1].startswith("not shown")
    assert row[3] == "not in this release"
    assert not any(character.isdigit() for character in re.sub("fewer than 10|1-9|^0", "", row[0]))


OTHER_CELLS = {
    "sector": {"sector": "police"},
    "agency": {"agency": "zebra-agency"},
    "agency sorted first": {"agency": "aardvark-agency"},
    "indicator": {"indicator": "unknown"},
    "level": {"level": "town", "area": f"{BOARD}-T1"},
    "level of the same area": {"level": "ward"},
    "area": {"area": "X08000009"},
}
"""Each differs from the board's own total in one way; some sort before it and some after."""


@pytest.mark.parametrize("other", list(OTHER_CELLS))
def test_only_the_boards_own_total_cell_is_shown(sqlite: Engine, visit: Visit, other: str) -> None:
    store(sqlite, make_release(cells=(make_cell(value=45), make_cell(value=95, **OTHER_CELLS[other]))))
    found = page(visit, sqlite)
    assert figures(found)["Jan to Mar 2026"][0] == "45"
    assert "95" not in found.text


def test_of_two_ladder_versions_the_newer_is_shown(sqlite: Engine, visit: Visit) -> None:
    newer = make_release(ladder_version=2, cells=(make_cell(value=50),))
    store(sqlite, newer, make_release(cells=(make_cell(value=45),)))
    assert figures(page(visit, sqlite))["Jan to Mar 2026"][0] == "50"


def test_another_boards_release_is_not_shown(sqlite: Engine, visit: Visit) -> None:
    other = "X08000009"
    store(sqlite, make_release(board=other, release_id=f"{other}.2026Q1.l1"))
    assert figures(page(visit, sqlite))["Jan to Mar 2026"][0] == "not yet released"


def test_returns_by_agency_in_alphabetical_order(engine: Engine, visit: Visit) -> None:
    store(
        engine,
        make_submission("aldermere-police"),
        make_submission("aldermere-health", submitted_on=date(2026, 4, 30)),
        make_submission("aldermere-schools", "2025Q4", submitted_on=date(2026, 1, 10)),
    )
    rows = {row[0]: row[1:] for row in page(visit, engine, f"{PATH}/recognition").tables[-1][1:]}
    assert list(rows) == sorted(rows, key=str.casefold)
    assert len(rows) == 8
    assert rows["Aldermere Police (synthetic)"][:2] == ["returned", "no return"]
    assert rows["Aldermere Health (synthetic)"][:2] == ["returned late", "no return"]
    assert rows["Aldermere Schools (synthetic)"][:2] == ["no return", "returned"]


def test_freshness_says_what_is_newest_and_what_is_overdue(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2025Q4", cut_off=datetime(2026, 1, 29, tzinfo=UTC)))
    text = " ".join(page(visit, sqlite).text.split())
    assert "Newest release October to December 2025" in text
    assert "arrived by 29 January 2026, 00:00" in text
    assert "Received here 11 May 2026, 11:00" in text  # British Summer Time
    assert "Next release January to March 2026, cut off on 29 April 2026 Overdue" in text


def test_nothing_is_overdue_before_the_next_cut_off(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"))
    text = " ".join(page(visit, sqlite).text.split())
    assert "Next release April to June 2026, cut off on 29 July 2026" in text
    assert "Overdue" not in text


def test_no_release_yet_says_how_to_ask_for_one(sqlite: Engine, visit: Visit) -> None:
    store(sqlite)
    assert Page(visit(sqlite).get(PATH).text).having("a", href=f"{PATH}/releases/ask")


def test_a_sink_that_never_ran_or_has_stopped_is_said_so(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, checked=False)
    assert "Never: start the sink" in page(visit, sqlite).text
    store(sqlite)
    assert "sink" not in page(visit, sqlite).text.split("Children, by quarter")[0]
    with sqlite.begin() as connection:
        connection.execute(update(ServiceStateRow).values(updated_at=clock.now() - timedelta(minutes=6)))
    assert "The sink has stopped" in page(visit, sqlite).text


def test_an_empty_database_says_what_to_do(request: pytest.FixtureRequest, register_dir: Path) -> None:
    with database("sqlite", request, migrated=False) as empty:
        found = Page(browser(empty, register_dir, "number-of-a-session").get(PATH).text)
    assert "python -m consumers sink" in found.text
    assert found.tables == []


def test_what_operations_left_out_is_said(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release())
    assert "skipped by operations" not in visit(sqlite).get(PATH).text
    at = {"rule": "x", "reason": "", "by": "op1", "at": datetime(2026, 5, 1, tzinfo=UTC), "partition": 0}
    raw = "cse.events.aldermere-police.v1"
    with sqlite.begin() as connection:
        for offset, active in enumerate((True, True, False)):
            row = {"remedy_id": str(offset), "kind": "skip", "topic": raw, "offset": offset, "active": active}
            connection.execute(insert(RemedyRow).values(**at | row))
        held = {"remedy_id": "h", "kind": "hold", "topic": raw, "active": True}
        connection.execute(insert(RemedyRow).values(**at | held))
    said = visit(sqlite).get(PATH).text
    assert "2 records were skipped by operations and are not in the figures." in said
    assert re.search(r"Newer records of .*olice.* are in no figure", said)


def test_what_was_never_read_is_said_with_whose_and_since_when(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release())
    assert "incomplete since" not in visit(sqlite).get(PATH).text.lower()
    row = {"kind": "gap", "rule": "deleted", "reason": "", "by": "worker", "partition": 0}
    raw = "cse.events.aldermere-police.v1"
    gaps = [
        {"remedy_id": "a", "topic": raw, "offset": 8, "last_offset": 27, "active": True, "at": AT_GAP},
        {"remedy_id": "b", "topic": raw, "offset": 40, "last_offset": 41, "active": True, "at": AT_GAP + 3 * DAY},
        {"remedy_id": "c", "topic": "cse.events.aldermere-health.v1", "offset": 1, "last_offset": 1, "active": False,
         "at": AT_GAP},
    ]  # fmt: skip
    with sqlite.begin() as connection:
        connection.execute(insert(RemedyRow), [row | one for one in gaps])
    at = visit(sqlite)
    name = "Aldermere Police (synthetic)"
    for path in (PATH, f"{PATH}/measures", f"{PATH}/measures/m6", f"{PATH}/training"):
        said = Page(at.get(path).text).text
        assert f"Data of {name} are incomplete since 1 May 2026" in said, path
        assert said.count("are incomplete since") == 1, path
        assert "publishing tool does so automatically" in said, path
    table = Page(at.get(f"{PATH}/recognition").text).text.split("Returns by agency")[1]
    assert f"{name}Incomplete since 1 May 2026" in table.replace(f"{name} Incomplete", f"{name}Incomplete")
    notice = Page(at.get(PATH).text).text.split("incomplete since")[1][:200]
    assert "27" not in notice, "offsets are nobody's business here"
    with sqlite.begin() as connection:
        connection.execute(update(RemedyRow).values(active=False))
    assert "incomplete since" not in Page(at.get(PATH).text).text.lower()
    with sqlite.begin() as connection:
        own = {"remedy_id": "d", "topic": "ypsem.accepted.v1", "offset": 8, "last_offset": 9, "active": True}
        partition = {"partition": PARTITION, "at": AT_GAP}
        connection.execute(insert(RemedyRow).values(**row | own | partition))
    assert "Figures of this board are incomplete since 1 May 2026" in Page(at.get(PATH).text).text
