"""A break in series is marked wherever figures of two windows stand together, and nothing is compared across it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from dashboards import breaks
from dashboards.exports.document import document
from dashboards.labels import Names
from models.register import Board, SeriesBreak, load_register
from models.releases import Release
from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_3 import ladder_3
from tests.factories import register
from tests.models.store.factories import BOARD, make_cell, make_release

WHY = "a new case system of the police"
FLAT = (
    "Break in series on 1 January 2026: agencies record in another way from then on (a new case system of the police)."
)


def broken(*given: tuple[date, str]) -> Board:
    listed = tuple(SeriesBreak(day=on, kind=kind, words=WHY) for on, kind in given)
    return register().boards[0].model_copy(update={"breaks": listed})


def change_register(folder: Path, **of_board: Any) -> None:
    """Give the board of the tests' register other fields."""
    (path,) = folder.glob("register-*.yaml")
    content = yaml.safe_load(path.read_text("utf-8"))
    content["boards"][0] |= of_board
    path.write_text(yaml.safe_dump(content), "utf-8")


def text(visit: Visit, engine: Engine, path: str) -> str:
    answer = visit(engine).get(f"/boards/{BOARD}{path}")
    assert answer.status_code == 200
    return " ".join(Page(answer.text).text.split())


def first_quarter(visit: Visit, engine: Engine, path: str = "") -> str:
    """The row of the newest quarter."""
    tables = Page(visit(engine).get(f"/boards/{BOARD}{path}").text).tables
    return next(" ".join(row) for table in tables for row in table if row[0].startswith("Jan to Mar 2026"))


def quarters(**of_newest: Any) -> list[Release]:
    """Two quarters whose figures differ by far more than error and chance."""
    newest = make_release("2026Q1", (make_cell(value=45),)).model_copy(update=of_newest)
    return [make_release("2025Q4", (make_cell(value=185),)), newest]


@pytest.mark.parametrize(
    ("on", "marked"),
    [
        (date(2025, 10, 1), ["2025Q4"]),  # the first day of the earlier: that is apart from the quarter before
        (date(2025, 10, 2), ["2025Q4", "2026Q1"]),  # within the earlier: it has days of both kinds
        (date(2026, 1, 1), ["2026Q1"]),
        (date(2026, 3, 31), ["2026Q1"]),
        (date(2026, 4, 1), []),
    ],
)
def test_a_break_sets_apart_the_windows_that_lie_on_both_of_its_sides(on: date, marked: list[str]) -> None:
    for kind in ("area", "recording"):
        board = broken((on, kind))
        assert [w for w in ("2025Q4", "2026Q1") if breaks.apart(board, w)] == marked
        assert [w for w in ("2025Q4", "2026Q1") if breaks.of_window(board, w)] == marked
    redrawn = broken((on, "places"))
    assert not any(breaks.apart(redrawn, w) for w in ("2025Q4", "2026Q1"))
    assert [w for w in ("2025Q4", "2026Q1") if breaks.of_window(redrawn, w, places=True)] == marked
    assert not breaks.of_window(redrawn, "2026Q1")


def test_a_year_is_apart_from_the_year_before_wherever_the_break_is_in_them() -> None:
    board = broken((date(2025, 6, 1), "area"))
    assert breaks.years_apart(board, ("2023FY", "2024FY", "2025FY", "2026FY")) == {"2025FY", "2026FY"}
    assert "compare it with no other" in breaks.of_window(board, "2025FY")[0]
    assert "Do not compare with earlier periods" in breaks.of_window(board, "2026FY")[0]


def test_two_changes_of_one_day_are_one_entry(register_dir: Path) -> None:
    same = [{"day": date(2025, 5, 1), "kind": kind, "words": WHY} for kind in ("area", "places")]
    change_register(register_dir, breaks=same)
    with pytest.raises(Exception, match="breaks: one entry a day"):
        load_register(register_dir)


@pytest.mark.parametrize("kind", ["area", "recording"])
def test_no_change_is_told_across_a_break(sqlite: Engine, visit: Visit, register_dir: Path, kind: str) -> None:
    store(sqlite, *quarters())
    assert "45 down 140" in first_quarter(visit, sqlite)
    change_register(register_dir, breaks=[{"day": date(2026, 1, 1), "kind": kind, "words": WHY}])
    words = first_quarter(visit, sqlite)
    assert "45 not compared: break in series" in words
    assert "down 140" not in words
    assert text(visit, sqlite, "").count("Break in series on 1 January 2026") == 1


def test_the_measures_page_marks_the_window(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    change_register(register_dir, breaks=[{"day": date(2026, 1, 1), "kind": "recording", "words": WHY}])
    store(sqlite, *quarters())
    assert FLAT in first_quarter(visit, sqlite, "/measures/m1")


def test_redrawn_places_are_marked_where_places_are_shown(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    change_register(register_dir, breaks=[{"day": date(2026, 1, 1), "kind": "places", "words": "wards were redrawn"}])
    store(sqlite, *quarters())
    assert "45 down 140" in first_quarter(visit, sqlite)
    marked = "towns and wards have other bounds from then on (wards were redrawn)"
    assert marked in text(visit, sqlite, "/figures?window=2026Q1")
    assert marked not in text(visit, sqlite, "/figures?window=2025Q4")


def test_another_register_and_another_boundary_set_are_told_even_if_nobody_listed_a_break(
    sqlite: Engine, visit: Visit
) -> None:
    store(sqlite, *quarters(register_version=date(2026, 1, 1), boundary_set="aldermere-2026"))
    other = "Built with the register of 1 January 2026; the period before, with that of 1 April 2024."
    assert text(visit, sqlite, "").count(other) == 1
    assert text(visit, sqlite, "/measures/m1").count(other) == 1
    figures = text(visit, sqlite, "/figures?window=2026Q1")
    assert other in figures
    assert "boundary set aldermere-2026 here, aldermere-2024 in the period before" in figures
    assert other not in text(visit, sqlite, "/figures?window=2025Q4")


def test_a_file_names_the_break(register_dir: Path) -> None:
    change_register(register_dir, breaks=[{"day": date(2026, 1, 1), "kind": "recording", "words": WHY}])
    names = Names.of(load_register(register_dir), BOARD)
    earlier, newest = quarters()
    assert any(note.startswith(FLAT) for note in document(newest, names).notes)
    assert not any("Break in series" in note for note in document(earlier, names).notes)


@pytest.mark.slow
def test_needs_and_effects_do_not_compare_years_across_a_break(
    sqlite: Engine, visit: Visit, register_dir: Path
) -> None:
    store(sqlite, ladder_3("2024FY", detection=True), ladder_3("2025FY", detection=True))
    compared = text(visit, sqlite, "/training")
    assert "could not be told from error and chance" in compared
    change_register(register_dir, breaks=[{"day": date(2025, 4, 1), "kind": "area", "words": "an authority joined"}])
    words = text(visit, sqlite, "/training")
    assert "the series of figures breaks between the two years" in words.lower()
    assert "could not be told from error and chance" not in words
    assert "the board covers another area from then on (an authority joined)" in words
