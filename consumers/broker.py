"""The only module of the sink that talks to Kafka: it finds topics, reads records, and sends with acknowledgement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaConnectionError, KafkaError, OffsetOutOfRangeError

from consumers.errors import NotThere, OutOfRange
from models.service.addresses import addresses, listens

BrokerError: type[Exception] = cast(type[Exception], KafkaError)
"""Anything the Kafka client raises."""


class Topic(NamedTuple):
    """A topic as the broker has it now; another id under the same name is another log."""

    id: str | None
    partitions: tuple[int, ...]


class TopicRecord(NamedTuple):
    """One record, and where it lay."""

    topic: str
    partition: int
    offset: int
    value: bytes | None


class Broker:
    """A consumer without a group (positions live in SQL) and a producer that waits for acknowledgement."""

    def __init__(self, bootstrap: str, timeout: float = 30, client: Mapping[str, Any] | None = None) -> None:
        """`client`: how to reach a broker that asks for more than an address (`Transport.client`)."""
        self._bootstrap = bootstrap.split(",")
        self._addresses = addresses(bootstrap)
        self._client = dict(client or {})
        self._timeout = timeout
        self._consumer: Any = None
        self._producer: Any = None

    def connect(self) -> None:
        """Open both clients; raises `BrokerError` if no broker answers."""
        self.close()
        # A client that finds no broker leaves its thread behind, so ask first.
        if not any(map(listens, self._addresses)):
            raise KafkaConnectionError("no broker answers")
        self._consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id="ypsem-sink",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            allow_auto_create_topics=False,
            bootstrap_timeout_ms=10_000,
            **self._client,
        )
        self._producer = KafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id="ypsem-sink",
            acks="all",
            bootstrap_timeout_ms=10_000,
            **self._client,
        )

    def close(self) -> None:
        """Close what is open; never waits long."""
        for client in (self._consumer, self._producer):
            if client is not None:
                client.close(timeout_ms=5000) if client is self._consumer else client.close(timeout=5)
        self._consumer = self._producer = None

    def topics(self, names: Sequence[str]) -> dict[str, Topic]:
        """The named topics; raises `NotThere` if one is missing, `BrokerError` if the broker is."""
        admin = KafkaAdminClient(bootstrap_servers=self._bootstrap, bootstrap_timeout_ms=10_000, **self._client)
        try:
            described = {topic["name"]: topic for topic in admin.describe_topics(list(names))}
        finally:
            admin.close()
        missing = [
            n for n in names if n not in described or described[n]["error_code"] or not described[n]["partitions"]
        ]
        if missing:
            raise NotThere(f"topics {', '.join(missing)} are not there; make them with: python -m streams topics")
        return {
            name: Topic(
                _real_id(described[name].get("topic_id")), tuple(sorted(map(_index, described[name]["partitions"])))
            )
            for name in names
        }

    def place(self, positions: dict[tuple[str, int], int | None]) -> None:
        """Continue reading at these offsets; None stands for the first record that is there."""
        partitions = {TopicPartition(*key): offset for key, offset in positions.items()}
        self._consumer.assign(list(partitions))
        unknown = [tp for tp, offset in partitions.items() if offset is None]
        first = self._consumer.beginning_offsets(unknown) if unknown else {}
        for tp, offset in partitions.items():
            self._consumer.seek(tp, first[tp] if offset is None else offset)

    def poll(self, wait_ms: int) -> list[TopicRecord]:
        """The next records, in order within a partition; raises `OutOfRange` or `BrokerError`."""
        try:
            batches = self._consumer.poll(timeout_ms=wait_ms)
        except OffsetOutOfRangeError as error:
            raise OutOfRange from error
        return [TopicRecord(r.topic, r.partition, r.offset, r.value) for batch in batches.values() for r in batch]

    def range_of(self, topic: str, partition: int) -> tuple[int, int]:
        """First offset and end of a partition; the embedded broker may report too early an end."""
        tp = TopicPartition(topic, partition)
        return self._consumer.beginning_offsets([tp])[tp], self._consumer.end_offsets([tp])[tp]

    def ask(self, within: float) -> None:
        """Return when the broker answers a small request in so many seconds; raises `BrokerError` when it does not.

        Polling alone does not tell a broker that is away from one that has nothing new.
        """
        self._consumer.end_offsets(list(self._consumer.assignment()), timeout_ms=int(within * 1000))

    def lag(self) -> dict[str, int]:
        """Records not yet read, by topic, by the last fetch (an end offset that is asked for may be wrong)."""
        behind: dict[str, int] = {}
        for tp in self._consumer.assignment():
            end, position = self._consumer.highwater(tp), self._consumer.position(tp, timeout_ms=0)
            if end is not None and position is not None:
                behind[tp.topic] = behind.get(tp.topic, 0) + max(0, end - position)
        return behind

    def send(self, topic: str, key: bytes, value: bytes, partition: int | None = None) -> Callable[[], None]:
        """Send one record; the function returned waits for the broker's acknowledgement, or raises."""
        future = self._producer.send(topic, key=key, value=value, partition=partition)

        def acknowledged() -> None:
            future.get(timeout=self._timeout)

        return acknowledged


def _index(partition: dict[str, Any]) -> int:
    return int(partition["partition_index"])


def _real_id(topic_id: object) -> str | None:
    # Brokers older than topic ids answer with zeros.
    text = str(topic_id or "")
    return text if text.strip("0-") else None
