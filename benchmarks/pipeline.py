"""The durable pipeline (intake and ledger) against naive Faust doing the same job, and librdkafka's ceiling."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition
from kafka.admin import KafkaAdminClient

from analysis.ledger.row import decode
from benchmarks.load import AGENCIES, RAW_TOPICS, expected, messages, write_surroundings
from benchmarks.measure import Result, group_cpu_seconds
from demo.brokers.apache import ApacheKafka
from demo.processes import start
from models.contract import topics
from models.contract.events import EVENT
from models.operations.topic_specs import TopicSpec, all_topics
from streams.topics import TopicChange, apply

ROOT = Path(__file__).parents[1]
PATIENCE = 300.0
_EVENT_ID = re.compile(rb"[a-p]{40}")
"""The Kafka key of a message: spreads over partitions, and revisions of an event stay together."""


class WrongAnswer(AssertionError):
    """A variant did not reach the right ledger, so its time means nothing."""


def run(count: int, rounds: int, say: Callable[[str], None]) -> list[Result]:
    """Pairs A/B/A/B, each on a fresh broker, then the ceiling once per round."""
    load = messages(count)
    results = []
    for number in range(1, rounds + 1):
        for variant, command in (
            ("naive Faust", ["benchmarks.naive_faust", "worker"]),
            ("durable pipeline", ["streams", "worker"]),
        ):
            say(f"round {number}: {variant}")
            results.append(_run_worker(variant, number, command, load))
        say(f"round {number}: librdkafka consume + validate")
        results.append(_run_ceiling(number, load))
    return results


def _publish(bootstrap: str, load: list[tuple[str, bytes]]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "compression.type": "lz4"})
    for agency, message in load:
        while True:
            try:
                match = _EVENT_ID.search(message)
                producer.produce(topics.raw(agency), message, key=match[0] if match else None)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    if producer.flush(60):
        raise RuntimeError("the load could not be published")


def _prepare(folder: Path, bootstrap: str) -> dict[str, str]:
    environment = write_surroundings(folder) | {"YPSEM_BOOTSTRAP": bootstrap}
    wanted = all_topics(AGENCIES)
    naive = TopicSpec("naive-events-changelog", topics.PARTITIONS, {"cleanup.policy": "compact"})
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    apply(admin, [TopicChange(spec, "create", "") for spec in [*wanted, naive]], 1)
    admin.close()
    return environment


def _run_worker(variant: str, number: int, command: list[str], load: list[tuple[str, bytes]]) -> Result:
    """CPU of the worker's processes from assigned and idle until the ledger's changelog is complete."""
    answer = expected(load)
    changelog = "naive-events-changelog" if "naive" in variant else topics.LEDGER_CHANGELOG
    with tempfile.TemporaryDirectory() as name, ApacheKafka(Path(name) / "kafka") as broker:
        environment = _prepare(Path(name) / "run", broker.bootstrap)
        log = Path(name) / "worker.log"
        with start(variant, [sys.executable, "-m", *command], log, env=environment, cwd=ROOT) as worker:
            # One event that comes out at the end shows that partitions are assigned; it is part of the load.
            _publish(broker.bootstrap, load[:1])
            worker.wait_until(lambda: len(_table(broker.bootstrap, changelog)) == 1, 60)
            cpu, wall = group_cpu_seconds(worker.pid), time.perf_counter()
            _publish(broker.bootstrap, load[1:])
            table: dict[str, int] = {}
            while table != answer:
                time.sleep(0.5)
                worker.check()
                if time.perf_counter() - wall > PATIENCE:
                    raise WrongAnswer(f"{variant}: {len(table)} of {len(answer)} events right after {PATIENCE:.0f} s")
                table = _table(broker.bootstrap, changelog)
            cpu = group_cpu_seconds(worker.pid) - cpu
            return Result("pipeline", variant, number, len(load) - 1, cpu, time.perf_counter() - wall)


def _table(bootstrap: str, changelog: str) -> dict[str, int]:
    """Event id -> revision, from the changelog."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench", "enable.partition.eof": False})
    wanted = [TopicPartition(changelog, p, OFFSET_BEGINNING) for p in range(topics.PARTITIONS)]
    try:
        left = sum(consumer.get_watermark_offsets(TopicPartition(changelog, p))[1] for p in range(topics.PARTITIONS))
    except KafkaException:  # the topic was made a moment ago and has no leader yet
        consumer.close()
        return {}
    consumer.assign(wanted)
    table: dict[str, int] = {}
    while left > 0:
        batch = consumer.consume(10_000, 2.0)
        if not batch:
            break
        for record in batch:
            left -= 1
            key, value = record.key() or b"", record.value() or b""
            naive = changelog.startswith("naive")
            table[key.decode()] = orjson.loads(value)["revision"] if naive else decode(value).revision
    consumer.close()
    return table


def _run_ceiling(number: int, load: list[tuple[str, bytes]]) -> Result:
    """This process's own CPU for reading and validating the same records with librdkafka: no state, no output."""
    with tempfile.TemporaryDirectory() as name, ApacheKafka(Path(name) / "kafka") as broker:
        _prepare(Path(name) / "run", broker.bootstrap)
        _publish(broker.bootstrap, load)
        consumer = Consumer(
            {"bootstrap.servers": broker.bootstrap, "group.id": "ceiling", "auto.offset.reset": "earliest"}
        )
        consumer.subscribe(RAW_TOPICS)
        first = consumer.consume(1, 30)
        valid = len([EVENT.validate_json(record.value() or b"") for record in first])
        before, wall = os.times(), time.perf_counter()
        while valid < len(load):
            batch = consumer.consume(1000, 10)
            if not batch:
                raise WrongAnswer(f"librdkafka: {valid} of {len(load)} records valid")
            for record in batch:
                EVENT.validate_json(record.value() or b"")
            valid += len(batch)
        after = os.times()
        consumer.close()
    cpu = after.user + after.system - before.user - before.system
    return Result("pipeline", "librdkafka consume + validate", number, len(load) - 1, cpu, time.perf_counter() - wall)
