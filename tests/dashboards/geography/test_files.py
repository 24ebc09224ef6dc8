"""Outlines beside the register: found, kept, found broken, and checked by a command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboards.__main__ import main
from dashboards.geography.files import Maps, path_of
from dashboards.geography.reading import OutlinesError
from models.register import load_register
from tests.dashboards.geography.outlines import DEMO
from tests.models.store.factories import BOARD

NAME = "outlines-aldermere-2024.geojson"


@pytest.fixture
def loaded(register_dir: Path) -> Path:
    """The demo's register with its outlines beside it."""
    shutil.copyfile(DEMO, register_dir / NAME)
    return register_dir


def test_a_map_of_outlines_needs_a_file_and_hexagons_do_not(register_dir: Path) -> None:
    register, maps = load_register(register_dir), Maps(register_dir)
    board = register.board_by_code[BOARD]
    maps.check(register)
    assert maps.laid(register, board, "outlines", by_town=False) is None
    hexagons = maps.laid(register, board, "hexagons", by_town=False)
    assert hexagons is not None
    assert not hexagons.from_outlines
    shutil.copyfile(DEMO, register_dir / NAME)
    found = maps.laid(register, board, "outlines", by_town=False)
    assert found is not None
    assert found is maps.laid(register, board, "outlines", by_town=False), "kept from the last time"
    now = maps.laid(register, board, "hexagons", by_town=False)
    assert now is not None
    assert now.from_outlines
    assert now.ground != hexagons.ground


def test_a_broken_file_stops_the_start_and_later_only_the_outlines(
    loaded: Path, caplog: pytest.LogCaptureFixture
) -> None:
    register, maps = load_register(loaded), Maps(loaded)
    board = register.board_by_code[BOARD]
    assert maps.laid(register, board, "outlines", by_town=True) is not None
    (loaded / NAME).write_text('{"zz-canary": 1}', "utf-8")
    with pytest.raises(OutlinesError, match=f"{NAME}: the file is not a GeoJSON"):
        maps.check(register)
    assert maps.laid(register, board, "outlines", by_town=True) is None
    assert maps.laid(register, board, "hexagons", by_town=True) is not None
    assert "outlines on disk cannot be used" in caplog.text
    assert "zz-canary" not in caplog.text


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a/b", ".hidden", "x" * 90])
def test_a_boundary_set_that_is_no_file_name_leads_nowhere(name: str, tmp_path: Path) -> None:
    assert path_of(tmp_path, name) is None


def run(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(main, ["outlines", "check", *words])
    return answer.exit_code, answer.output


def test_the_command_says_that_a_file_can_be_used_and_where_to_put_it(loaded: Path) -> None:
    code, said = run(str(DEMO), "--board", BOARD, "--register", str(loaded))
    assert code == 0, said
    assert "24 wards" in said
    assert "names nobody to credit" in said
    assert NAME in said
    assert "border on each other in" not in said


def test_the_command_names_borders_that_do_not_meet(loaded: Path, tmp_path: Path) -> None:
    moved = json.loads(DEMO.read_text("utf-8"))
    ring = moved["features"][0]["geometry"]["coordinates"][0]
    moved["features"][0]["geometry"]["coordinates"][0] = [[x - 0.25, y] for x, y in ring]
    torn = tmp_path / "torn.geojson"
    torn.write_text(json.dumps(moved), "utf-8")
    code, said = run(str(torn), "--board", BOARD, "--register", str(loaded))
    assert code == 0
    assert "2 pairs of wards border" in said
    assert "X05000001 and X05000002" in said


def test_the_command_refuses_with_the_reason(loaded: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.geojson"
    wrong.write_text("{}", "utf-8")
    assert run(str(wrong), "--board", BOARD, "--register", str(loaded))[0] != 0
    assert run(str(tmp_path / "none"), "--board", BOARD, "--register", str(loaded))[0] != 0
    assert run(str(DEMO), "--board", "X99999999", "--register", str(loaded))[0] != 0
