"""Reads what came onto an agency's raw topic since a moment: committed records, without a consumer group."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError, UnsupportedCodecError

from agencies.conformance.wire import WireRecord
from agencies.publish.broker import BrokerProblem, NetClients, problem
from agencies.settings import KafkaSettings
from models.contract.topics import raw

LOG_APPEND_TIME = 1
"""Kafka's timestamp type of a topic that the broker stamps."""


class RawTopic:
    """The topic from its present end on. Raises `BrokerProblem` when the broker does not let this login read it."""

    def __init__(self, consumer: KafkaConsumer, bootstrap: str, agency: str) -> None:
        self._consumer, self._bootstrap, self.name = consumer, bootstrap, raw(agency)
        found = consumer.partitions_for_topic(self.name)
        if not found:
            raise BrokerProblem(f"{bootstrap}: no topic {self.name} that this login may read; see --help", refused=True)
        self._partitions = [TopicPartition(self.name, number) for number in sorted(found)]
        consumer.assign(self._partitions)
        self._ends = consumer.end_offsets(self._partitions)
        for at, end in self._ends.items():
            consumer.seek(at, end)

    def new(self, run: int, quiet: float, patience: float) -> list[WireRecord]:
        """What has come since the last call: until nothing more has for `quiet` seconds, at most `patience`."""
        found: list[WireRecord] = []
        deadline = time.monotonic() + patience
        last = time.monotonic()
        try:
            while time.monotonic() < deadline and (not found or time.monotonic() - last < quiet):
                for records in self._consumer.poll(timeout_ms=200).values():
                    found += [_seen(record, run) for record in records]
                    last = time.monotonic()
        except UnsupportedCodecError:
            says = (
                "a batch is compressed by a codec that this Python cannot read; intake reads gzip, snappy, lz4 and zstd"
            )
            raise BrokerProblem(f"{says}: install python-snappy, lz4 or zstandard, or use gzip") from None
        except KafkaError as error:
            raise problem(error, self._bootstrap, self.name) from None
        return found


def _seen(record: Any, run: int) -> WireRecord:
    return WireRecord(
        record.partition,
        record.offset,
        record.value,
        record.key,
        tuple(record.headers),
        record.timestamp,
        record.timestamp_type == LOG_APPEND_TIME,
        run,
    )


@contextmanager
def reading(bootstrap: str, agency: str, settings: KafkaSettings) -> Iterator[RawTopic]:
    """The agency's raw topic; raises `BrokerProblem` when no broker answers."""
    clients = NetClients()
    consumer: KafkaConsumer | None = None
    try:
        consumer = KafkaConsumer(
            kafka_client=clients,
            bootstrap_servers=bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            isolation_level="read_committed",
            allow_auto_create_topics=False,
            metrics_enabled=False,
            bootstrap_timeout_ms=int(settings.connect_seconds * 1000),
            **settings.connection(),
        )
        yield RawTopic(consumer, bootstrap, agency)
    except (KafkaError, OSError, ValueError) as error:
        raise problem(error, bootstrap, raw(agency)) from None
    finally:
        clients.close() if consumer is None else consumer.close(autocommit=False)
