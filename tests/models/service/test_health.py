"""What /live, /ready and /metrics say of a loop, and in which words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from models.service.health import Health, Pulse, Reason, serve
from tests.support.waiting import poll_until


def told(pulse: Pulse, path: str) -> tuple[int, str]:
    answer = Health(pulse).answer(path)
    return answer.status, answer.body.decode()


def test_a_loop_that_turns_is_live_and_ready() -> None:
    pulse = Pulse(60)
    assert told(pulse, "/live") == (200, "live\n")
    assert told(pulse, "/ready") == (503, "not ready: still starting\n")
    pulse.turned(None)
    assert told(pulse, "/ready") == (200, "ready\n")


def test_a_loop_that_never_turned_is_not_live_where_it_must_turn_first() -> None:
    pulse = Pulse(60, starts_live=False)
    assert told(pulse, "/live") == (503, "not live: still starting\n")
    pulse.turned(Reason.NO_BROKER)
    assert told(pulse, "/live") == (200, "live\n")


def test_a_loop_that_is_stuck_is_neither() -> None:
    pulse = Pulse(0.1)
    pulse.turned(None)
    poll_until(lambda: told(pulse, "/live") == (503, "not live: the main loop does not turn\n"), 5)
    assert told(pulse, "/ready") == (503, "not ready: the main loop does not turn\n")


def test_a_loop_that_turned_a_while_ago_is_live_and_not_ready_where_it_must_turn_more_often() -> None:
    pulse = Pulse(60, ready_seconds=0.1)
    pulse.turned(None)
    poll_until(lambda: told(pulse, "/ready") == (503, "not ready: the main loop does not turn\n"), 5)
    assert told(pulse, "/live") == (200, "live\n")


def test_each_turn_is_shown_to_the_service() -> None:
    seen: list[Reason | None] = []
    pulse = Pulse(60, show=seen.append)
    pulse.turned(Reason.NO_BROKER)
    pulse.turned(None)
    assert seen == [Reason.NO_BROKER, None]


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_one_line_without_a_value(reason: Reason) -> None:
    pulse = Pulse(60)
    pulse.turned(reason)
    status, body = told(pulse, "/ready")
    assert (status, body) == (503, f"not ready: {reason.value}\n")
    assert body.count("\n") == 1
    assert not any(letter.isdigit() for letter in body)


def test_port_0_serves_nothing() -> None:
    assert serve(Pulse(60), "127.0.0.1", 0) is None


class Counted(Collector):
    """Counts how often it is asked."""

    asked = 0

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """A gauge."""
        self.asked += 1
        yield GaugeMetricFamily("test_asked", "How often.", value=self.asked)


def test_scrapes_without_end_are_not_put_together_without_end() -> None:
    counted = Counted()
    REGISTRY.register(counted)
    try:
        health, before = Health(Pulse(60)), counted.asked
        for _ in range(500):
            assert b"test_asked" in health.answer("/metrics").body
        assert 10 <= counted.asked - before < 100
        poll_until(lambda: f"test_asked {counted.asked}.0".encode() in health.answer("/metrics").body, 5)
    finally:
        REGISTRY.unregister(counted)
