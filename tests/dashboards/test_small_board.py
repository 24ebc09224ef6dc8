"""The pages and files of a board with few children: years and pairs of years, and nothing that is not released."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import Protected
from analysis.disclosure.release_file import cell_of
from dashboards.exports import formats
from dashboards.exports.document import document
from dashboards.labels import Names
from dashboards.queries import shortest_newest
from dashboards.words import window_words
from models.register import load_register
from models.releases import CellState, NoiseParameters, Release
from tests.attacks.test_exports import texts
from tests.dashboards.conftest import Visit, store
from tests.dashboards.exports.releases import WRITTEN
from tests.dashboards.html import Page
from tests.dashboards.ladder_4 import SHAPE, ladder_4
from tests.models.store.factories import BOARD, make_release

PATH = f"/boards/{BOARD}"
PAIR = "April 2024 to March 2026 (two years)"
SMALL = LADDERS[4].of("years_and_pairs_of_years")


@pytest.fixture(autouse=True)
def few_children(register_dir: Path) -> None:
    """The register says that the board releases years and pairs of years."""
    (path,) = register_dir.glob("register-*.yaml")
    text = path.read_text("utf-8")
    mark = "    cut_off_days:" if "    cut_off_days:" in text else "    live_from:"
    assert text.count(mark) == 1
    path.write_text(text.replace(mark, f"    releases: years_and_pairs_of_years\n{mark}"), "utf-8")


def release(window: str, value: int | None = 40, **of: int) -> Release:
    """Every cell of the ladder for boards with few children; the whole board's are `of` or `value`, towns' low."""
    cells = []
    for key in SMALL.grid(window, SHAPE):
        shown = of.get(key.measure, value) if key.level == "board" else None
        cells.append(cell_of(key, Protected(CellState.FIGURE, shown) if shown else Protected(CellState.LOW)))
    return make_release(window, tuple(cells), ladder_version=4, parameters=NoiseParameters())


def page(visit: Visit, engine: Engine, path: str = PATH) -> Page:
    answer = visit(engine).get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def words(found: Page) -> str:
    return re.sub(r"\s+", " ", found.text)


def test_the_overview_has_years_and_pairs_and_no_quarters(engine: Engine, visit: Visit) -> None:
    store(engine, release("2024FY", 30), release("2025FY", 50), release("2024FY2", 65))
    found = page(visit, engine)
    years, pairs = found.tables[:2]
    assert [row[0] for row in years[1:]] == ["Apr 2025 to Mar 2026", "Apr 2024 to Mar 2025"]
    assert [row[0] for row in pairs[1:]] == ["Apr 2024 to Mar 2026"]
    assert years[1][1] == "50 up 20"
    assert pairs[1][1] == "65", "no change: the pair before shares no year with it, and there is none"
    said = words(found)
    assert "Children, by financial year" in said
    assert "By pair of financial years" in said
    assert "A pair is not the sum of its years" in said
    assert "do not add up to the year" not in said
    assert "by sector, town and ward" not in said


def test_the_returns_are_by_quarter_all_the_same(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, release("2025FY"))
    returns = page(visit, sqlite, f"{PATH}/recognition").tables[-1]
    assert returns[0][1:3] == ["Jan to Mar 2026", "Oct to Dec 2025"]


def test_what_comes_next_is_a_year(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, release("2025FY"), release("2024FY2"))
    said = words(page(visit, sqlite))
    assert "Newest release April 2025 to March 2026 " in said
    assert "Next release April 2026 to March 2027, cut off on 29 April 2027" in said


def test_a_pair_s_figures_and_what_they_mean(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, release("2025FY"), release("2024FY2"))
    found = page(visit, sqlite, f"{PATH}/figures?window=2024FY2")
    said = words(found)
    assert f"All figures, {PAIR}" in said
    assert "a child who moved counts in both towns" in said
    assert "Wards are released" not in said
    assert page(visit, sqlite, f"{PATH}/figures?window=2024FY2&view=town").tables


@pytest.mark.slow
def test_every_page_of_measures_is_sound_and_shows_nothing_as_missing_that_is_never_released(
    sqlite: Engine, visit: Visit
) -> None:
    store(sqlite, release("2024FY"), release("2025FY"), release("2024FY2", 60))
    listed = words(page(visit, sqlite, f"{PATH}/measures"))
    assert f"answered here for {PAIR}" in listed
    assert "Whole board, in the two years" in listed
    assert "not yet released" not in listed.partition("How to read these figures")[0]
    assert listed.count("not in this release") == 10 + 1, "ten measures, and the key"
    for number in range(1, 22):
        found = page(visit, sqlite, f"{PATH}/measures/m{number}")
        assert len(found.having("caption")) == len(found.tables)
        said = words(found)
        assert "By quarter" not in said, number
        assert ("This one is not among them" in said) == (number in (2, 3, 11, 12, 16, 17, 18, 19, 20, 21)), number
        assert not any("not in this release" in cell for table in found.tables for row in table for cell in row), number
    m1 = words(page(visit, sqlite, f"{PATH}/measures/m1"))
    assert "By pair of financial years" in m1
    assert "By sector" not in m1
    assert "Needs and effects compare sectors" in words(page(visit, sqlite, f"{PATH}/training"))


def test_a_board_that_was_larger_keeps_its_quarters_where_all_releases_are(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_4("2025Q4"), release("2025FY"))
    assert "October to December 2025" in words(page(visit, sqlite, f"{PATH}/figures?window=2025Q4"))


@pytest.mark.slow
def test_files_say_what_a_pair_is(register_dir: Path) -> None:
    register = load_register(register_dir)
    names, pair = Names.of(register, BOARD), release("2024FY2", 60)
    made = document(pair, names)
    assert made.period == PAIR
    assert dict(made.facts)["Period"] == f"{PAIR} (1 April 2024 to 31 March 2026)"
    assert any("Few children are counted in this board" in note for note in made.notes)
    assert not any("Few children" in note for note in document(ladder_4("2025FY"), Names(board="Other")).notes)
    for suffix in WRITTEN:
        text = re.sub(r"\s+", " ", texts(suffix, formats.write(pair, names, suffix)))
        assert ("2024FY2" if suffix == "csv" else "two years") in text, suffix
        assert "a child who moved counts in both towns" in text or suffix == "csv", suffix


def test_windows_in_words() -> None:
    assert window_words(date(2024, 4, 1), date(2026, 4, 1)) == PAIR
    assert window_words(date(2025, 4, 1), date(2026, 4, 1)) == "April 2025 to March 2026"


def test_how_often_releases_come_goes_by_the_shortest_window_that_is_new(engine: Engine) -> None:
    with engine.connect() as connection:
        assert shortest_newest(connection) is None
    store(engine, release("2024FY"), release("2025FY"), release("2024FY2"))
    with engine.connect() as connection:
        found = shortest_newest(connection)
    assert found is not None
    assert found.days == 365
    store(engine, make_release("2026Q1"), checked=False)
    with engine.connect() as connection:
        found = shortest_newest(connection)
    assert found is not None
    assert found.days == 90
