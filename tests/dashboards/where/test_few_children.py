"""Maps and places of a board with few children: years and pairs of years, for towns alone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.dashboards.conftest import Visit, store
from tests.dashboards.test_small_board import few_children, release  # noqa: F401 - a fixture, used by its name
from tests.dashboards.where.test_map_page import PATH, links, seen
from tests.models.store.factories import BOARD

TOWN = f"/boards/{BOARD}/places/{BOARD}-T1"


@pytest.mark.usefixtures("few_children")
def test_towns_of_years_and_pairs_are_on_the_map_and_on_their_page(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, release("2024FY"), release("2025FY"), release("2024FY2"))
    page, words = seen(visit, sqlite)
    assert len(links(page)) == 6
    assert {option["value"].split(".")[0] for option in page.having("option") if "." in option["value"]} == {"town"}
    assert "This board has few children, so most figures are for towns." in words
    assert "Wards are released by financial year only" not in words
    assert 'Every town is "fewer than 10"' in words
    _, pair = seen(visit, sqlite, show="town.2024FY2")
    assert "April 2024 to March 2026 (two years)" in pair
    own, said = seen(visit, sqlite, TOWN)
    assert "by pair of financial years" in said
    assert own.having("a", href=f"/boards/{BOARD}/where?show=town.2024FY2")


@pytest.mark.usefixtures("few_children")
def test_a_ward_has_a_page_that_says_that_it_has_no_figures(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, release("2025FY"))
    _, words = seen(visit, sqlite, f"/boards/{BOARD}/places/X05000018")
    assert "No figures by ward are released for this board" in words
    assert "yet" not in words, "they never will be"
    assert PATH in visit(sqlite).get(f"/boards/{BOARD}/places/X05000018").text
