"""Publishing to real Apache Kafka: a broker killed between files, topics not made yet, logins and rights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kafka.admin import ACL, ACLOperation, ACLPermissionType, KafkaAdminClient, ResourcePattern, ResourceType

from models.contract.topics import raw, receipts
from tests.agencies.command_line import Agency, live
from tests.conftest import KafkaCluster

STARTS = [f"{day:02}/03/2026" for day in range(1, 21)]
ISO = [f"2026-03-{day:02}" for day in range(1, 21)]


@pytest.mark.kafka
def test_every_compression_and_batching_arrives_whole(tmp_path: Path, kafka_broker: str) -> None:
    agency = Agency.found(tmp_path, kafka_broker)
    for turn, compression in enumerate(("zstd", "lz4", "gzip", "none")):
        path = agency.export(STARTS[turn * 5 : turn * 5 + 5], f"{compression}.csv")
        done = agency.publish(path, YPSEM_KAFKA_COMPRESSION=compression, YPSEM_KAFKA_BATCH="2")
        assert done.exit_code == 0, done.output
    assert live(agency.on_topic(20)) == ISO


@pytest.mark.kafka
def test_a_topic_that_is_not_made_yet_leaves_everything_waiting(tmp_path: Path, kafka_broker: str) -> None:
    agency = Agency.found(tmp_path, kafka_broker, topics=False)
    done = agency.publish(agency.export(STARTS), YPSEM_KAFKA_CONNECT_SECONDS="2")
    assert done.exit_code == 0, done.output
    assert "spooled 20" in done.output
    assert f"no topic {raw(agency.id)} yet" in done.output


@pytest.mark.kafka
@pytest.mark.slow
def test_a_broker_that_dies_and_returns_has_everything_once(tmp_path: Path, kafka_cluster: KafkaCluster) -> None:
    cluster = kafka_cluster()
    folder = tmp_path / "agency"
    folder.mkdir()
    agency = Agency.found(folder, cluster.bootstrap)
    assert agency.publish(agency.export(STARTS[:10])).exit_code == 0
    cluster.kill_node(1)
    away = agency.publish(agency.export(STARTS), YPSEM_KAFKA_CONNECT_SECONDS="1", YPSEM_KAFKA_DELIVERY_SECONDS="2")
    assert away.exit_code == 0
    assert "spooled 10" in away.output
    cluster.start()
    drained = json.loads(agency.run("drain", "--json").stdout)
    assert (drained["published_earlier_spool"], drained["spooled"]) == (10, 0)
    events = agency.on_topic(20)
    assert live(events) == ISO
    assert len(events) == 20


LOGINS = " ".join(f'user_{name}="{name}-password"' for name in ("admin", "police", "stranger"))
SECURED = {
    "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "sasl.enabled.mechanisms": "PLAIN",
    "listener.name.clients.plain.sasl.jaas.config": (
        f"org.apache.kafka.common.security.plain.PlainLoginModule required {LOGINS};"
    ),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS;User:admin",
}


def login(name: str, password: str | None = None) -> dict[str, str]:
    """The environment of a login over SASL."""
    return {
        "YPSEM_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "YPSEM_KAFKA_SASL_MECHANISM": "PLAIN",
        "YPSEM_KAFKA_SASL_USERNAME": name,
        "YPSEM_KAFKA_SASL_PASSWORD": password or f"{name}-password",
        "YPSEM_KAFKA_CONNECT_SECONDS": "3",
    }


@pytest.mark.kafka
@pytest.mark.slow
def test_a_login_may_write_its_own_topic_and_read_its_own_receipts(tmp_path: Path, kafka_cluster: KafkaCluster) -> None:
    cluster = kafka_cluster(properties=SECURED)
    folder = tmp_path / "agency"
    folder.mkdir()
    agency = Agency.found(folder, cluster.bootstrap, topics=False)
    admin = KafkaAdminClient(
        bootstrap_servers=cluster.bootstrap, security_protocol="SASL_PLAINTEXT", sasl_mechanism="PLAIN",
        sasl_plain_username="admin", sasl_plain_password="admin-password",
    )  # fmt: skip
    try:
        topics = {raw(agency.id): {"num_partitions": 4}, receipts(agency.id): {"num_partitions": 1}}
        admin.create_topics(topics, wait_for_metadata=True)
        rights = [(raw(agency.id), ACLOperation.WRITE), (receipts(agency.id), ACLOperation.READ)]
        admin.create_acls(
            [
                ACL("User:police", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(ResourceType.TOPIC, topic))
                for topic, operation in rights
            ]
        )
    finally:
        admin.close()
    path = agency.export(STARTS)

    wrong = agency.publish(path, **login("police", "not the password"))
    assert wrong.exit_code == 2, wrong.output
    assert "did not accept the login" in wrong.output
    assert "not the password" not in wrong.output

    stranger = agency.publish(path, **login("stranger"))
    assert stranger.exit_code == 2, stranger.output
    assert f"no access to {raw(agency.id)}" in stranger.output

    right = agency.publish(path, "--json", "--wait", "1", **login("police"))
    assert right.exit_code == 0, right.output
    receipt = json.loads(right.stdout)
    assert (receipt["published_earlier_spool"], receipt["spooled"], receipt["unchanged"]) == (20, 0, 20)
    assert receipt["intake"]["undecided"] == 20
