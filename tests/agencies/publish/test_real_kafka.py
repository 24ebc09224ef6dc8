"""Publishing to real Apache Kafka: a broker killed between files, topics not made yet, logins and rights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kafka import KafkaProducer
from kafka.admin import ACL, ACLOperation, ACLPermissionType, KafkaAdminClient, ResourcePattern, ResourceType

from models.contract.receipts import GapReceipt, IntakeReceipt
from models.contract.topics import raw, receipts
from models.service import clock
from tests.agencies.command_line import Agency, live
from tests.conftest import KafkaCluster
from tests.factories import BOARD, ledger_receipt

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


@pytest.mark.kafka
def test_what_the_service_never_read_is_published_again_by_itself(tmp_path: Path, kafka_broker: str) -> None:
    agency = Agency.found(tmp_path, kafka_broker)
    assert agency.publish(agency.export(STARTS)).exit_code == 0
    events = agency.on_topic(20)
    (partition,) = {event["partition"] for event in events}
    at = clock.now()
    # Told: places 5 to 9 were deleted. Not told: 12 was passed by, for 13 and later are decided.
    told = [
        IntakeReceipt(agency=agency.id, partition=partition, accepted=((0, 4),), at=at),
        GapReceipt(agency=agency.id, partition=partition, first=5, last=9, cause="deleted", at=at),
        IntakeReceipt(agency=agency.id, partition=partition, accepted=((10, 11), (13, 19)), at=at),
    ]
    producer = KafkaProducer(bootstrap_servers=kafka_broker)
    for receipt in told:
        producer.send(receipts(agency.id), receipt.model_dump_json().encode()).get(timeout=20)
    only_read = json.loads(agency.run("report", "--json", "--bootstrap", kafka_broker).stdout)
    assert only_read["intake"]["waiting_to_be_published_again"] == 6
    done = json.loads(agency.run("drain", "--json").stdout)
    assert (done["published_again"], done["spooled"]) == (6, 0)
    events = agency.on_topic(26)
    assert [event["id"] for event in events[20:]] == [events[n]["id"] for n in (5, 6, 7, 8, 9, 12)]
    assert [event["data"] for event in events[20:]] == [events[n]["data"] for n in (5, 6, 7, 8, 9, 12)]
    # Lost once more, and found by who reads the receipts.
    gap = GapReceipt(agency=agency.id, partition=partition, first=20, last=25, cause="truncated", at=at)
    producer.send(receipts(agency.id), gap.model_dump_json().encode()).get(timeout=20)
    shown = agency.run("receipts", "--wait", "2")
    assert shown.exit_code == 0, shown.output
    assert "6 published again: the service never read them" in shown.output
    taken = IntakeReceipt(agency=agency.id, partition=partition, accepted=((26, 31),), at=at)
    ledger = ledger_receipt(agency.id, BOARD, 20, through=((partition, 31),))
    for last in (taken, ledger):
        producer.send(receipts(agency.id), last.model_dump_json().encode()).get(timeout=20)
    producer.close()
    end = json.loads(agency.run("receipts", "--wait", "20", "--json").stdout)
    assert (end["accepted"], end["undecided"], end["published_again"]) == (20, 0, 0)
    assert len(agency.on_topic(32)) == 32


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
