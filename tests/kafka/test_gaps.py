"""On real Kafka: what was acknowledged and never read is told, whatever made the hole; what is still there is read."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic import TypeAdapter

from demo.processes import ChildProcess, free_port
from models.contract import topics
from models.contract.receipts import GapReceipt, Receipt
from models.operations.remedies import REMEDY, Gap, Hold
from models.operations.topic_specs import all_topics
from models.service.clock import now
from streams.__main__ import cli
from streams.operators.broker import OperatorsBroker
from streams.settings import StreamSettings
from streams.standing import out
from tests.conftest import KafkaCluster
from tests.factories import CARE, POLICE, SCHOOLS, event, wire
from tests.kafka.road import Accounted, Services, account, database, publish, read_all
from tests.kafka.test_erasure import caught_up
from tests.support.waiting import poll_until

DAY_MS = 86_400_000
QUICK = {"log.retention.check.interval.ms": "300", "log.initial.task.delay.ms": "300"}
"""Retention that acts within a test; Kafka's own looks every five minutes."""
RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)
OPEN = "ypsem_streams_gap_records"


def events(agency: str, start: int, count: int) -> list[bytes]:
    """Sound events of an agency."""
    return [wire(event(agency=agency, record=f"{agency}-{n}", child=None)) for n in range(start, start + count)]


def put(bootstrap: str, topic: str, values: Sequence[bytes], at_ms: int = 0, partition: int = 0) -> None:
    """Send to one partition, with these times on the records; raises if one is not acknowledged."""
    failures: list[str] = []
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    for value in values:
        producer.produce(
            topic,
            value=value,
            partition=partition,
            timestamp=at_ms,
            on_delivery=lambda error, _: failures.append(str(error)) if error else None,
        )
    assert producer.flush(30) == 0
    assert not failures


def limits(bootstrap: str, topic: str, partition: int = 0) -> tuple[int, int]:
    """Log start and log end."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    try:
        place = TopicPartition(topic, partition)
        return consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]
    finally:
        consumer.close()


def delete_before(bootstrap: str, topic: str, offset: int) -> None:
    """What retention does, or an administrator."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.delete_records({TopicPartition(topic, 0): offset})
    admin.close()


def of(found: Accounted, agency: str) -> set[int]:
    """Offsets of an agency's first partition that were accepted."""
    return {offset for whose, partition, offset in found.accepted if (whose, partition) == (agency, 0)}


def words(bootstrap: str) -> list[tuple[str, int, int, str, bool]]:
    """What stands on the remedies topic about gaps, in the order it was said."""
    found = [REMEDY.validate_json(record.value, strict=False) for record in read_all(bootstrap, topics.REMEDIES)]
    return [(gap.topic, gap.first, gap.last, gap.cause, gap.closed) for gap in found if isinstance(gap, Gap)]


def told(bootstrap: str, agency: str) -> list[tuple[int, int, str]]:
    """What an agency's receipts say was never read."""
    found = [RECEIPT.validate_json(record.value) for record in read_all(bootstrap, topics.receipts(agency))]
    return [(one.first, one.last, one.cause) for one in found if isinstance(one, GapReceipt)]


def metric(port: int, name: str, topic: str) -> float | None:
    """A gauge of a worker; None while it has none."""
    try:
        body = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read().decode()
    except OSError:
        return None
    samples = [s for family in text_string_to_metric_families(body) for s in family.samples if s.name == name]
    return next((s.value for s in samples if s.labels.get("topic") == topic), None)


def hold(bootstrap: str, agency: str, *, held: bool) -> None:
    """Say that an agency's raw topic is not to be read, or is again."""
    with OperatorsBroker(StreamSettings(bootstrap=bootstrap)) as broker:
        broker.confirm([out(Hold(agency=agency, held=held, by="op1", at=now()))])


def operator(bootstrap: str, exit_code: int, *command: str) -> str:
    """What `python -m streams …` prints, in this process."""
    done = CliRunner().invoke(cli, [*command, "--bootstrap", bootstrap])
    assert done.exit_code == exit_code, done.output
    return done.output


def stopped(worker: ChildProcess) -> None:
    """In good order, so that what was handled is committed."""
    worker.stop(20)


