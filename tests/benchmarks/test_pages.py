"""The boards that the pages are measured with are boards that the service takes, and every page is asked for."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from benchmarks.pages import asked, copies, filled
from benchmarks.pages.table import percentile
from dashboards.people.mapped import ROUTES
from models.contract.periods import bounds
from tests.dashboards.conftest import on_11_may_2026, sqlite
from tests.dashboards.ladder_5 import ladder_5

__all__ = ["on_11_may_2026", "sqlite"]


def test_copies_are_releases_of_other_boards_in_other_years(sqlite: Engine, tmp_path: Path) -> None:
    register = filled.write_register(tmp_path / "register", 2)
    assert [board.code for board in register.boards] == ["X08000001", "X08000002"]
    built = [ladder_5(window) for window in ("2024FY", "2025FY", "2026Q1")]
    made = list(copies.releases(built, 2, 4))
    assert sorted(release.window for release in made) == ["2022FY", "2023FY", "2024FY", "2024Q1", "2025FY", "2026Q1"]
    assert {release.board for release in made} == {"X08000002"}
    wards = {ward.code for ward in register.boards[1].wards}
    assert {cell.area for release in made for cell in release.cells if cell.level == "ward"} <= wards
    assert all((release.starts_on, release.ends_before) == bounds(release.window) for release in made)
    filled.fill(sqlite, register, built[1:], 1)
    addresses, unknown = asked.addresses(sqlite, register)
    tried = {address.route for address in addresses} | set(unknown)
    assert tried == {route for method, route in ROUTES if method == "GET"}


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() -> None:
    assert percentile([float(number) for number in range(1, 21)], 95) == 19
    assert percentile([3.0], 95) == 3
