"""Reports at the end of a run which tests on Kafka, PostgreSQL, a browser and the embedded broker ran, and why not.

A lane is a marker. A test that uses a lane's fixture is put on the lane, so that no marker can be forgotten.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

LANES = {
    "kafka": "real Apache Kafka",
    "postgres": "PostgreSQL",
    "browser": "Debian's Chromium",
    "embedded": "embedded broker",
}
LANES_OF = "ypsem-lanes"
"""Under this name a test's report carries its lanes: with xdist another process collects the tests."""
LEFT_OUT = "ypsem-left-out"
FIXTURES = {
    "kafka_broker": "kafka",
    "kafka_cluster": "kafka",
    "postgres_server": "postgres",
    "chromium": "browser",
    "embedded_broker": "embedded",
    "fresh_embedded_broker": "embedded",
}


def missing(what: str) -> NoReturn:
    """Skip the test because what its lane needs is missing; under CI=true, fail."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true and {what}", pytrace=False)
    pytest.skip(what)


@dataclass
class Tally:
    """What became of one lane's tests."""

    ran: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    """Reason -> tests."""
    deselected: int = 0

    def line(self) -> str:
        """One line for the summary, beginning with how many ran."""
        parts = [f"{sum(self.ran.values())} ran"]
        if self.ran["failed"]:
            parts.append(f"{self.ran['failed']} of them failed")
        parts += [f"{n} SKIPPED: {reason}" for reason, n in sorted(self.skipped.items())]
        if self.deselected:
            parts.append(f"{self.deselected} left out by the selection")
        return "; ".join(parts)


def _lanes(item: pytest.Item) -> list[str]:
    return [lane for lane in LANES if item.get_closest_marker(lane) is not None]


class LaneReport:
    """The pytest plugin behind the summary."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = defaultdict(Tally)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: Iterable[pytest.Item]) -> None:
        """Put tests on the lanes of their fixtures, before `-m` selects."""
        for item in items:
            for fixture in getattr(item, "fixturenames", ()):
                if fixture in FIXTURES and item.get_closest_marker(FIXTURES[fixture]) is None:
                    item.add_marker(FIXTURES[fixture])
            item.user_properties.append((LANES_OF, _lanes(item)))

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what the selection left out."""
        for item in items:
            for lane in _lanes(item):
                self._tallies[lane].deselected += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Each of xdist's processes passes on what it left out to the one that reports."""
        if (told := getattr(session.config, "workeroutput", None)) is not None:
            told[LEFT_OUT] = {lane: tally.deselected for lane, tally in self._tallies.items()}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """All of xdist's processes collect, and leave out, the same tests."""
        for lane, left_out in getattr(node, "workeroutput", {}).get(LEFT_OUT, {}).items():
            self._tallies[lane].deselected = left_out

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test once: by its call, or by its set-up when that skipped or failed."""
        if report.when != "call" and not (report.when == "setup" and report.outcome != "passed"):
            return
        properties: dict[str, Any] = dict(report.user_properties)
        for lane in properties.get(LANES_OF, ()):
            if report.outcome == "skipped":
                reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
                self._tallies[lane].skipped[reason.removeprefix("Skipped: ")] += 1
            else:
                self._tallies[lane].ran[report.outcome] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the lanes."""
        terminalreporter.section("lanes")
        for lane, name in LANES.items():
            terminalreporter.write_line(f"{name}: {self._tallies[lane].line()}")
