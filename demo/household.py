"""Everything a run has started, watched while it runs and stopped together, however the run ends."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

import click

from demo.brokers.apache import ApacheKafka
from demo.brokers.embedded import EmbeddedBroker
from demo.processes import ChildProcess, start

STOP_WITHIN = 8.0
"""Seconds that all services together have after SIGTERM. Then comes SIGKILL, which is safe for all of them."""


class Stopped(BaseException):
    """Someone pressed Ctrl-C or sent SIGTERM; a BaseException, so that no handler of errors swallows it."""


def say(text: str) -> None:
    """One line of progress for the person at the terminal, on stderr."""
    click.echo(f"demo: {text}", err=True)


class Household:
    """The children of a run. Leaving the context stops them all: jobs, then services, and the broker last."""

    def __init__(self, cwd: Path) -> None:
        self._cwd = cwd
        self._services: list[ChildProcess] = []
        self._jobs: list[ChildProcess] = []
        self._brokers = ExitStack()
        self._of_brokers: list[ChildProcess] = []
        self._previous: dict[signal.Signals, Any] = {}

    def service(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str | None]) -> ChildProcess:
        """Start a process that must run until the end."""
        child = start(name, command, log, env=env, cwd=self._cwd)
        self._services.append(child)
        return child

    def job(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str | None], stdout: int | None = None
    ) -> ChildProcess:
        """Start a process that ends by itself."""
        self._jobs = [job for job in self._jobs if job.exit_code is None]
        child = start(name, command, log, env=env, cwd=self._cwd, stdout=stdout)
        self._jobs.append(child)
        return child

    def broker(self, broker: EmbeddedBroker | ApacheKafka) -> str:
        """Start a broker, which is stopped after everything that talks to it; returns its address."""
        self._brokers.enter_context(broker)
        self._of_brokers.extend(broker.children.values())
        return broker.bootstrap

    def check(self) -> None:
        """Raise `ChildFailed`, with the end of its log, if a service or the broker has ended."""
        for child in [*self._of_brokers, *self._services]:
            if child.exit_code is not None:
                raise child.failure(f"ended early with exit code {child.exit_code}")

    def run(self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str | None], timeout: float) -> None:
        """Run a job to its end while the services are watched; raises `ChildFailed` unless it exits 0."""
        job = self.job(name, command, log, env)
        self.wait_for(lambda: job.exit_code is not None, timeout, f"{name} has ended")
        job.check()

    def run_together(
        self, jobs: Sequence[tuple[str, Sequence[str], Path]], env: Mapping[str, str | None], timeout: float
    ) -> None:
        """Run several jobs (name, command, log) side by side to their ends; raises as `run` does, in their order."""
        running = [self.job(name, command, log, env) for name, command, log in jobs]
        names = ", ".join(name for name, _, _ in jobs)
        self.wait_for(lambda: all(job.exit_code is not None for job in running), timeout, f"these have ended: {names}")
        for job in running:
            job.check()

    def wait_for(self, done: Callable[[], bool], timeout: float, what: str, every: float = 0.1) -> None:
        """Poll while the services are watched; raises `TimeoutError` naming what did not happen in time."""
        deadline = time.monotonic() + timeout
        while not done():
            self.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"gave up after {timeout:.0f} s of waiting until {what}")
            time.sleep(every)

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, _raise_stopped)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A second Ctrl-C must not interrupt the stopping: that is bounded anyway.
        for number in self._previous:
            signal.signal(number, signal.SIG_IGN)
        children = [*self._jobs, *reversed(self._services)]
        for child in children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        for child in children:
            child.stop(max(0.0, deadline - time.monotonic()))
        self._brokers.close()
        for number, handler in self._previous.items():
            signal.signal(number, handler)


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped
