"""The section on real boards' sizes: made for a few boards, and put into the page in place of the old one."""

from __future__ import annotations

import math

import pytest

from benchmarks.hotspots import power
from benchmarks.hotspots.power import Share, demo_board, power_lines, threshold_of
from benchmarks.hotspots.validation import with_section
from tests.analysis.signals.worlds import places

PAGE = "# P\n\n## A\n\na\n\n## B\n\nb\n\n### B1\n\nb1\n\n## This run\n\nr\n"


def test_a_section_is_replaced_with_all_that_belongs_to_it() -> None:
    assert with_section(PAGE, "## B\n\nnew") == "# P\n\n## A\n\na\n\n## B\n\nnew\n\n## This run\n\nr\n"
    added = with_section(PAGE, "## C\n\nc")
    assert added == PAGE.replace("## This run", "## C\n\nc\n\n## This run")
    assert with_section(added, "## C\n\nc") == added


def test_a_share_has_its_interval() -> None:
    assert str(Share(0.5, 100)) == "50 % (40 to 60)"
    assert str(Share(1.0, 20)) == "100 % (84 to 100)"


def test_the_threshold_gives_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boards that open a signal while their score is reached: one in five above 4."""
    scores = {index: 4.0 if index < 40 else 1.0 for index in range(200)}
    monkeypatch.setattr(power, "new_signals", lambda board, _, told: int(scores[board] > told.told))
    found = threshold_of(list(scores), places())  # type: ignore[arg-type]  # numbers stand for boards
    assert found.told == pytest.approx(1.0, abs=0.02)
    assert found.rare == math.inf


@pytest.mark.slow
def test_the_section_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, "SIZES", (60,))
    monkeypatch.setattr(power, "FRONTIER", power.FRONTIER[3:4])
    monkeypatch.setattr(power, "_TRIED", (20,))
    told: list[str] = []
    lines = list(power_lines(20, told.append, demo_board()))
    assert lines[0] == "## Signals at a real board's size"
    assert sum(line.startswith("| 60 |") for line in lines) == 1
    assert any("(the rule)" in line for line in lines)
    assert told == ["power: 60 children", f"protection: {power.FRONTIER[0][0]}", "beside ADR 0013"]
