"""A table read back from a changelog that has holes in it, on real Kafka: Faust has hung on that (its issue 176)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from models.contract import topics
from streams.supervise import STOP_WITHIN
from tests.conftest import KafkaCluster
from tests.kafka.compaction import BROKER
from tests.kafka.road import Services, as_batch, batch, database, ledger_rows, load, log_end, publish, read_all, settled
from tests.support.waiting import poll_until

EVENTS = 200
TIMES = 2


def clean_at_once(bootstrap: str) -> None:
    """Have the ledger's changelog compacted as soon as its records are no longer in the newest segment."""
    soon = {"segment.ms": "100", "min.cleanable.dirty.ratio": "0.0", "max.compaction.lag.ms": "1"}
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topics.LEDGER_CHANGELOG, configs=soon)])
    finally:
        admin.close()


@pytest.mark.kafka
@pytest.mark.slow
def test_a_ledger_is_whole_after_it_was_read_back_from_a_compacted_changelog(
    kafka_cluster: KafkaCluster, tmp_path: Path
) -> None:
    bootstrap = kafka_cluster(properties=BROKER).bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    clean_at_once(bootstrap)
    messages = load(seed=5, events=EVENTS)
    with services.start("streams", "worker"):
        for times in range(1, TIMES + 1):
            publish(bootstrap, messages, "none")
            settled(bootstrap, times * len(messages), 90)
        poll_until(lambda: _holes(bootstrap) > EVENTS // 2, 60, "the changelog is compacted")
    # Each row says how many records came of its event: one that was not read back would begin to count anew.
    with services.start("streams", "worker", "--role", "ledger") as ledger:
        with services.start("streams", "worker", "--role", "intake"):
            publish(bootstrap, messages, "none")
            accounted = settled(bootstrap, (TIMES + 1) * len(messages), 90)
        assert ledger.exit_code is None
        # Faust can wait for ever for a stream when it is told to stop (rh458): compose allows 30 seconds.
        ledger.send(signal.SIGTERM)
        assert ledger.wait(STOP_WITHIN) == 0
    assert as_batch(ledger_rows(bootstrap)) == batch(bootstrap, accounted.accepted)


def _holes(bootstrap: str) -> int:
    """Records that the changelog has had and has no more."""
    return log_end(bootstrap, topics.LEDGER_CHANGELOG) - len(read_all(bootstrap, topics.LEDGER_CHANGELOG))