@pytest.mark.slow
def test_events_that_are_older_than_retention_when_they_come_are_counted(
    kafka_cluster: KafkaCluster, tmp_path: Path
) -> None:
    bootstrap = kafka_cluster(properties=QUICK).bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    [raw] = [spec for spec in all_topics([POLICE]) if spec.name == topics.raw(POLICE)]
    assert raw.config["retention.ms"] == str(30 * DAY_MS)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    clients_time = raw.config | {"message.timestamp.type": "CreateTime"}
    before = {"num_partitions": raw.partitions, "replication_factor": 1, "configs": clients_time}
    admin.create_topics({"as-it-was": before}, wait_for_metadata=True)
    # A cluster of an earlier version: the command that an upgrade begins with changes what is there.
    ours = [ConfigResource(ConfigResourceType.TOPIC, raw.name, configs=clients_time)]
    admin.alter_configs(ours)
    admin.close()
    given = ("--register", services.environment["YPSEM_REGISTER"])
    assert "set message.timestamp.type=LogAppendTime" in operator(bootstrap, 0, "topics", "--apply", *given)
    old = int(time.time() * 1000) - 40 * DAY_MS
    put(bootstrap, raw.name, events(POLICE, 0, 40), old)
    put(bootstrap, "as-it-was", events(POLICE, 0, 40), old)
    # Once Kafka has deleted the same records where their own time counts, it has looked at the others, too.
    poll_until(lambda: limits(bootstrap, "as-it-was")[0] == 40, 60, "Kafka deletes by age")
    assert limits(bootstrap, raw.name) == (0, 40)
    with services.start("streams", "worker"):
        poll_until(lambda: len(of(account(bootstrap), POLICE)) == 40, 60, "all are taken in")
        poll_until(lambda: account(bootstrap).ledger["current"] == 40, 60, "all are folded")
    assert words(bootstrap) == []


