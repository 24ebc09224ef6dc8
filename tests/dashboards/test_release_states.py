"""What the board's page says of a release that is not approved: held back, taken back, or not there, each apart."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from dashboards.life import changes
from dashboards.life.states import DecisionReason, LifeState
from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_cell, make_release

CELLS = (make_cell(value=45), make_cell("m9_children", 60), make_cell("m10_children", 20))
WINDOW = "Jan to Mar 2026"


def unreleased(words: str) -> list[str]:
    """A row without figures: who has returned is known all the same."""
    return [*[words] * 4, "0 of 8", words]


def look(visit: Visit, engine: Engine) -> tuple[Page, dict[str, list[str]]]:
    """The page, and its rows by quarter; the row of a withdrawn quarter also has a note beside its name."""
    page = Page(visit(engine).get(f"/boards/{BOARD}").text)
    return page, {" ".join(row[0].split()[:4]): row for row in page.tables[0][1:]}


@pytest.mark.parametrize("state", [LifeState.BUILT, LifeState.APPROVED_ONCE])
def test_figures_that_are_not_approved_are_held_back(engine: Engine, visit: Visit, state: LifeState) -> None:
    store(engine, make_release(cells=CELLS), state=state)
    page, rows = look(visit, engine)
    assert rows[WINDOW][1:] == unreleased("awaiting approval")
    assert rows["Oct to Dec 2025"][1:] == unreleased("not yet released")
    text = " ".join(page.text.split())
    assert "Awaiting approval January to March 2026." in text
    assert "Newest release None has been approved yet" in text
    assert "Overdue" not in text
    assert "80-89%" not in text
    assert "6 of 8" not in text
    assert "45" not in text


def test_a_withdrawn_release_says_when_and_why_and_no_figure(engine: Engine, visit: Visit) -> None:
    store(engine, make_release(cells=CELLS), make_release("2025Q4", cells=(make_cell(value=95),)))
    changes.withdraw(engine, f"{BOARD}.2026Q1.l1", "amir", DecisionReason.WRONG_RETURN)
    page, rows = look(visit, engine)
    assert rows[WINDOW][0] == f"{WINDOW} withdrawn on 11 May 2026 (an agency's return was wrong)"
    assert rows[WINDOW][1:] == unreleased("withdrawn")
    assert rows["Oct to Dec 2025"][1] == "95"
    assert "45" not in page.text
    assert "amir" not in page.text
    assert not [a for a in page.having("a") if "2026Q1" in a["href"]]


def test_no_change_is_worked_out_from_figures_that_are_held_back(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release(cells=CELLS))
    store(sqlite, make_release("2025Q4", cells=(make_cell(value=95),)), state=LifeState.BUILT, checked=False)
    assert look(visit, sqlite)[1][WINDOW][1] == "45"


def test_a_newer_ladder_is_shown_once_it_is_approved(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release(cells=CELLS))
    store(sqlite, make_release(ladder_version=2, cells=(make_cell(value=50),)), state=LifeState.BUILT, checked=False)
    assert look(visit, sqlite)[1][WINDOW][1] == "45"
    changes.approve(sqlite, f"{BOARD}.2026Q1.l2", "amir")
    assert look(visit, sqlite)[1][WINDOW][1] == "45"
    changes.approve(sqlite, f"{BOARD}.2026Q1.l2", "beth")
    assert look(visit, sqlite)[1][WINDOW][1] == "50"
    changes.withdraw(sqlite, f"{BOARD}.2026Q1.l2", "amir", DecisionReason.WRONG_METHOD)
    assert look(visit, sqlite)[1][WINDOW][1] == "45"


def test_superseded_releases_stay_on_the_page(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2025Q4"), state=LifeState.SUPERSEDED)
    assert look(visit, sqlite)[1]["Oct to Dec 2025"][1] == "45"


def test_a_release_of_another_window_is_a_file_and_no_row(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026-03"), make_release("2025Q4"))
    page, rows = look(visit, sqlite)
    assert rows[WINDOW][1:] == unreleased("not yet released")
    files = Page(visit(sqlite).get(f"/boards/{BOARD}/files").text)
    assert f"/releases/{BOARD}.2026-03.l1.csv" in {a["href"] for a in files.having("a")}
    assert "Newest release October to December 2025" in " ".join(page.text.split())
