"""Child processes for runs and tests: each in its own process group, with a log file, and never left behind."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_TETHER = Path(__file__).with_name("tether.py").read_text("utf-8")


class ChildFailed(RuntimeError):
    """A child that ended, or did not become ready; the message carries the last lines of its log."""


class ChildProcess:
    """A running child process and everything it started itself."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        """Process id, and the id of the process group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def tail(self, lines: int = 15) -> str:
        """The last lines of the log."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 64_000))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])

    def failure(self, what: str) -> ChildFailed:
        """The error to raise about this child, with the end of its log."""
        return ChildFailed(f"{self.name} {what}; the end of {self.log}:\n{self.tail()}")

    def check(self) -> None:
        """Raise `ChildFailed` if it has ended with anything but 0."""
        if self.exit_code not in (None, 0):
            raise self.failure(f"ended with exit code {self.exit_code}")

    def wait_until(self, ready: Callable[[], bool], timeout: float, what: str = "ready") -> None:
        """Poll until `ready()`; raises `ChildFailed` when the child ends first or `timeout` seconds pass."""
        deadline = time.monotonic() + timeout
        while not ready():
            if self.exit_code is not None:
                raise self.failure(f"ended with exit code {self.exit_code} before it was {what}")
            if time.monotonic() > deadline:
                raise self.failure(f"was not {what} within {timeout:.0f} s")
            time.sleep(0.05)

    def wait_for_line(self, text: str, timeout: float) -> None:
        """Wait until the log holds `text`."""
        wanted = text.encode()
        self.wait_until(lambda: self.log.exists() and wanted in self.log.read_bytes(), timeout, f"saying {text!r}")

    def wait_for_port(self, port: int, timeout: float) -> None:
        """Wait until something accepts connections on 127.0.0.1:`port`."""
        self.wait_until(lambda: accepts(port), timeout, f"listening on port {port}")

    def wait(self, timeout: float) -> int:
        """Wait for the end; returns the exit code, raises `ChildFailed` after `timeout` seconds."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise self.failure(f"still runs after {timeout:.0f} s") from None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone; a process that is gone is no error."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to the whole group, as a power cut would; returns when the process is gone."""
        self._signal_group(signal.SIGKILL)
        self._process.wait(10)

    def stop(self, timeout: float = 10, first: signal.Signals = signal.SIGTERM) -> None:
        """Ask the process to end, and end its whole group when `timeout` seconds have passed."""
        self.send(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        self.kill()

    def _signal_group(self, number: signal.Signals) -> None:
        # The group lives on while any member does, so its id cannot have been given to a stranger.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    name: str,
    command: Sequence[str],
    log: Path,
    *,
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    dies_by: signal.Signals = signal.SIGTERM,
    stdout: int | None = None,
) -> ChildProcess:
    """Start a command in a process group of its own, output appended to `log`.

    `env` is added to this process's environment; None takes a variable out of it. `user` is an account to run as
    (only root may name one). `dies_by` is what the command receives should this process die without stopping it.
    `stdout` is a file descriptor for output that must not be mixed with the log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    tether = [sys.executable, "-I", "-c", _TETHER, str(os.getpid()), str(int(dies_by)), user or "-", "--"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*tether, *command],
            stdin=subprocess.DEVNULL,
            stdout=output if stdout is None else stdout,
            stderr=output,
            env={name: value for name, value in ({**os.environ, **(env or {})}).items() if value is not None},
            cwd=cwd,
            start_new_session=True,
        )
    return ChildProcess(name, process, log)


def free_port() -> int:
    """A TCP port that nothing on 127.0.0.1 uses at this moment.

    Below the range that systems hand out for outgoing connections, so that none of those takes it meanwhile.
    """
    while True:
        # The system's randomness: two test runs whose generators were seeded alike must not meet on one port.
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def accepts(port: int) -> bool:
    """Whether something on 127.0.0.1 accepts a connection on this port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
