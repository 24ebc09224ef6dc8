"""A measure's page begins with what it found, and its pictures show the figures of its tables."""

from __future__ import annotations

import re

from sqlalchemy import Engine

from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_cell, make_release

PATH = f"/boards/{BOARD}/measures/m1"
WINDOWS = {"2025Q2": 45, "2025Q3": None, "2025Q4": 125, "2026Q1": 60, "2024FY": 210, "2025FY": 320}


def page(visit: Visit, engine: Engine) -> str:
    store(engine, *(make_release(window, (make_cell(value=value),)) for window, value in WINDOWS.items()))
    answer = visit(engine).get(PATH)
    assert answer.status_code == 200
    return str(answer.text)


def test_the_page_begins_with_its_newest_year_and_the_change_on_the_year_before(sqlite: Engine, visit: Visit) -> None:
    found = page(visit, sqlite)
    sentence = " ".join(re.findall(r'<p class="finding">(.*?)</p>', found, re.S)[0].split())
    assert sentence == (
        "Children with a new concern about child sexual exploitation (CSE) recorded, April 2025 to March 2026: 320 "
        "(likely 316 to 324). That is up 110 on the financial year before."
    )
    assert found.index('class="finding"') < found.index("<table")


def test_a_picture_has_the_figures_of_the_table_under_it_and_no_others(sqlite: Engine, visit: Visit) -> None:
    found = page(visit, sqlite)
    pictures = re.findall(r"<svg.*?</svg>", found, re.S)
    assert len(pictures) == 1, "two years are quicker read than drawn"
    drawn = re.findall(r'font-weight="bold">([^<]*)</text>', pictures[0])
    quarters = next(table for table in Page(found).tables if table[1][0].startswith("Jan to Mar 2026"))
    assert drawn == [row[1] for row in reversed(quarters[1:]) if row[1].isdigit()] == ["45", "125", "60"]
    assert "fewer than 10" in re.findall(r"<desc.*?</desc>", pictures[0])[0]


def test_a_board_without_releases_has_neither(sqlite: Engine, visit: Visit) -> None:
    store(sqlite)
    found = visit(sqlite).get(PATH).text
    assert 'class="finding"' not in found
    assert "<svg" not in found
