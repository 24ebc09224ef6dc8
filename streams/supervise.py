"""`--role all`: intake and ledger as two processes under one parent, which falls and stops with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from models.service.exits import DONE, NOT_ALL
from streams.settings import StreamSettings

STOP_WITHIN = 20.0
"""Seconds a child has after SIGTERM; then SIGKILL, which it survives by design."""


def run_both(settings: StreamSettings) -> int:
    """Start both roles and wait; returns 0 after a requested stop, else the exit code of the one that ended."""
    children = [_start("intake", settings, 0), _start("ledger", settings, 1)]
    stopping = False

    def stop(signum: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping and all(child.poll() is None for child in children):
        time.sleep(0.2)
    ended = [child.returncode for child in children if child.returncode is not None]
    _stop(children)
    return DONE if stopping else (ended[0] or NOT_ALL)


def _start(role: str, settings: StreamSettings, port_offset: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "YPSEM_BOOTSTRAP": settings.bootstrap,
        "YPSEM_REGISTER": str(settings.register_dir),
        "YPSEM_KEYS": str(settings.keys),
        "YPSEM_DATADIR": str(settings.datadir),
        "YPSEM_PARENT_PID": str(os.getpid()),
        "YPSEM_METRICS_PORT": str(settings.metrics_port + port_offset if settings.metrics_port else 0),
    }
    # In this process's group: whatever ends the group ends both. A Ctrl-C reaches them too, which they understand.
    return subprocess.Popen([sys.executable, "-m", "streams", "worker", "--role", role], env=environment)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
