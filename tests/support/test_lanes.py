"""The summary at the end of a run tells the truth about what ran, what was skipped and why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.lock_in_step import ROOT

pytestmark = pytest.mark.slow

CONFTEST = """
import pytest
from tests.support.lanes import LaneReport, missing

def pytest_configure(config):
    for lane in ("kafka", "postgres", "embedded"):
        config.addinivalue_line("markers", lane)
    config.pluginmanager.register(LaneReport())

@pytest.fixture
def kafka_jars():
    missing("there is no java here")

@pytest.fixture
def kafka_cluster(kafka_jars):
    pass

@pytest.fixture
def embedded_broker():
    pass
"""
TESTS = """
import pytest

def test_by_fixture(embedded_broker): pass
def test_that_fails(embedded_broker): assert False
def test_without_java(kafka_cluster): pass
@pytest.mark.kafka
def test_by_marker(): pass
@pytest.mark.postgres
def test_left_out(): pass
def test_of_no_lane(): pass
"""


def run(folder: Path, *arguments: str, ci: str) -> str:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_some.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments, "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": ci}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("processes", [(), ("-p", "xdist", "-n", "2")])
def test_what_ran_and_what_was_skipped_is_told(tmp_path: Path, processes: tuple[str, ...]) -> None:
    said = run(tmp_path, "-m", "not postgres", *processes, ci="")
    assert "real Apache Kafka: 1 ran; 1 SKIPPED: there is no java here\n" in said
    assert "PostgreSQL: 0 ran; 1 left out by the selection\n" in said
    assert "embedded broker: 2 ran; 1 of them failed\n" in said


def test_under_ci_what_is_missing_fails(tmp_path: Path) -> None:
    said = run(tmp_path, ci="true")
    assert "CI=true and there is no java here" in said
    assert "SKIPPED" not in said
    assert "1 failed, 4 passed, 1 error" in said


def test_a_test_that_uses_a_broker_is_left_out_with_its_lane(tmp_path: Path) -> None:
    said = run(tmp_path, "-m", "not embedded and not kafka", ci="")
    assert "2 passed, 4 deselected" in said
