"""The page that compares, as visitors get it: their own boards only, by name, and no change that is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine, select

from demo.boards import LARGE, SMALL, content
from models.releases import Release
from models.store import audit
from tests.dashboards.conftest import browser, signed_in, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_5 import ladder_5

PATH = f"/boards/{LARGE}/compared"
NAMES = {LARGE: "Aldermere (synthetic)", SMALL: "Merrowdale (synthetic)"}


@pytest.fixture
def both(sqlite: Engine, tmp_path: Path) -> Path:
    """A register of two boards; each has figures of two years."""
    directory = tmp_path / "both"
    directory.mkdir()
    made = content()
    (directory / f"register-{made['version']}.yaml").write_text(yaml.safe_dump(made, allow_unicode=True), "utf-8")
    figures = {"m7_children": 1000, "m1_children": 1000, "m7_screened": 400}
    then, now = ladder_5("2024FY", **figures), ladder_5("2025FY", **figures | {"m7_screened": 700})
    store(sqlite, then, now, *(of_small(release) for release in (then, now)), checked=False)
    return directory


def of_small(release: Release) -> Release:
    """The same figures for the other board."""
    cells = tuple(cell.model_copy(update={"area": cell.area.replace(LARGE, SMALL)}) for cell in release.cells)
    name = release.release_id.replace(LARGE, SMALL)
    return release.model_copy(update={"board": SMALL, "release_id": name, "cells": cells})


def read(engine: Engine, directory: Path, *grants: str) -> Page:
    answer = browser(engine, directory, signed_in(engine, *grants)).get(PATH)
    assert answer.status_code == 200
    return Page(answer.text)


def test_a_visitor_with_one_board_gets_nothing_of_another(sqlite: Engine, both: Path) -> None:
    page = read(sqlite, both, f"chair:{LARGE}", f"administrator:{SMALL}")
    assert "You see no other board." in page.text
    main = page.text.partition("Comparison")[2]
    assert "Merrowdale" not in main
    assert SMALL not in page.markup


def test_a_visitor_with_both_gets_both_by_name_and_each_reading_is_noted(sqlite: Engine, both: Path) -> None:
    page = read(sqlite, both, f"chair:{LARGE}", f"viewer:{SMALL}:aldermere-police")
    heads = next(table[0] for table in page.tables if table[0][-1] == "Difference")
    assert heads[1:3] == [NAMES[LARGE], NAMES[SMALL]]
    assert "8 wards, and this board 24" in page.text
    with sqlite.connect() as connection:
        noted = connection.execute(select(audit.AuditRow.subject).where(audit.AuditRow.detail == "compared")).scalars()
        assert sorted(noted) == [LARGE, SMALL]


def test_a_board_that_is_not_ones_own_cannot_be_chosen(sqlite: Engine, both: Path) -> None:
    one, two = (
        browser(sqlite, both, signed_in(sqlite, *grants, subject=str(len(grants))))
        for grants in ((f"chair:{LARGE}",), (f"chair:{LARGE}", f"chair:{SMALL}"))
    )
    beside = {name: f"{PATH}?beside={code}" for name, code in (("small", SMALL), ("none", "X99999999"), ("own", LARGE))}
    assert [one.get(path).status_code for path in beside.values()] == [404] * 3
    assert [two.get(path).status_code for path in beside.values()] == [200, 404, 404]


def test_only_a_change_beyond_error_and_chance_is_told_of_the_past(sqlite: Engine, both: Path) -> None:
    page = read(sqlite, both, f"chair:{LARGE}")
    words = " ".join(page.text.split())
    assert "up from 40% to 70%" in words
    rows = {row[0]: row[1:] for table in page.tables if table[0][-1] == "Change" for row in table[1:]}
    told = {row[-1] for row in rows.values()}
    assert told <= {"up", "down", "no change beyond error and chance", "cannot be compared"}
    assert [row for row in rows.values() if row[0] == row[1] and row[-1] in ("up", "down")] == []


def test_the_same_figures_on_both_boards_show_no_difference(sqlite: Engine, both: Path) -> None:
    page = read(sqlite, both, f"chair:{LARGE}", f"chair:{SMALL}")
    table = next(table for table in page.tables if table[0][-1] == "Difference")
    shares = [row for row in table[1:] if "10,000" not in row[0]]
    assert {row[-1] for row in shares} <= {"no difference: the likely ranges overlap", "cannot be compared"}
    assert shares
