"""Child processes: nothing outlives its parent, however that ends, and a failure shows what the child said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from demo.household import Household, Stopped
from demo.processes import ChildFailed, accepts, free_port, start
from demo.rundir import ROOT
from tests.support.waiting import poll_until

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(100)"]
STUBBORN = [
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(100)",
]  # fmt: skip
PARENT_OF_ONE = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
print("grandchild", child.pid, flush=True)
time.sleep(100)
"""


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_kill_takes_grandchildren_too(tmp_path: Path) -> None:
    with start("parent", [sys.executable, "-c", PARENT_OF_ONE], tmp_path / "log") as child:
        child.wait_for_line("grandchild", 20)
        grandchild = int(child.tail(1).split()[1])
        assert alive(grandchild)
    assert not alive(child.pid)
    poll_until(lambda: not alive(grandchild), 5, "the grandchild is gone")


def test_a_child_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from demo.processes import start\n"
        f"child = start('sleeper', {SLEEPER!r}, Path({str(tmp_path / 'log')!r}))\n"
        "child.wait_for_line('up', 20); print(child.pid, flush=True); time.sleep(100)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    poll_until(lambda: not alive(child), 5, "the child is gone")


def test_a_failure_carries_the_end_of_the_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('the last word'); raise SystemExit(3)"]
    with start("short-lived", command, tmp_path / "log") as child:
        with pytest.raises(ChildFailed, match=r"(?s)short-lived ended with exit code 3 before.*the last word"):
            child.wait_for_port(free_port(), 20)
        with pytest.raises(ChildFailed, match="exit code 3"):
            child.check()


def test_waiting_for_what_does_not_come_ends(tmp_path: Path) -> None:
    with start("sleeper", SLEEPER, tmp_path / "log") as child:
        with pytest.raises(ChildFailed, match="was not ready within 0 s"):
            child.wait_until(lambda: False, 0.2)
        with pytest.raises(ChildFailed, match="still runs"):
            child.wait(0.2)


def test_a_variable_can_be_taken_out_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YPSEM_STRAY", "1")
    command = [sys.executable, "-c", "import os; print(sorted(n for n in os.environ if n.startswith('YPSEM')))"]
    with start("printer", command, tmp_path / "log", env={"YPSEM_STRAY": None, "YPSEM_GIVEN": "1"}) as child:
        assert child.wait(20) == 0
    assert child.tail() == "['YPSEM_GIVEN']"


def test_a_free_port_is_free() -> None:
    port = free_port()
    assert 0 < port < 65536
    assert not accepts(port)


def test_a_service_that_ends_early_ends_the_household(tmp_path: Path) -> None:
    with Household(tmp_path) as household:
        sleeper = household.service("sleeper", SLEEPER, tmp_path / "sleeper.log", {})
        command = [sys.executable, "-c", "print('no keys')"]
        household.service("worker", command, tmp_path / "worker.log", {})
        with pytest.raises(ChildFailed, match=r"(?s)worker ended early with exit code 0.*no keys"):
            household.wait_for(lambda: False, 20, "never")
    assert not alive(sleeper.pid)


def test_a_household_stops_in_time_even_what_will_not_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.household.STOP_WITHIN", 1.0)
    with Household(tmp_path) as household:
        children = [household.service(f"s{n}", STUBBORN, tmp_path / f"{n}.log", {}) for n in range(3)]
        for child in children:
            child.wait_for_line("up", 20)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert [child.exit_code for child in children] == [-signal.SIGKILL] * 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_household_and_its_handler_is_put_back(
    tmp_path: Path, number: signal.Signals, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(partial(signal.signal, number, signal.getsignal(number)))
    signal.signal(number, lambda *_: None)
    before = signal.getsignal(number)
    with pytest.raises(Stopped), Household(tmp_path) as household:  # noqa: PT012 (the exit is what is tested)
        sleeper = household.service("sleeper", SLEEPER, tmp_path / "log", {})
        sleeper.wait_for_line("up", 20)
        os.kill(os.getpid(), number)
        household.wait_for(lambda: False, 20, "never")
    assert not alive(sleeper.pid)
    assert signal.getsignal(number) is before
