"""On real Kafka: what clients and tracing libraries add holds no agency; what looks like an identifier is dropped."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from models.contract import topics
from models.contract.receipts import IntakeReceipt
from tests.conftest import KafkaCluster
from tests.factories import CARE, POLICE, event, wire
from tests.kafka.road import Services, account, database, read_all
from tests.support.opaque import KINDS, Make, datadog, jaeger, sha256_hex, traceparent, uuid4
from tests.support.waiting import poll_until

LIMIT = 60
EACH = 20
NHS = b"943 476 5919"
Headers = list[tuple[str, str | bytes | None]]
"""As librdkafka's client types them."""


def binary(document: dict[str, Any]) -> Headers:
    """The attributes as the Kafka binding has them."""
    found: Headers = [(f"ce_{name}", str(text).encode()) for name, text in document.items() if name != "data"]
    return [*found, ("content-type", b"application/json; charset=utf-8")]


def traced(rng: random.Random, number: int) -> Headers:
    """Headers of three tracing libraries."""
    made: dict[str, Make] = {
        "traceparent": traceparent, "uber-trace-id": jaeger, "x-datadog-trace-id": datadog, "x-request-id": uuid4,
    }  # fmt: skip
    found: Headers = [(name, make(rng, number).encode()) for name, make in made.items()]
    return [*found, ("content-hash", sha256_hex(rng, number).encode())]


def test_keys_and_headers_hold_nobody_and_go_no_further(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    services.environment |= {"YPSEM_POISON_LIMIT": str(LIMIT), "YPSEM_CHUNK": "20"}
    rng = random.Random(4)
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    sent = 0
    for make in KINDS:
        for number in range(EACH):
            document = event(record=f"{make.__name__}-{number}", child=None)
            document["time"] = f"2026-05-0{1 + number % 8}T10:00:00.{number:03}+01:00"
            key, headers, value = make(rng, number).encode(), traced(rng, number), wire(document)
            if number % 2:
                headers, value = [*headers, *binary(document)], wire(document["data"])
            producer.produce(topics.raw(POLICE), value, key, headers=headers)
            sent += 1
    for number in range(2 * LIMIT):
        document = event(record=f"warned-{number}", agency=CARE, child=None) | {"patient": NHS.decode()}
        producer.produce(topics.raw(CARE), wire(document), NHS, headers=[("x-ref", NHS), (NHS.decode(), b"")])
    assert producer.flush(60) == 0
    with services.start("streams", "worker", "--role", "intake"):
        accounted = poll_until(
            lambda: found if len((found := account(bootstrap)).accepted) == sent + 2 * LIMIT else None, 120, "accepted"
        )
    assert accounted.refused == {}
    assert "held:" not in services.logs()
    told = {agency: [*receipts(bootstrap, agency)] for agency in (POLICE, CARE)}
    assert [one for one in told[POLICE] if one.warnings] == []
    for place in ("(message key)", "(header)", "(attribute)"):
        found = [one for receipt in told[CARE] for one in receipt.warnings if one.path == place]
        assert {one.rule for one in found} == {"identifier.nhs-number"}
        assert sum(one.count for one in found) == 2 * LIMIT
    assert "943 476" not in services.logs()
    for topic in (topics.ACCEPTED, topics.DEAD_LETTERS, topics.receipts(CARE), topics.receipts(POLICE)):
        for record in read_all(bootstrap, topic):
            assert NHS not in repr(record).encode()
    for record in read_all(bootstrap, topics.ACCEPTED):
        assert [name for name, _ in record.headers] == ["raw"]
        assert set(json.loads(record.value)) == {"specversion", "id", "source", "type", "time", "data"}
        assert json.loads(record.value)["time"].endswith(":00Z")


def receipts(bootstrap: str, agency: str) -> list[IntakeReceipt]:
    """Intake's receipts of an agency; the ledger does not run here."""
    return [IntakeReceipt.model_validate_json(one.value) for one in read_all(bootstrap, topics.receipts(agency))]
