"""Calibration: thresholds from counts of new signals, kept with the register, read by the gate, shown by the page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from analysis.__main__ import main
from analysis.signals import calibrating
from analysis.signals.calibrating import (
    BOARDS_A_PIECE,
    GRID,
    TRIED_BOARDS,
    Piece,
    chance_pieces,
    measured,
    noticeable,
    run,
    score_of,
    share_noticed,
    thresholds_from,
)
from analysis.signals.simulated import Rise, Setting
from analysis.signals.thresholds import STANDING, Thresholds, thresholds_of
from models.register import RegisterError, load_register
from tests.analysis.signals.worlds import REGISTER, board, places

VERSION = "2024-04-01"


def test_the_threshold_lies_where_chance_falls_to_the_rate() -> None:
    falling = np.exp(-(GRID - GRID[0]))
    assert score_of(np.exp(-3.0), falling) == pytest.approx(GRID[0] + 3.0, abs=0.01)
    assert score_of(np.exp(-3.1), falling) == pytest.approx(GRID[0] + 3.1, abs=0.01)
    assert score_of(2.0, falling) == GRID[0]
    with pytest.raises(ValueError, match="more often"):
        score_of(0.2, np.ones(len(GRID)))


def test_it_is_found_by_some_boards_and_measured_on_others() -> None:
    def result(rate: float) -> list[float]:
        return [BOARDS_A_PIECE * rate * float(np.exp(-one)) for one in GRID]

    results = {"find-0": result(20.0), "find-1": result(20.0), "measure-0": result(40.0), "grouped-0": result(200.0)}
    found = thresholds_from(results)
    assert found.told == pytest.approx(np.log(20 / 0.2), abs=0.01)
    assert found.rare == pytest.approx(np.log(20 / 0.04), abs=0.01)
    assert measured(results, "measure", found.told) == pytest.approx(0.4, rel=0.05)
    assert measured(results, "grouped", found.told) == pytest.approx(2.0, rel=0.05)


def test_pieces_give_the_same_whoever_does_them_and_differ_from_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrating, "BOARDS_A_PIECE", 10)
    setting = Setting(60)
    one, two = (run(piece, places(), setting, None) for piece in chance_pieces(20)[:2])
    assert one == run(Piece("find", 0), places(), setting, None)
    assert one != two
    assert (np.diff(one) <= 0).mean() > 0.95, "a higher score is reached less often"


def test_more_children_are_noticed_more_often() -> None:
    draw, setting, thresholds = np.random.default_rng(1), Setting(400), Thresholds(5.0, 7.0)
    shares = [
        share_noticed(draw, places(), setting, thresholds, Rise((), 0, 13, ("missing",), extra=extra), "ward", 25)
        for extra in (6, 20, 60)
    ]
    assert shares[0] < 0.3
    assert shares[0] < shares[1] < shares[2] == 1.0


def test_the_number_that_is_noticed_is_found_by_halving(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def fixed(*a: Any) -> float:
        tried.append(a[4].extra)
        return float(a[4].extra >= 23)

    monkeypatch.setattr(calibrating, "share_noticed", fixed)
    draw, setting = np.random.default_rng(1), Setting(400)
    assert noticeable(draw, places(), setting, STANDING, Rise((), 0, 8), "ward") == 23
    assert tried.count(22) == TRIED_BOARDS // 5 + 1, "no more boards than settle it"
    monkeypatch.setattr(calibrating, "share_noticed", lambda *a: 0.0)
    assert noticeable(draw, places(), setting, STANDING, Rise((), 0, 8), "ward") is None


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A register without a calibration."""
    folder = tmp_path / "register"
    folder.mkdir()
    shutil.copy(REGISTER / f"register-{VERSION}.yaml", folder)
    return folder


def calibrate(register: Path, tmp_path: Path, boards: int = 20) -> str:
    arguments = [
        "--register",
        register,
        "--children",
        60,
        "--boards",
        boards,
        "--processes",
        1,
        "--work",
        tmp_path / "w",
    ]
    result = CliRunner().invoke(main, ["calibrate-signals", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
def test_the_command_writes_beside_the_register_what_the_gate_reads_and_goes_on_where_it_stopped(
    register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = [Piece("rise", 0, "missing", "town", 8)]
    monkeypatch.setattr(calibrating, "rise_pieces", lambda: pieces)
    monkeypatch.setattr(calibrating, "BOARDS_A_PIECE", 10)
    monkeypatch.setattr(calibrating, "TRIED_BOARDS", 5)
    monkeypatch.setattr(calibrating, "GRID", np.array([3.0, 5.0, 8.0, 12.0]))
    assert thresholds_of(load_register(register).boards[0]) == STANDING
    assert "told from a score of" in calibrate(register, tmp_path)
    own = load_register(register).boards[0].signals
    assert own is not None
    assert thresholds_of(load_register(register).boards[0]) == Thresholds(own.told, own.rare)
    assert (own.children, own.boards, own.noticeable[0].kind) == (60, 20, "missing")
    kept = sorted((tmp_path / "w").iterdir(), key=lambda path: len(path.name))
    assert [len(path.read_text().splitlines()) for path in kept] == [6, 1]
    # Stopped in the middle of a line: that piece alone is done again, and gives the same.
    before = (register / f"signals-{VERSION}.yaml").read_text()
    lines = kept[0].read_text().splitlines(keepends=True)
    kept[0].write_text("".join(lines[:-1]) + lines[-1][:20])
    assert "1 of 1" in calibrate(register, tmp_path)
    assert (register / f"signals-{VERSION}.yaml").read_text() == before
    keys = [json.loads(line)[0] for line in kept[0].read_text().splitlines()]
    assert keys == ["find-0", "find-1", "measure-0", "measure-1", "grouped-0", "grouped-1"]


def written(register: Path, **changes: object) -> None:
    """A calibration by hand."""
    own = {
        "children": 400,
        "places": board().places_digest,
        "told": 5.0,
        "rare": 7.0,
        "by_chance": 0.2,
        "in_groups": 0.5,
        "boards": 100,
    }
    code = changes.pop("code", board().code)
    (register / f"signals-{VERSION}.yaml").write_text(yaml.safe_dump({code: own | changes}))


def test_a_calibration_for_other_wards_is_not_used(register: Path) -> None:
    written(register)
    loaded = load_register(register)
    assert thresholds_of(loaded.boards[0]) == Thresholds(5.0, 7.0)
    assert thresholds_of(loaded.board_by_code[board().code]) == Thresholds(5.0, 7.0)
    written(register, places="0" * 16)
    assert thresholds_of(load_register(register).boards[0]) == STANDING


def test_a_calibration_that_cannot_be_read_says_which_file(register: Path) -> None:
    written(register, told="high")
    with pytest.raises(RegisterError, match=f"signals-{VERSION}.yaml"):
        load_register(register)
    written(register, code="X08000099")
    with pytest.raises(RegisterError, match="X08000099"):
        load_register(register)
