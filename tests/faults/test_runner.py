"""No fault is left out to save time: a run that is behind its schedule gets smaller loads, and says so."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.faults import runner
from tests.faults.books import Difference
from tests.faults.registry import Fault, Turn
from tests.faults.runner import run_faults, table, took


class Idle:
    """A bench on which nothing runs: what a fault does to a bench does not matter here."""

    def __init__(self, folder: Path, brokers: int) -> None:
        self.network = self.database_line = self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing."""

    def heal(self) -> None:
        """Nothing."""

    def compare(self) -> Difference:
        """All as it should be."""
        return Difference()


def slowly(turn: Turn) -> None:
    """A fault that takes half a second."""
    time.sleep(0.5)
    turn.row.recovery = 0.0
    turn.row.events = turn.events(1000)
    for _ in range(turn.times):
        turn.struck()


@pytest.fixture
def slow_faults(monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    monkeypatch.setattr(runner, "Bench", Idle)
    monkeypatch.setattr(runner, "SLACK", 0.2)
    return [Fault(f"slow {n}", bench, 3, slowly) for n, bench in enumerate(["one", "one", "three", "three"])]


def test_a_run_that_is_late_leaves_nothing_out(slow_faults: list[Fault], tmp_path: Path) -> None:
    rows = run_faults(slow_faults, tmp_path, 1, lambda line: None, target=0.1)
    assert [row.name for row in rows] == [fault.name for fault in slow_faults]
    assert all(row.good for row in rows)
    assert [(row.small, row.times, row.events) for row in rows] == [(False, 3, 1000)] + [(True, 1, 400)] * 3
    assert "4 of 4 faults: lost 0, doubled 0; 3 with small loads" in table(rows)


def test_a_run_in_time_has_its_whole_loads(slow_faults: list[Fault], tmp_path: Path) -> None:
    rows = run_faults(slow_faults, tmp_path, 1, lambda line: None, target=600)
    assert [(row.small, row.events) for row in rows] == [(False, 1000)] * 4


def test_it_says_when_it_was_over_its_target() -> None:
    assert took(1400, 1500) == "1400 s in all"
    assert took(1601, 1500) == "1601 s in all: 101 s over the target of 1500 s; nothing was left out for it"


@pytest.mark.parametrize(("quick", "benches"), [(False, 3), (True, 2)])
def test_a_fault_may_begin_a_new_bench_but_not_in_a_short_selection(
    slow_faults: list[Fault], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: bool, benches: int
) -> None:
    started: list[int] = []

    class Counted(Idle):
        def __init__(self, folder: Path, brokers: int) -> None:
            super().__init__(folder, brokers)
            started.append(brokers)

    monkeypatch.setattr(runner, "Bench", Counted)
    slow_faults[1] = replace(slow_faults[1], fresh=True)
    assert all(row.good for row in run_faults(slow_faults, tmp_path, 1, lambda line: None, quick=quick))
    assert len(started) == benches
