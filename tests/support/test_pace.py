"""Limits on waiting grow with the machine's other work, and with nothing else."""

from __future__ import annotations

import os
import time

import pytest

from tests.support import pace


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(pace, "_measured", 1.0)
    return monkeypatch


@pytest.mark.parametrize(("average", "seconds"), [(0.0, 30), (2.0, 30), (10.0, 150), (900.0, 30 * pace.MOST)])
def test_a_bound_grows_with_the_load_of_each_core(load: pytest.MonkeyPatch, average: float, seconds: float) -> None:
    load.setattr(os, "getloadavg", lambda: (average, 0.0, 0.0))
    assert pace.patience(30) == pytest.approx(seconds)


def test_a_machine_that_gives_a_process_half_its_time_is_measured(load: pytest.MonkeyPatch) -> None:
    load.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    ticks = iter(range(10_000))
    load.setattr(time, "process_time", lambda: next(ticks) * 0.05)
    load.setattr(time, "monotonic", lambda: next(ticks) * 0.1)
    assert 1.5 < pace.measure() < 4
    assert pace.patience(10) == pytest.approx(10 * pace.factor())
