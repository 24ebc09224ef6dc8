"""The demo as a person runs it: it walks the whole road and adds up, and stops without leaving anything behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.boards import BOARDS, two_boards
from demo.processes import ChildProcess, accepts, free_port, start
from demo.rundir import ROOT
from tests.support.waiting import poll_until

pytestmark = pytest.mark.alone

SMALL = "0.05"
STATES = {"figure", "low", "none", "one_to_nine", "withheld", "no_return", "not_recorded", "not_applicable"}
STATES |= {"not_countable"}


def left_behind(path: Path) -> list[str]:
    """Process ids that have this file open, or one in this folder: of a run's folder every child has its log."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            opened = [str(link.readlink()) for link in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(name.startswith(str(path)) for name in opened):
            found.append(process.name)
    return found


def folder_of(stderr: str) -> Path:
    """Where the run keeps its files, from what it said first."""
    found = re.search(r"all files of this run are in (\S+)", stderr)
    assert found is not None, stderr
    return ROOT / found[1]


def once(broker: str, *size: str) -> dict[str, object]:
    """Run `python -m demo --once` and return what it printed."""
    command = [sys.executable, "-m", "demo", "--once", "--broker", broker, *size]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_140, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    folder = folder_of(done.stderr)
    assert left_behind(folder) == []
    assert all((folder / "exports" / board / "truth.json").is_file() for board in BOARDS), "put back for people"
    suffixes = {path.suffix for path in (folder / "releases").iterdir()}
    read = {".json", ".csv", ".xlsx", ".ods", ".pdf", ".sha256"}
    assert suffixes | {".pdf"} == read  # where Pango is missing there is no PDF
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    ("broker", "size", "releases"),
    [
        # As people run it, at its full size: what was planted is looked for at that size alone.
        pytest.param("embedded", (), 10, marks=pytest.mark.embedded),
        pytest.param("kafka", ("--scale", SMALL, "--years", "0"), 1, marks=[pytest.mark.kafka, pytest.mark.batch]),
    ],
)
def test_the_whole_road_adds_up(
    broker: str, size: tuple[str, ...], releases: int, request: pytest.FixtureRequest
) -> None:
    if broker == "kafka":
        request.getfixturevalue("kafka_jars")
    found = once(broker, *size)
    assert found["ok"] is True
    # Both boards go the whole road: their agencies' events, releases and signals of each, and pages that lead to both.
    assert found["releases"] == dict.fromkeys(BOARDS, releases)
    signals, held, agencies = found["signals"], found["adds_up"], found["agencies"]
    assert isinstance(signals, dict)
    assert isinstance(held, dict)
    assert isinstance(agencies, dict)
    assert all(signals[board]["agency_silent"] >= 1 for board in BOARDS)
    assert held["the first page leads to every board"]
    assert agencies.keys() == two_boards().agency_by_id.keys()
    assert all(agency["published"] > 0 for agency in agencies.values())
    cells, total = found["released_cells"], found["total"]
    assert isinstance(cells, dict)
    assert isinstance(total, dict)
    assert set(cells) <= STATES
    assert sum(cells.values()) > 0
    # The synthetic exports hold dirty rows, revisions and duplicates; a road that shows none of them lost them.
    for name in ("rows_refused_at_agency", "superseded", "current"):
        assert total[name] > 0, name


@pytest.fixture
def demo(tmp_path: Path) -> ChildProcess:
    """A demo that has begun to publish, on a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "demo", "--port", str(port), "--scale", SMALL, "--years", "0"]
    child = start("demo", command, tmp_path / "log", cwd=ROOT)
    child.wait_for_line("rows read", 120)
    assert accepts(port)
    return child


@pytest.mark.slow
@pytest.mark.embedded
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(demo: ChildProcess, number: signal.Signals) -> None:
    folder = folder_of(demo.tail(1000))
    with demo:
        assert len(left_behind(folder)) >= 4
        assert not list(folder.rglob("truth.json")), "what was planted lies nowhere while the product runs"
        began = time.monotonic()
        os.kill(demo.pid, number)
        assert demo.wait(15) == 0
        assert time.monotonic() - began < 15
    assert left_behind(folder) == []


@pytest.mark.slow
@pytest.mark.embedded
def test_a_demo_that_is_killed_takes_everything_with_it(demo: ChildProcess) -> None:
    folder = folder_of(demo.tail(1000))
    os.kill(demo.pid, signal.SIGKILL)
    demo.wait(5)
    poll_until(lambda: not left_behind(folder), 20, "nothing of the run is left")


@pytest.mark.slow
@pytest.mark.embedded
def test_a_part_that_dies_ends_the_demo_with_its_last_words(demo: ChildProcess) -> None:
    folder = folder_of(demo.tail(1000))
    with demo:
        victims = left_behind(folder / "logs" / "ledger.log")
        for process in victims:
            os.kill(int(process), signal.SIGKILL)
        assert demo.wait(30) == 1
        assert "ledger ended early with exit code -9" in demo.tail(60)
    assert len(victims) == 1
    assert left_behind(folder) == []
