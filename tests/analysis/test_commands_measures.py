"""`measures` and `measures-doc` as an analyst runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.factories import BOARD, CARE, POLICE, event

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "demo" / "register"
CARE_ID, POLICE_ID = CARE, POLICE


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "YPSEM_CLOCK_OFFSET_SECONDS": "0"}
    command = [sys.executable, "-m", "analysis", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """A concern raised twice over, one withdrawn, one of another board, and a return."""
    lines = [
        event("cse_concern", "1", agency=POLICE_ID, child="a", risk={"level": "at_risk"}),
        event("cse_concern", "1", 1, agency=POLICE_ID, child="a", risk={"level": "serious"}),
        event("cse_concern", "2", agency=CARE_ID, child="b"),
        event("withdrawal", "2", 1, agency=CARE_ID),
        event("submission_return", "3", agency=POLICE_ID, period="2026Q1", submitted_on=date(2026, 4, 10).isoformat()),
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", "utf-8")
    return path


def figures(answer: dict[str, Any], measure: str) -> dict[str, Any]:
    return {f"{f['split']}/{f['group']}": f for f in answer["measures"][measure]["figures"]}


def test_every_measure_of_a_period_as_json(events: Path) -> None:
    done = run(
        *("measures", str(events), "--register", str(REGISTER), "--board", BOARD),
        *("--period", "2026Q1", "--as-at", "2026-05-11", "--json"),
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer["measures"]) == {f"m{n}" for n in range(1, 22)} - {"m14"}
    assert "keep inside" in answer["exact"]
    assert answer["synthetic"] is True
    one = figures(answer, "m1")
    assert one["all/all"]["counts"]["children"] == 1
    assert one["level/serious"]["counts"]["children"] == 1
    assert figures(answer, "m5")["agency/aldermere-police"]["counts"]["on_time"] == 1
    assert all(answer["measures"][name]["cannot_know"] for name in answer["measures"])
    assert "lt_" not in done.stdout.replace("lt_6h", ""), "no link id"


def test_as_lines_with_the_warning_first(events: Path) -> None:
    done = run("measures", str(events), "--register", str(REGISTER), "--period", "2025FY", "--measure", "m1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("EXACT numbers of children")
    assert "M1 New concerns about sexual exploitation" in done.stdout
    assert "M5" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--period", "2026Q9"], "--period"),
        (["--period", "2026Q1", "--board", "X08000009"], "no such board"),
        (["--period", "2026Q1", "--measure", "m99"], "m99"),
    ],
)
def test_what_cannot_be_asked(events: Path, arguments: list[str], told: str) -> None:
    done = run("measures", str(events), "--register", str(REGISTER), *arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_a_bad_line_is_named_without_its_content(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(json.dumps(event("cse_concern", surname="Secretname")) + "\n", "utf-8")
    done = run("measures", str(path), "--register", str(REGISTER), "--period", "2026Q1")
    assert done.returncode == 2
    assert "line 1" in done.stderr
    assert "Secretname" not in done.stdout + done.stderr


def test_the_page_is_in_step_for_the_command_too() -> None:
    assert run("measures-doc").stdout == "docs/measures.md is in step\n"
