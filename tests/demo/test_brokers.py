"""The brokers that runs and tests stand on: they answer, keep what they must, and leave no process behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from demo.brokers.answer import answers
from demo.brokers.apache import ApacheKafka
from demo.brokers.embedded import EmbeddedBroker
from tests.support.topics import make_topics
from tests.support.waiting import poll_until, unique


def produce(bootstrap: str, topic: str, values: list[bytes]) -> list[int]:
    """Write to partition 0, acknowledged by all copies; returns the offsets."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        sent = [producer.send(topic, value, partition=0) for value in values]
        return [future.get(timeout=20).offset for future in sent]
    finally:
        producer.close()


def consume(bootstrap: str, topic: str, group: str, wanted: int) -> list[bytes]:
    """Read `wanted` records of partition 0 after the group's committed offset, and commit them."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        consumer.assign([TopicPartition(topic, 0)])
        found: list[bytes] = []

        def enough() -> bool:
            for records in consumer.poll(timeout_ms=200, max_records=wanted - len(found)).values():
                found.extend(record.value for record in records)
            return len(found) >= wanted

        poll_until(enough, 20, f"{wanted} records of {topic} were read")
        consumer.commit()
        return found
    finally:
        consumer.close()


@pytest.mark.parametrize(
    "fixture",
    [
        pytest.param("embedded_broker", marks=pytest.mark.embedded),
        pytest.param("kafka_broker", marks=pytest.mark.kafka),
    ],
)
def test_what_is_produced_is_consumed(fixture: str, request: pytest.FixtureRequest) -> None:
    bootstrap = request.getfixturevalue(fixture)
    topic = unique("smoke")
    make_topics(bootstrap, {topic: 3})
    assert produce(bootstrap, topic, [b"one", b"two", b"three"]) == [0, 1, 2]
    assert consume(bootstrap, topic, unique("group"), 3) == [b"one", b"two", b"three"]


@pytest.mark.slow
def test_records_and_committed_offsets_survive_a_kill_of_kafka(kafka_cluster: Callable[..., ApacheKafka]) -> None:
    kafka = kafka_cluster()
    make_topics(kafka.bootstrap, {"kept": 1})
    produce(kafka.bootstrap, "kept", [b"one", b"two", b"three"])
    assert consume(kafka.bootstrap, "kept", "reader", 2) == [b"one", b"two"]

    kafka.kill_node(1)
    assert not answers(kafka.bootstrap)
    kafka.start()

    assert consume(kafka.bootstrap, "kept", "reader", 1) == [b"three"]


@pytest.mark.slow
def test_three_kafka_nodes_serve_on_when_one_is_killed(kafka_cluster: Callable[..., ApacheKafka]) -> None:
    kafka = kafka_cluster(brokers=3)
    make_topics(kafka.bootstrap, {"copied": 1}, {"min.insync.replicas": "2"})
    produce(kafka.bootstrap, "copied", [b"before"])
    kafka.kill_node(1)
    produce(kafka.bootstrap, "copied", [b"after"])
    assert consume(kafka.bootstrap, "copied", unique("group"), 2) == [b"before", b"after"]


@pytest.mark.slow
def test_a_listener_can_ask_for_a_login(kafka_cluster: Callable[..., ApacheKafka]) -> None:
    module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    kafka = kafka_cluster(
        properties={
            "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "listener.name.clients.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.clients.plain.sasl.jaas.config": f'{module} user_police="right";',
        }
    )
    login = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN", "sasl_plain_username": "police"}
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap, sasl_plain_password="right", **login)
    assert admin.list_topics() == []
    admin.close()
    with pytest.raises(KafkaError):
        KafkaAdminClient(
            bootstrap_servers=kafka.bootstrap, sasl_plain_password="wrong", bootstrap_timeout_ms=3000, **login
        )


@pytest.mark.embedded
def test_the_embedded_broker_is_gone_after_its_context(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path) as broker:
        pid = broker.children[1].pid
        assert answers(broker.bootstrap)
    assert not answers(broker.bootstrap)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_port_that_speaks_no_kafka_does_not_answer(tmp_path: Path) -> None:
    assert not answers("127.0.0.1:1")
