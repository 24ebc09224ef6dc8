"""What docs/runbook.md tells an operator to type does what it says: its own blocks of shell, with Kafka's own tools.

Run are those that no other test has in another form: a full replay, emptying the ledger's events, a null for a row that
somebody put into a table, the renewal of certificates. `docker-compose` is tests/support/compose.py: what Docker
itself does with these words, its networks, users and volumes, is not shown here. Backup and restore, and redrive and
skip, are run in this interpreter by tests/kafka/test_lost_disk.py and tests/kafka/test_remedies.py.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from confluent_kafka import Producer
from kafka import KafkaConsumer, TopicPartition

from models.contract import topics
from streams.operators.broker import OperatorsBroker
from streams.settings import StreamSettings
from tests.conftest import KafkaCluster
from tests.kafka.road import Services, database, ledger_rows, load, publish, read_all, settled
from tests.kafka.test_erasure import caught_up
from tests.support.compose import calls, environment, tools_class_path
from tests.support.waiting import poll_until

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text("utf-8")
EVENTS = 400
BAD = "somebodys-row"
PARTITION = 3


def blocks(chapter: str) -> list[str]:
    """The blocks of shell of a chapter."""
    [text] = re.findall(rf"^## {re.escape(chapter)}$(.*?)(?=^## |\Z)", RUNBOOK, re.M | re.S)
    return re.findall(r"^```sh$(.*?)^```$", text, re.M | re.S)


class Operator:
    """Who types a block of the runbook, as it stands, into a shell."""

    def __init__(self, folder: Path, bootstrap: str, mounted: dict[str, Path]) -> None:
        self.folder = folder
        folder.mkdir()
        self._environment = os.environ | environment(folder / "stand-in", bootstrap, mounted)

    def types(self, block: str) -> str:
        """Run it to its end, which must be good; returns what it printed."""
        done = subprocess.run(
            ["/bin/sh", "-c", block],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        # Kafka's tools end with 0 whatever happened.
        assert "Error:" not in done.stdout, done.stdout[-2000:]
        return done.stdout

    def calls(self) -> list[str]:
        """What was to be stopped and started."""
        return calls(self.folder / "stand-in")


def committed(bootstrap: str) -> int:
    """The sum of what both groups have read of the topics with events."""
    reads = [(topics.LEDGER_APP, topics.ACCEPTED), (topics.INTAKE_APP, topics.raw("aldermere-police"))]
    with OperatorsBroker(StreamSettings(bootstrap=bootstrap)) as broker:
        return sum(broker.committed(group, name, p) for group, name in reads for p in range(topics.PARTITIONS))


def length(bootstrap: str, topic: str) -> int:
    """How many records a topic has that were not deleted."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    try:
        places = [TopicPartition(topic, p) for p in range(topics.PARTITIONS)]
        first, end = consumer.beginning_offsets(places), consumer.end_offsets(places)
        return sum(end[place] - first[place] for place in places)
    finally:
        consumer.close()


@pytest.mark.slow
@pytest.mark.batch
def test_replay_and_damaged_rows(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    tools_class_path()
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    operator = Operator(tmp_path / "operator", bootstrap, {})
    messages = load(seed=8, events=EVENTS)
    with services.start("streams", "worker"), services.start("consumers", "sink"):
        publish(bootstrap, messages, "lz4")
        settled(bootstrap, len(messages), 120)
        poll_until(lambda: caught_up(bootstrap), 60, "both groups have committed")
    rows = ledger_rows(bootstrap)
    assert rows

    [replay] = blocks("Everything is read again")
    assert committed(bootstrap) > 0
    operator.types(replay)
    assert committed(bootstrap) == 0
    assert operator.calls() == ["stop intake ledger", "start intake ledger"]
    with services.start("streams", "worker"):
        poll_until(lambda: caught_up(bootstrap), 120, "all is read again")
        assert ledger_rows(bootstrap) == rows

    empty, look, remove = blocks("A row of the ledger cannot be read")
    assert length(bootstrap, topics.LEDGER_CHANGELOG) > 0
    operator.types(empty)
    assert length(bootstrap, topics.LEDGER_CHANGELOG) == 0
    with services.start("streams", "worker"):
        poll_until(lambda: ledger_rows(bootstrap) == rows, 120, "the ledger is made anew")
        poll_until(lambda: caught_up(bootstrap), 60, "both groups have committed")
    services.run("streams", "topics")  # the policy is as it was: exit 0

    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    producer.produce(topics.MARKS_CHANGELOG, key=BAD.encode(), value=b"{}", partition=PARTITION)
    assert producer.flush(30) == 0
    with services.start("streams", "worker", "--role", "ledger") as ledger:
        assert ledger.wait(60) == 70
    [line] = [line for line in operator.types(look).splitlines() if BAD in line]
    assert f"Partition:{PARTITION}" in line
    operator.types(remove.replace("PARTITION KEY", f"{PARTITION} {BAD}"))
    [newest] = [record for record in read_all(bootstrap, topics.MARKS_CHANGELOG) if record.key == BAD.encode()][-1:]
    assert (newest.partition, newest.value) == (PARTITION, None)
    with services.start("streams", "worker") as worker:
        publish(bootstrap, load(seed=9, events=20), "none")
        poll_until(lambda: caught_up(bootstrap) and len(ledger_rows(bootstrap)) > len(rows), 60, "it goes on")
        assert worker.exit_code is None


@pytest.mark.slow
def test_new_certificates_of_the_same_authority(tmp_path: Path) -> None:
    folder = tmp_path / "operator" / "var" / "secrets" / "tls"
    operator = Operator(tmp_path / "operator", "127.0.0.1:1", {"/secrets/tls": folder})
    folder.mkdir(parents=True)
    look, renew = blocks("A certificate runs out")
    [first] = re.findall(r"docker-compose run --rm setup[^\n]*", renew)
    operator.types(first)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"ca.pem", "ca.key", "broker.pem", "admin.pem", "postgres.pem"} <= before.keys()
    operator.types(renew)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] == after[name]} == {"ca.pem", "ca.key"}
    assert operator.calls() == ["up -d --force-recreate kafka postgres"]
    for name in ("broker", "admin", "postgres"):
        verify = ["openssl", "verify", "-CAfile", str(folder / "ca.pem"), str(folder / f"{name}.pem")]
        assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    with pytest.raises(AssertionError):
        operator.types(look)  # ends with 1 and prints nothing: none runs out soon
    operator.types(look.replace("5184000", "86400000"))
