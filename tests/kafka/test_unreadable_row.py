"""On real Kafka: a row of its table that the ledger cannot read ends it; it does not go on with the others alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from confluent_kafka import Producer

from models.contract import topics
from tests.conftest import KafkaCluster
from tests.factories import POLICE, event, wire
from tests.kafka.road import Services, database, publish, settled

ENDED = 70


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize(
    "topic", [topics.LEDGER_CHANGELOG, pytest.param(topics.MARKS_CHANGELOG, marks=pytest.mark.batch)]
)
def test_a_ledger_does_not_go_on_without_a_row(kafka_cluster: KafkaCluster, tmp_path: Path, topic: str) -> None:
    services = Services(kafka_cluster().bootstrap, tmp_path / "run", database(tmp_path))
    with services.start("streams", "worker"):
        publish(services.bootstrap, [(POLICE, wire(event(record=str(n), child=None))) for n in range(5)], "none")
        settled(services.bootstrap, 5, 60)
    producer = Producer({"bootstrap.servers": services.bootstrap, "acks": "all"})
    for partition in range(topics.PARTITIONS):
        producer.produce(topic, key=b"k", value=b'{"surname":"Canary"}', partition=partition)
    assert producer.flush(30) == 0
    with services.start("streams", "worker", "--role", "ledger") as ledger:
        assert ledger.wait(60) == ENDED
        said = ledger.log.read_text()
    assert "table-unreadable: table" in said
    assert "Canary" not in said
