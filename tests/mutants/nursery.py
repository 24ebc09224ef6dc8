"""Many mutants from one process: it imports the code and collects a target's tests once, and forks for each mutant.

A fork exchanges the mutated functions' code (`swap`), runs the test files that run its lines, the quickest first, and
ends with the first test that fails. No test runs in the process itself, so that each fork begins untouched.
"""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf
from pathlib import Path

import coverage
import hypothesis
import pytest

from tests.mutants.mutations import Mutant
from tests.mutants.reach import Reach, allowed, running, within
from tests.mutants.swap import exchange
from tests.mutants.targets import ROOT, Target
from tests.mutants.worker import LANES, OPTIONS, Outcome

START_SECONDS = 30.0
NOT_EXCHANGED = 9
Say = Callable[[str, Outcome], None]
Job = Callable[[], tuple[int, str]]
"""What a fork does: an exit code, and which test failed."""


class Nursery:
    """A pytest plugin that runs mutants instead of tests."""

    def __init__(
        self,
        target: Target,
        mutants: Iterable[Mutant],
        workers: int,
        reach: Mapping[str, Reach],
        say: Say,
        budget: float = inf,
    ):
        self._budget = budget
        self._target, self._mutants, self._workers, self._say = target, list(mutants), workers, say
        self.reach = dict(reach)
        """Measured first where none is given."""
        self._items: defaultdict[str, list[pytest.Item]] = defaultdict(list)
        self._failed = ""

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what failed."""
        if report.failed:
            self._failed = self._failed or report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure what the tests reach where that is not known, then run every mutant."""
        for item in session.items:
            self._items[str(item.path.relative_to(ROOT))].append(item)
        if not self.reach:
            self.reach = self._measured()
        caught: defaultdict[str, Counter[str]] = defaultdict(Counter)
        jobs: Iterator[tuple[str, Job, float]] = (
            (mutant.id, self._job(mutant, tests), allowed(self.reach, tests, self._workers, START_SECONDS))
            for mutant in self._mutants
            for able in [running(self.reach, mutant.path, mutant.lines, caught[mutant.path])]
            for tests in [within(self.reach, able, self._budget)]
        )
        by_id = {mutant.id: mutant for mutant in self._mutants}
        for name, outcome in _at_once(jobs, self._workers):
            caught[by_id[name].path][outcome.by.partition("::")[0]] += 1
            self._say(name, outcome)
        return True

    def _job(self, mutant: Mutant, tests: list[str]) -> Job:
        def job() -> tuple[int, str]:
            path = ROOT / mutant.path
            # Lines that no test runs may have run while the file was imported, as a function that fills a table does.
            if not tests or not exchange(path, path.read_text("utf-8"), mutant.source):
                return NOT_EXCHANGED, ""
            return self._run(tests)

        return job

    def _run(self, tests: Iterable[str]) -> tuple[int, str]:
        """Run test files up to the first failure; 1 if there was one, and its name."""
        items = [item for test in tests for item in self._items[test]]
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            try:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            except BaseException:  # a fault may end the test run itself
                return 1, item.nodeid
            if self._failed:
                return 1, self._failed
        return 0, ""

    def _measured(self) -> dict[str, Reach]:
        """What each test file runs of the target, and how long it takes; raises where a test fails without a fault."""
        with tempfile.TemporaryDirectory() as folder:
            data = {test: Path(folder) / str(number) for number, test in enumerate(sorted(self._items))}
            jobs = ((test, self._counted(test, place), 1_800.0) for test, place in data.items())
            reach = {}
            for test, outcome in _at_once(jobs, self._workers):
                if outcome.verdict != "survived":
                    raise pytest.UsageError(f"{outcome.by or test} fails without a fault")
                reach[test] = Reach(outcome.seconds, _lines(data[test], self._target))
            return reach

    def _counted(self, test: str, data: Path) -> Job:
        def job() -> tuple[int, str]:
            counting = coverage.Coverage(
                data_file=str(data), include=_files(self._target), config_file=False, messages=False
            )
            warnings.simplefilter("ignore", coverage.exceptions.CoverageWarning)  # nothing of the target may run
            counting.start()
            ended = self._run([test])
            counting.stop()
            counting.save()
            return ended

        return job


def _files(target: Target) -> list[str]:
    """Patterns of the target's files, as coverage reads them."""
    place = ROOT / target.code
    return [str(place)] if place.is_file() else [f"{place}/**"]


def _lines(data: Path, target: Target) -> dict[str, frozenset[int]]:
    stored = coverage.CoverageData(basename=str(data))
    stored.read()
    names = {path: str(Path(path).relative_to(ROOT)) for path in stored.measured_files()}
    return {name: frozenset(stored.lines(path) or ()) for path, name in names.items() if name.startswith(target.code)}


def _at_once(jobs: Iterable[tuple[str, Job, float]], workers: int) -> Iterator[tuple[str, Outcome]]:
    """Fork for each job, some at a time, and yield how each ended; over its seconds a job is killed."""
    waiting = iter(jobs)
    forks: dict[int, tuple[str, float, float, int]] = {}
    more = True
    while more or forks:
        while more and len(forks) < workers:
            job = next(waiting, None)
            if job is None:
                more = False
                break
            name, run, limit = job
            reading, writing = os.pipe()
            pid = os.fork()
            if pid == 0:
                _in_fork(run, writing)
            os.close(writing)
            forks[pid] = name, time.monotonic(), limit, reading
        for pid, (name, began, limit, reading) in list(forks.items()):
            seconds = time.monotonic() - began
            done, status = os.waitpid(pid, os.WNOHANG)
            if not done and seconds < limit:
                continue
            if not done:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            with os.fdopen(reading, "rb") as said:
                by = said.read(2_000).decode("utf-8", "replace") if done else ""
            del forks[pid]
            code = os.waitstatus_to_exitcode(status) if done else None
            if code not in (None, 0, 1, NOT_EXCHANGED):
                raise RuntimeError(f"{name}: the fork ended with {code} ({by}), and no test had failed")
            verdict = {None: "timeout", 0: "survived", 1: "killed", NOT_EXCHANGED: "not exchanged"}[code]
            yield name, Outcome(verdict, seconds, by[:200])
        time.sleep(0.005)


def _in_fork(run: Job, said: int) -> None:
    """Never returns."""
    code, by = 3, ""
    try:
        os.setpgid(0, 0)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with tempfile.TemporaryDirectory() as folder:
            os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
            code, by = run()
    except BaseException as error:  # of the harness: what a fault raises is a test's failure
        by = f"{type(error).__name__}: {error}"
    finally:
        os.write(said, by.encode()[:2_000])
        os._exit(code)


def run(
    target: Target,
    mutants: Iterable[Mutant],
    workers: int,
    reach: Mapping[str, Reach],
    say: Say,
    budget: float = inf,
) -> tuple[int, dict[str, Reach]]:
    """Run the mutants of a target; pytest's exit code, 0 when all went well, and the reach of its tests.

    A mutant meets tests of `budget` seconds; what they do not catch has survived.
    """
    nursery = Nursery(target, mutants, workers, reach, say, budget)
    # That a test fails is enough: to look for the smallest example would take longer than to find one.
    quick = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", deadline=None, phases=quick)
    code = pytest.main([*OPTIONS, "-s", "--hypothesis-profile=mutants", "-m", LANES, *target.tests], plugins=[nursery])
    return int(code), nursery.reach