@pytest.mark.slow
def test_what_is_gone_is_told_and_what_is_there_is_read(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    port = free_port()
    services.environment |= {"YPSEM_METRICS_PORT": str(port)}
    raws = {agency: topics.raw(agency) for agency in (POLICE, CARE, SCHOOLS)}
    for agency, topic in raws.items():
        put(bootstrap, topic, events(agency, 0, 100))
    delete_before(bootstrap, raws[POLICE], 30)  # before anybody has ever read
    with services.start("streams", "worker", "--role", "intake") as worker:
        poll_until(lambda: len(of(account(bootstrap), POLICE)) == 70, 60, "what is left is read")
        assert told(bootstrap, POLICE) == [(0, 29, "deleted")]
        assert words(bootstrap) == [(raws[POLICE], 0, 29, "deleted", False)]
        assert f"never-read: {raws[POLICE]} partition 0, 30 offsets from 0 to 29 (deleted)" in services.logs()
        poll_until(lambda: metric(port, OPEN, "raw") == 30, 20, "the gauge says so")
        assert f"{raws[POLICE]} 0 0: 30 offsets up to 29, deleted" in operator(bootstrap, 0, "gaps")
        closing = ("gaps", "close", raws[POLICE], "0", "0", "--by", "op1")
        operator(bootstrap, 0, *closing)
        poll_until(lambda: metric(port, OPEN, "raw") == 0, 20, "it is closed")
        assert "no such gap stands open" in operator(bootstrap, 1, *closing)
        assert "0 gaps stand open" in operator(bootstrap, 0, "gaps")
        # A topic that is held is not read, and retention passes it.
        hold(bootstrap, SCHOOLS, held=True)
        worker.wait_for_line("held: the raw topic of aldermere-schools", 20)
        put(bootstrap, raws[SCHOOLS], events(SCHOOLS, 100, 20))
        delete_before(bootstrap, raws[SCHOOLS], 110)
        poll_until(lambda: told(bootstrap, SCHOOLS) == [(100, 109, "deleted")], 30, "it is told while it is held")
        delete_before(bootstrap, raws[SCHOOLS], 115)
        hold(bootstrap, SCHOOLS, held=False)
        poll_until(lambda: of(account(bootstrap), SCHOOLS) == {*range(100), *range(115, 120)}, 30, "it is read again")
        lost = [range(first, last + 1) for first, last, _ in told(bootstrap, SCHOOLS)]
        assert sorted(offset for stretch in lost for offset in stretch) == list(range(100, 115))
        poll_until(lambda: caught_up_intake(bootstrap), 30, "all is committed")
        stopped(worker)
    assert worker.exit_code == 0

    put(bootstrap, raws[POLICE], events(POLICE, 100, 100))
    put(bootstrap, raws[CARE], events(CARE, 100, 100))
    delete_before(bootstrap, raws[CARE], 150)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    # Somebody sets the group's offset behind everything, as one does who wants to get over a bad record.
    moved = {TopicPartition(raws[POLICE], 0): OffsetAndMetadata(200, "", -1)}
    poll_until(lambda: admin.alter_group_offsets(topics.INTAKE_APP, moved) is not None, 20, "the group is empty")
    admin.delete_topics([raws[SCHOOLS]])
    poll_until(lambda: raws[SCHOOLS] not in admin.list_topics(), 20, "the topic is gone")
    admin.close()
    services.run("streams", "topics", "--apply")
    put(bootstrap, raws[SCHOOLS], events(SCHOOLS, 500, 7))
    with services.start("streams", "worker", "--role", "intake") as worker:
        poll_until(lambda: of(account(bootstrap), POLICE) == set(range(30, 200)), 60, "what was skipped is read")
        assert "offset-moved: " in services.logs()
        poll_until(lambda: of(account(bootstrap), CARE) == {*range(100), *range(150, 200)}, 60, "the rest is read")
        poll_until(lambda: len(accepted_events(bootstrap)) == 170 + 150 + 105 + 7, 60, "what was written anew is read")
        assert told(bootstrap, POLICE) == [(0, 29, "deleted")]
        assert told(bootstrap, CARE) == [(100, 149, "deleted")]
        assert told(bootstrap, SCHOOLS)[-1] == (7, 119, "truncated")
        assert metric(port, OPEN, "raw") == 50 + 15 + 113
        poll_until(lambda: metric(port, "ypsem_streams_lag_records", "raw") == 0, 20, "nothing waits")
        stopped(worker)
    # It is told once, and a replay of everything neither tells a gap nor is undone.
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    committed = admin.list_group_offsets({topics.INTAKE_APP: None})[topics.INTAKE_APP]
    back = {place: OffsetAndMetadata(limits(bootstrap, *place)[0], "", -1) for place in committed}
    poll_until(lambda: admin.alter_group_offsets(topics.INTAKE_APP, back) is not None, 20, "the group is empty")
    admin.close()
    before = len(words(bootstrap))
    copies = len(read_all(bootstrap, topics.ACCEPTED))
    with services.start("streams", "worker", "--role", "intake"):
        left = 170 + 50 + 7
        poll_until(lambda: len(read_all(bootstrap, topics.ACCEPTED)) == copies + left, 60, "all is read again")
    assert len(words(bootstrap)) == before


def accepted_events(bootstrap: str) -> set[bytes]:
    """The keys of the accepted topic."""
    return {record.key for record in read_all(bootstrap, topics.ACCEPTED)}


def caught_up_intake(bootstrap: str) -> bool:
    """Whether intake has committed to the end of every partition."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    committed = admin.list_group_offsets({topics.INTAKE_APP: None})[topics.INTAKE_APP]
    admin.close()
    return bool(committed) and all(entry.offset == limits(bootstrap, *place)[1] for place, entry in committed.items())


@pytest.mark.slow
def test_aborted_records_are_not_read_and_nothing_waits_behind_a_marker(
    kafka_cluster: KafkaCluster, tmp_path: Path
) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    port = free_port()
    services.environment |= {"YPSEM_METRICS_PORT": str(port)}
    with services.start("streams", "worker") as worker:
        for number, commit in enumerate((True, False)):
            producer = Producer(
                {"bootstrap.servers": bootstrap, "transactional.id": f"careful-{number}", "log_level": 0}
            )
            producer.init_transactions(30)
            producer.begin_transaction()
            for value in events(POLICE, 10 * number, 10):
                producer.produce(topics.raw(POLICE), value=value, partition=0)
            producer.flush(30)
            (producer.commit_transaction if commit else producer.abort_transaction)(30)
        assert limits(bootstrap, topics.raw(POLICE)) == (0, 22), "ten, a marker, ten, a marker"
        poll_until(lambda: account(bootstrap).ledger["current"] == 10, 60, "the committed ones are counted")
        poll_until(lambda: caught_up(bootstrap), 30, "both groups get past the markers")
        poll_until(lambda: metric(port, "ypsem_streams_lag_records", "raw") == 0, 20, "nothing waits")
        assert metric(port, "ypsem_streams_oldest_waiting_seconds", "raw") == 0
        publish(bootstrap, [(POLICE, value) for value in events(POLICE, 20, 5)], "none")
        poll_until(lambda: account(bootstrap).ledger["current"] == 15, 60, "it goes on")
        poll_until(lambda: caught_up(bootstrap), 30, "that is committed, too")
        stopped(worker)
    assert worker.exit_code == 0
    assert words(bootstrap) == []
    assert "offset-moved" not in services.logs()
