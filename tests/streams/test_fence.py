"""A worker that was stopped past half its session ends before it sends anything more; a busy or starved one goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from streams.fence import Fence
from tests.support.waiting import poll_until

ROOT = Path(__file__).parents[2]


class Clock:
    """Seconds passed and given, as a test says."""

    def __init__(self) -> None:
        self.now = (0.0, 0.0)

    def __call__(self) -> tuple[float, float]:
        return self.now


@pytest.mark.parametrize(
    ("passed", "given", "ends"),
    [(0.5, 0.0, False), (3.1, 0.0, True), (60.0, 0.5, True), (60.0, 2.0, False), (3.0, 0.0, False)],
)
def test_only_time_that_was_not_given_counts(passed: float, given: float, ends: bool) -> None:
    clock, ended = Clock(), list[bool]()
    fence = Fence(3.0, lambda: ended.append(True), clock)
    clock.now = (passed, given)
    fence.look()
    assert bool(ended) is ends


def test_nothing_is_sent_before_a_look() -> None:
    clock, seen = Clock(), list[str]()

    class Client:
        async def send(self, node: int) -> int:
            seen.append("sent")
            return node

    client: Any = Client()
    Fence(3.0, lambda: seen.append("ended"), clock).before_each_request(client)
    clock.now = (10.0, 0.0)
    assert asyncio.run(client.send(5)) == 5
    assert seen == ["ended", "sent"]


CHILD = """
import threading, time
from streams.fence import Fence
Fence(1.0).start()
print("ready", flush=True)
while True:
    time.sleep(0.01)
"""


@pytest.mark.slow
def test_a_process_that_was_paused_ends_with_70_when_it_is_let_go() -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(signal.SIGSTOP)
        paused = time.monotonic()
        poll_until(lambda: time.monotonic() - paused > 1.5, 5)
        assert child.poll() is None
        os.kill(child.pid, signal.SIGCONT)
        assert child.wait(10) == 70
