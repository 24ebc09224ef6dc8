"""The map page: finding, map and table agree, only what is released can be chosen, and each kind of empty is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from dashboards.life.states import LifeState
from models.releases import Cell, CellState, NoiseParameters, Release
from models.store import AuditRow
from tests.dashboards.conftest import READER, People, Visit, store
from tests.dashboards.exports.releases import BOARD_ENTRY, TOWNS, WARDS
from tests.dashboards.geography.outlines import DEMO
from tests.dashboards.html import Page
from tests.dashboards.signals.test_page import put
from tests.models.store.factories import BOARD, make_cell, make_release, make_signal

PATH = f"/boards/{BOARD}/where"
ROOK = "X05000018"
NAMES = {ward.code: ward.name for ward in BOARD_ENTRY.wards}


def by_ward(window: str, figures: Mapping[str, int], rest: CellState = CellState.LOW, **more: object) -> Release:
    """A release with concerns by ward; wards without a figure are in one state."""
    cells: list[Cell] = [make_cell(value=400)]
    for ward in WARDS:
        state = CellState.FIGURE if ward in figures else rest
        cells.append(make_cell(level="ward", area=ward, state=state, value=figures.get(ward)))
    cells += [make_cell(level="town", area=town, value=50) for town in TOWNS]
    cells += [make_cell("m10_children", level="town", area=town, value=20) for town in TOWNS]
    return make_release(window, tuple(cells), ladder_version=5, parameters=NoiseParameters(), **more)


@pytest.fixture
def outlined(register_dir: Path) -> Path:
    shutil.copyfile(DEMO, register_dir / "outlines-aldermere-2024.geojson")
    return register_dir


def seen(visit: Visit, engine: Engine, path: str = PATH, **params: str) -> tuple[Page, str]:
    answer = visit(engine).get(path, params=params)
    assert answer.status_code == 200
    page = Page(answer.text)
    return page, " ".join(page.text.split())


def links(page: Page) -> dict[str, str]:
    """Where an area leads -> what it is called."""
    return {a["href"].rpartition("/")[2]: a["aria-label"] for a in page.having("a", **{"class": "area"})}


def test_finding_map_and_table_say_the_same(engine: Engine, visit: Visit, outlined: Path) -> None:
    store(engine, by_ward("2024FY", {ROOK: 15, WARDS[0]: 20}), by_ward("2025FY", {ROOK: 55, WARDS[0]: 20}))
    put(engine, make_signal(ROOK))
    page, words = seen(visit, engine)
    assert "Changed since the financial year before: Rookhollow 55 (likely 48 to 62), up 40." in words
    assert '2 of 24 wards show a figure, between 20 and 55; 22 show "fewer than 10".' in words
    assert "Open signal, CSE concerns: Rookhollow" in words
    of = links(page)
    assert of.keys() == set(WARDS)
    assert of[ROOK] == "Rookhollow: 55 (likely 48 to 62); up 40 on the period before; an open signal names it"
    assert of[WARDS[1]] == f"{NAMES[WARDS[1]]}: fewer than 10"
    rows = {row[0].split(" ")[0]: row for row in page.tables[0]}
    assert rows["Rookhollow"] == [
        "Rookhollow 1,292 aged 10 to 17 open signal names it",
        "55 likely 48 to 62",
        "up 40 15 before",
    ]
    assert rows["Amberlow"][1:] == ["20 likely 13 to 27", "no clear change 20 before"]
    figures = [row for row in page.tables[0][1:] if any(row[1:])]
    assert len(figures) == 24


def test_places_are_in_order_of_town_and_name_whatever_the_figures(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2025FY", {ward: 100 - 5 * at for at, ward in enumerate(WARDS[:15])}))
    page, _ = seen(visit, sqlite)
    towns = {town.code: town.name for town in BOARD_ENTRY.towns}
    expected = sorted((towns[ward.town], ward.name) for ward in BOARD_ENTRY.wards)
    told = [row[0].split(" 1,")[0] for row in page.tables[0][1:] if any(row[1:])]
    assert told == [name for _, name in expected]
    assert "nobody is ranked" in page.text


def test_without_outlines_it_is_hexagons_and_says_what_to_load(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    page, words = seen(visit, sqlite)
    assert len(links(page)) == 24
    assert "up is not north" in words
    assert "outlines-aldermere-2024.geojson" in words
    assert not page.having("select", id="map-kind")


def test_with_outlines_one_map_is_shown_and_the_other_can_be_chosen(
    sqlite: Engine, visit: Visit, outlined: Path
) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    one, words = seen(visit, sqlite)
    other, hexagons = seen(visit, sqlite, map="hexagons")
    assert (
        len(one.having("svg", **{"class": "picture map"})) == len(other.having("svg", **{"class": "picture map"})) == 1
    )
    assert links(one) == links(other)
    assert "outlines-aldermere" not in words
    assert "It lies about where it is" in hexagons


def test_only_whole_choices_that_are_released_are_offered(sqlite: Engine, visit: Visit) -> None:
    quarter = make_release("2026Q1", tuple(make_cell(level="town", area=town, value=30) for town in TOWNS))
    store(sqlite, by_ward("2025FY", {ROOK: 55}), quarter)
    page, _ = seen(visit, sqlite)
    choices = [option["value"] for option in page.having("option")]
    assert choices == ["m1_children", "m10_children", "ward.2025FY", "town.2025FY", "town.2026Q1"]
    towns, words = seen(visit, sqlite, show="town.2026Q1")
    assert len(links(towns)) == len(TOWNS)
    assert "For 10,000 children aged 10 to 17" in words


def test_a_measure_that_is_not_released_for_a_choice_says_for_what_it_is(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    page, words = seen(visit, sqlite, show="ward.2025FY", measure="m10_children")
    assert "This measure is not released for wards, April 2025 to March 2026." in words
    assert "Nothing is missing" in words
    assert page.having("a", href=f"{PATH}?show=town.2025FY&measure=m10_children&map=hexagons")
    assert not page.having("svg")
    assert page.tables == []


def test_all_few_no_return_and_no_release_are_different_empties(sqlite: Engine, visit: Visit) -> None:
    _, nothing = seen(visit, sqlite)
    assert "no release with figures by ward or town has been approved" in nothing
    assert "says nothing about what happened" in nothing
    store(sqlite, by_ward("2025FY", {}), by_ward("2024FY", {}, CellState.NO_RETURN))
    _, few = seen(visit, sqlite)
    assert 'Every ward is "fewer than 10"' in few
    page, none = seen(visit, sqlite, show="ward.2024FY")
    assert '24 show "no return"' in none
    assert 'Every ward is "fewer than 10"' not in none
    assert links(page)[ROOK] == "Rookhollow: no return"


def test_nothing_is_compared_across_other_bounds(sqlite: Engine, visit: Visit) -> None:
    earlier = by_ward("2024FY", {ROOK: 15}).model_copy(update={"boundary_set": "aldermere-2014"})
    store(sqlite, earlier, by_ward("2025FY", {ROOK: 55}))
    page, words = seen(visit, sqlite)
    assert "Break in series: boundary set" in words
    assert "up 40" not in words
    assert len(page.tables[0][0]) == 2, "no column of changes"


def test_a_search_through_many_places_takes_more_to_tell_a_change(sqlite: Engine, visit: Visit) -> None:
    """A rise of 20 is told of one place by itself; among 24 one of them is to be expected."""
    then = dict.fromkeys(WARDS, 15)
    store(sqlite, by_ward("2024FY", then), by_ward("2025FY", then | {ROOK: 35}))
    _, words = seen(visit, sqlite)
    assert "In no ward has the figure changed" in words
    assert "24 wards can be compared" in words


def test_few_to_a_large_figure_is_a_change(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2024FY", {WARDS[0]: 20}), by_ward("2025FY", {ROOK: 60}))
    _, words = seen(visit, sqlite)
    assert "Rookhollow 60 (likely 53 to 67), up from fewer than 10." in words
    assert "Amberlow fewer than 10, down" not in words, "20 may be few by chance"


@pytest.mark.parametrize("state", [LifeState.BUILT, LifeState.APPROVED_ONCE, LifeState.WITHDRAWN])
def test_figures_that_may_not_be_seen_are_not_there(sqlite: Engine, visit: Visit, state: LifeState) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}), state=state)
    _, words = seen(visit, sqlite)
    assert "There is no map yet" in words
    assert "likely" not in visit(sqlite).get(PATH, params={"show": "ward.2025FY"}).text


def test_nonsense_is_not_found_or_a_default_and_never_echoed(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    client = visit(sqlite)
    for show in ("ward.2026Q1", "zz-canary", "' OR 1=1"):
        assert client.get(PATH, params={"show": show}).status_code == 404
    answer = client.get(PATH, params={"measure": "zz-canary", "map": "zz-canary", "zz": "zz-canary"})
    assert answer.status_code == 200
    assert "zz-canary" not in answer.text


def test_no_code_or_name_of_a_column_is_in_the_words(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    _, words = seen(visit, sqlite)
    assert not re.search(r"\bM\d+\b|m\d+_|X0\d{7}", words)


def test_the_newest_window_leads_to_the_one_before_and_back(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2024FY", {ROOK: 15}), by_ward("2025FY", {ROOK: 55}))
    page, words = seen(visit, sqlite)
    assert "Earlier: April 2024 to March 2025" in words
    assert "Later:" not in words
    assert page.having("a", href=f"{PATH}?show=ward.2024FY&measure=m1_children&map=hexagons")
    assert "Later: April 2025 to March 2026" in seen(visit, sqlite, show="ward.2024FY")[1]


def test_a_signal_of_a_ward_marks_its_town_and_one_of_a_town_its_wards(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    put(sqlite, make_signal(ROOK))
    page, _ = seen(visit, sqlite, show="town.2025FY")
    marked = [name for name in links(page).values() if "open signal" in name]
    assert marked == ["Wrenmouth: 50 (likely 43 to 57); an open signal names a ward of it"]
    closed = make_signal(f"{BOARD}-T1", updated_on=date(2026, 3, 2), closed_on=date(2026, 3, 2))
    put_more = make_signal(f"{BOARD}-T2", opened=date(2026, 2, 9))
    with sqlite.begin() as connection:
        connection.exec_driver_sql("DELETE FROM signals")
    put(sqlite, closed, put_more)
    wards, _ = seen(visit, sqlite)
    marked = sorted(name.split(":")[0] for name in links(wards).values() if "names its town" in name)
    assert marked == sorted(ward.name for ward in BOARD_ENTRY.wards if ward.town == f"{BOARD}-T2")


def test_who_looked_is_in_the_audit_log_and_strangers_are_refused(engine: Engine, visit: Visit, people: People) -> None:
    store(engine, by_ward("2025FY", {ROOK: 55}))
    client = visit(engine)
    client.get(PATH)
    client.get(f"/boards/{BOARD}/places/{ROOK}")
    with engine.connect() as connection:
        rows = connection.execute(select(AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.detail))
        assert [tuple(row) for row in rows] == [
            (READER, "view", BOARD, "where"),
            (READER, "view", BOARD, f"place {ROOK}"),
        ]
    stranger = people("stranger", "chair:X08000002")
    assert stranger.get(PATH).status_code == 403
    assert stranger.get(f"/boards/{BOARD}/places/{ROOK}").status_code == 403


def test_a_release_of_earlier_bounds_is_drawn_on_these(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    """Places that are no more have a name and a figure, and no page."""
    (old,) = register_dir.glob("register-*.yaml")
    text = old.read_text("utf-8").replace("version: 2024-04-01", "version: 2026-05-01")
    text = text.replace("boundary_set: aldermere-2024", "boundary_set: aldermere-2026")
    text = text.replace("X05000018, name: Rookhollow", "X05000099, name: New Rookhollow").replace(
        "X05000018", "X05000099"
    )
    (register_dir / "register-2026-05-01.yaml").write_text(text, "utf-8")
    shutil.copyfile(DEMO, register_dir / "outlines-aldermere-2024.geojson")
    store(sqlite, by_ward("2025FY", {ROOK: 55}))
    page, words = seen(visit, sqlite)
    assert "Bounds: aldermere-2024, which are not in force any more." in words
    assert len(links(page)) == 23
    rows = {row[0].split(" 1,")[0]: row[1] for row in page.tables[0]}
    assert rows["Rookhollow"] == "55 likely 48 to 62"
    assert "New Rookhollow" not in words
    assert not page.having("a", href=f"/boards/{BOARD}/places/{ROOK}")
    assert visit(sqlite).get(f"/boards/{BOARD}/places/{ROOK}").status_code == 404
