"""The page of one ward or town: its own figures, the others without names, what names it, and where to go from it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from tests.dashboards.conftest import Visit, store
from tests.dashboards.exports.releases import BOARD_ENTRY, TOWNS, WARDS
from tests.dashboards.signals.test_page import put
from tests.dashboards.where.test_map_page import NAMES, ROOK, by_ward, seen
from tests.models.store.factories import BOARD, make_cell, make_release, make_signal

PATH = f"/boards/{BOARD}/places/{ROOK}"
TOWN = f"{BOARD}-T5"


def test_it_says_its_figures_as_the_map_does(engine: Engine, visit: Visit) -> None:
    store(engine, by_ward("2024FY", {ROOK: 15, WARDS[0]: 20}), by_ward("2025FY", {ROOK: 55, WARDS[0]: 20}))
    page, words = seen(visit, engine, PATH)
    assert "April 2025 to March 2026: 55 (likely 48 to 62). That is up 40 on the financial year before." in words
    assert "1,292 children aged 10 to 17 live here" in words
    assert page.tables[0][1] == [
        "Apr 2025 to Mar 2026",
        "55 likely 48 to 62",
        "up 40 15 before",
        "1 show 20; 22 fewer than 10",
    ]
    assert page.tables[0][2][2] == "not compared"


def test_other_places_have_no_names_in_the_picture(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2025FY", {ward: 15 + 5 * (at % 4) for at, ward in enumerate(WARDS)}))
    answer = visit(sqlite).get(PATH).text
    picture = answer.partition('class="picture among"')[2].partition("</svg>")[0]
    assert picture
    assert not [name for name in NAMES.values() if name in picture]


def test_a_town_has_its_quarters_its_rate_and_its_wards(sqlite: Engine, visit: Visit) -> None:
    quarters = [
        make_release(window, tuple(make_cell(level="town", area=town, value=30 + 5 * at) for town in TOWNS))
        for at, window in enumerate(("2025Q2", "2025Q3", "2025Q4", "2026Q1"))
    ]
    store(sqlite, by_ward("2025FY", {}), *quarters)
    page, words = seen(visit, sqlite, f"/boards/{BOARD}/places/{TOWN}")
    assert "by quarter" in words
    assert page.tables[0][1][3] == "97.8 likely 84 to 111", "50 of 5,113"
    inside = [ward.code for ward in BOARD_ENTRY.wards if ward.town == TOWN]
    for code in inside:
        assert page.having("a", href=f"/boards/{BOARD}/places/{code}")


def test_signals_that_name_it_its_town_or_its_wards_are_told(sqlite: Engine, visit: Visit) -> None:
    closed = make_signal(TOWN, date(2026, 1, 5), updated_on=date(2026, 3, 2), closed_on=date(2026, 3, 2))
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    put(sqlite, make_signal(ROOK), closed)
    _, words = seen(visit, sqlite, PATH)
    assert "Open since 2 February 2026, CSE concerns. In Rookhollow ward, more children than usual" in words
    assert "Closed on 2 March 2026" in words
    assert "Open since" in seen(visit, sqlite, f"/boards/{BOARD}/places/{TOWN}")[1]
    _, other = seen(visit, sqlite, f"/boards/{BOARD}/places/{WARDS[0]}")
    assert "No signal of the last year names it. That does not mean that nothing is happening" in other
    assert "where something was recorded as happening" in other


def test_it_leads_to_its_town_its_neighbours_and_the_year_before(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2024FY", {ROOK: 15}), by_ward("2025FY", {ROOK: 55}))
    page, words = seen(visit, sqlite, PATH)
    ward = next(ward for ward in BOARD_ENTRY.wards if ward.code == ROOK)
    for code in (*ward.neighbours, TOWN):
        assert page.having("a", href=f"/boards/{BOARD}/places/{code}")
    assert page.having("a", href=f"{PATH}?window=2024FY")
    _, earlier = seen(visit, sqlite, PATH, window="2024FY")
    assert "April 2024 to March 2025: 15 (likely 8 to 22)." in earlier
    assert "Later: April 2025 to March 2026" in earlier
    assert "Earlier: April 2024 to March 2025" in words


def test_without_a_release_it_is_there_and_says_so(sqlite: Engine, visit: Visit) -> None:
    _, words = seen(visit, sqlite, PATH)
    assert "There are no figures of this ward yet" in words


@pytest.mark.parametrize("path", ["X99999999", f"{BOARD}-T9", BOARD, f"{ROOK}?window=2026Q1", f"{ROOK}?window=zz"])
def test_what_is_not_there_is_not_found(sqlite: Engine, visit: Visit, path: str) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    assert visit(sqlite).get(f"/boards/{BOARD}/places/{path}").status_code == 404
