"""On real Kafka: an intake whose consumer fetches nothing is not ready, however well its producer is."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from demo.processes import free_port
from models.service.health import Reason
from tests.conftest import KafkaCluster
from tests.factories import POLICE, event, wire
from tests.kafka.road import Services, account, publish
from tests.support.waiting import poll_until


def ready(port: int) -> tuple[int, str]:
    """Status and words of /ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def accepted(bootstrap: str) -> int:
    return len(account(bootstrap).accepted)


@pytest.mark.kafka
@pytest.mark.slow
def test_an_intake_that_fetches_nothing_is_not_ready(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    port, stuck = free_port(), tmp_path / "stuck"
    services = Services(kafka_cluster().bootstrap, tmp_path / "run")
    services.environment |= {"YPSEM_METRICS_PORT": str(port), "STUCK_FILE": str(stuck)}
    events = [(POLICE, wire(event(record=str(n), child=None))) for n in range(200)]
    with services.start("tests.kafka.stuck_intake", "worker", "--role", "intake"):
        publish(services.bootstrap, events[:100], "none")
        poll_until(lambda: accepted(services.bootstrap) == 100, 60, "the first are accepted")
        poll_until(lambda: ready(port)[0] == 200, 60, "it is ready")
        stuck.touch()
        publish(services.bootstrap, events[100:], "none")
        poll_until(lambda: ready(port) == (503, f"not ready: {Reason.FETCH_STALLED.value}\n"), 120, "it is not ready")
        assert accepted(services.bootstrap) < 200
        assert "fetch-stalled: records wait" in services.logs()
    with services.start("streams", "worker", "--role", "intake"):
        poll_until(lambda: accepted(services.bootstrap) == 200, 60, "a restart reads on")
        poll_until(lambda: ready(port)[0] == 200, 60, "it is ready again")
