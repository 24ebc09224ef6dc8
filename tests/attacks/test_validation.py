"""The validation of disclosure control, as `make validate-disclosure` runs it, on one small board."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.release_boards import LATE, YEARS, batch, board
from benchmarks.release_validation import main

pytestmark = pytest.mark.slow


def test_two_years_of_a_board_are_released_attacked_and_reported(tmp_path: Path) -> None:
    arguments = ["--boards", "1", "--first-seed", "2", "--checkpoints", str(tmp_path), "--out", str(tmp_path / "r.md")]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0, first.output
    assert "board 2, 20 children a year: 10 releases" in first.stdout
    report = (tmp_path / "r.md").read_text("utf-8")
    assert "Boards run: 1 of 1" in report
    assert "Disclosures: 0 by the gate's own audit" in report
    again = CliRunner().invoke(main, arguments)
    assert "board 2" not in again.stdout, "a board that was run is not run again"
    (file,) = tmp_path.glob("*.json")
    content = json.loads(file.read_text("utf-8"))
    assert content["attacks"] > 0
    file.write_text(json.dumps({**content, "by_attack": 1}), "utf-8")
    disclosed = CliRunner().invoke(main, [*arguments, "--report-only"])
    assert disclosed.exit_code == 1
    assert "- seed 2, 20 a year: 0 and 1" in (tmp_path / "r.md").read_text("utf-8")


def test_a_batch_has_all_sizes_and_the_same_seed_gives_the_same_board() -> None:
    sizes = [children for _, children in batch(100)]
    assert (len(sizes), sizes[0], sizes[-1]) == (100, 20, 4000)
    assert sizes == sorted(sizes)
    one, again = board(7, 60), board(7, 60)
    assert one.facts == again.facts
    share = len(one.late) / len(one.facts)
    assert 0 < share < 3 * LATE
    assert not board(8, 60).late
    year, quarter = (sum(map(len, one.tally(w).sets.values())) for w in (YEARS[0], "2025Q1"))
    assert year >= quarter, "what came late for its quarter is in the year"
