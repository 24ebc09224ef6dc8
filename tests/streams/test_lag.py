"""What a worker shows of its partitions: after an assignment, while records wait, and after it lost them."""

from __future__ import annotations

from typing import Any

import pytest
from faust.types import TP
from hypothesis import given
from hypothesis import strategies as st

from models.contract import topics
from streams import lag, metrics
from streams.lag import PartitionGauges, Waits

RAW = "cse.events.aldermere-police.v1"
FIRST, SECOND, OTHER = TP(topics.ACCEPTED, 0), TP(topics.ACCEPTED, 1), TP(RAW, 0)


@pytest.fixture(autouse=True)
def _nothing_shown() -> None:
    metrics.LAG.clear()
    metrics.WAITING.clear()
    metrics.CLOCK_AHEAD.set(0)


def exposed(gauge: Any = metrics.LAG) -> dict[str, float]:
    """What a scrape would read, by family."""
    return {sample.labels["topic"]: sample.value for metric in gauge.collect() for sample in metric.samples}


def test_the_lag_is_that_of_the_partitions_assigned_now() -> None:
    seen = {FIRST: (90, 100), SECOND: (7, 7), OTHER: (0, 50)}
    assert PartitionGauges().show(seen, {FIRST, SECOND, OTHER}) == {"accepted": 10, "raw": 50}
    assert PartitionGauges().show(seen, {FIRST}) == {"accepted": 10}
    assert PartitionGauges().show({FIRST: (101, 100)}, {FIRST}) == {"accepted": 0}
    assert PartitionGauges().show(seen, set()) == {}


def test_a_worker_that_lost_its_partitions_shows_no_lag_of_them() -> None:
    shown = PartitionGauges()
    shown.show({FIRST: (0, 100), OTHER: (50, 50)}, {FIRST, OTHER})
    assert exposed() == {"accepted": 100, "raw": 0}
    # A rebalance: nothing is known until the partitions are sought, and the accepted one went to another worker.
    shown.show({}, {OTHER})
    assert exposed() == exposed(metrics.WAITING) == {}
    shown.show({OTHER: (50, 60)}, {OTHER})
    assert exposed() == {"raw": 10}


def test_what_waits_is_the_oldest_record_and_a_steady_stream_is_not_old() -> None:
    shown = PartitionGauges()
    for second in range(1000):
        shown.show({OTHER: (10 * second, 10 * second + 50)}, {OTHER}, now=second)
    assert exposed(metrics.WAITING) == {"raw": 4}, "behind by 50 at 10 a second: five looks, from the first to the last"
    shown.show({OTHER: (10_040, 10_040)}, {OTHER}, now=1000)
    assert exposed(metrics.WAITING) == {"raw": 0}
    shown.show({OTHER: (10_040, 10_041)}, {OTHER}, now=2000)
    shown.show({OTHER: (10_040, 10_900)}, {OTHER}, now=2600)
    assert exposed(metrics.WAITING) == {"raw": 600}
    shown.show({OTHER: (10_040, 10_900)}, {OTHER}, {RAW}, now=2700)
    assert exposed(metrics.WAITING) == {"raw": 0}, "a held topic waits for a person"
    assert exposed() == {"raw": 860}


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), max_size=60))
def test_the_wait_is_that_of_the_end_that_was_seen_first(steps: list[tuple[int, float]]) -> None:
    waits, ends, upto = Waits(), [0], 0
    for now, (came, share) in enumerate(steps):
        ends.append(ends[-1] + came)
        upto = max(upto, round(share * ends[-1]))
        told = waits.look(OTHER, upto, ends[-1], float(now))
        first = next((number for number, end in enumerate(ends[1:]) if end > upto), now)
        assert told == now - first


def test_a_stuck_partition_costs_no_memory_and_keeps_its_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lag, "SAMPLES", 10)
    waits = Waits()
    told = [waits.look(OTHER, 5, 6 + number, float(number)) for number in range(500)]
    assert told[-1] == 499
    assert len(waits._ends[OTHER]) <= 11


def clock_ahead() -> float:
    return next(iter(metrics.CLOCK_AHEAD.collect())).samples[0].value


def test_clocks_that_differed_do_not_differ_for_ever_on_a_worker_without_partitions() -> None:
    shown = PartitionGauges()
    metrics.CLOCK_AHEAD.set(90)
    shown.show({}, {FIRST})
    assert clock_ahead() == 90
    shown.show({}, set())
    assert clock_ahead() == 0
