"""What a worker shows of its partitions: right after an assignment, and gone after it lost them."""

from __future__ import annotations

import pytest
from faust.types import TP

from models.contract import topics
from streams import metrics
from streams.lag import Shown, by_family

RAW = "cse.events.aldermere-police.v1"
FIRST, SECOND, OTHER = TP(topics.ACCEPTED, 0), TP(topics.ACCEPTED, 1), TP(RAW, 0)


@pytest.fixture(autouse=True)
def _nothing_shown() -> None:
    metrics.LAG.clear()
    metrics.CLOCK_AHEAD.set(0)


def exposed() -> dict[str, float]:
    """What a scrape would read, by family."""
    return {sample.labels["topic"]: sample.value for metric in metrics.LAG.collect() for sample in metric.samples}


def test_the_lag_is_that_of_the_partitions_assigned_now() -> None:
    ends = {FIRST: 100, SECOND: 7, OTHER: 50}
    assert by_family(ends, {FIRST: 90, SECOND: 7, OTHER: 0}, {FIRST, SECOND, OTHER}) == {"accepted": 10, "raw": 50}
    assert by_family(ends, {FIRST: 90, SECOND: 0}, {FIRST}) == {"accepted": 10}
    assert by_family(ends, {FIRST: 101, OTHER: None}, {FIRST, OTHER}) == {"accepted": 0, "raw": 50}
    assert by_family(ends, {FIRST: 90}, set()) == {}
    changelog = TP(topics.LEDGER_CHANGELOG, 0)
    assert by_family({changelog: 100, FIRST: 5}, {FIRST: 5}, {changelog, FIRST}) == {"accepted": 0}


def test_a_worker_that_lost_its_partitions_shows_no_lag_of_them() -> None:
    shown = Shown()
    shown.show({FIRST: 100, OTHER: 50}, {FIRST: 0, OTHER: 50}, {FIRST, OTHER})
    assert exposed() == {"accepted": 100, "raw": 0}
    # A rebalance: Faust forgets every end, and the accepted partition went to another worker.
    shown.show({}, {}, {OTHER})
    assert exposed() == {}
    shown.show({OTHER: 60}, {OTHER: 50}, {OTHER})
    assert exposed() == {"raw": 10}
    # A commit that was under way may come after the partition went.
    shown.show({FIRST: 100, OTHER: 60}, {OTHER: 60}, {OTHER})
    assert exposed() == {"raw": 0}


def clock_ahead() -> float:
    return next(iter(metrics.CLOCK_AHEAD.collect())).samples[0].value


def test_clocks_that_differed_do_not_differ_for_ever_on_a_worker_without_partitions() -> None:
    shown = Shown()
    metrics.CLOCK_AHEAD.set(90)
    shown.show({}, {}, {FIRST})
    assert clock_ahead() == 90
    shown.show({}, {}, set())
    assert clock_ahead() == 0
