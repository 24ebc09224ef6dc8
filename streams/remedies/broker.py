"""What the operators' commands do with the broker, with kafka-python: look at offsets, read records, say a remedy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from streams.outputs import Out
from streams.settings import StreamSettings


class NoBroker(RuntimeError):
    """No broker answers, or it refused; the message names the address and the kind, and nothing else."""


class OperatorsBroker:
    """A consumer without a group, an admin client and a producer that waits; a context manager."""

    def __init__(self, settings: StreamSettings) -> None:
        self._settings = settings
        common = {"bootstrap_servers": settings.bootstrap.split(","), "client_id": "ypsem-operations"}
        common |= settings.client()
        try:
            self._consumer: Any = KafkaConsumer(
                **common, group_id=None, enable_auto_commit=False, allow_auto_create_topics=False
            )
            self._common = common
        except KafkaError as error:
            raise NoBroker(f"no broker answers at {settings.bootstrap} ({type(error).__name__})") from None

    def __enter__(self) -> OperatorsBroker:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    @contextlib.contextmanager
    def _asking(self, topic: str) -> Iterator[None]:
        try:
            yield
        except KafkaError as error:
            raise NoBroker(f"topic {topic} cannot be read ({type(error).__name__})") from None

    def limits(self, topic: str, partition: int) -> tuple[int, int] | None:
        """First offset and end of a partition; None if there is no such partition."""
        if partition not in (self._consumer.partitions_for_topic(topic) or ()):
            return None
        place = TopicPartition(topic, partition)
        with self._asking(topic):
            first, end = self._consumer.beginning_offsets([place])[place], self._consumer.end_offsets([place])[place]
        return int(first), int(end)

    def committed(self, group: str, topic: str, partition: int) -> int:
        """The next offset a group will read; 0 if it has read nothing yet."""
        admin = KafkaAdminClient(**self._common)
        try:
            found = admin.list_group_offsets({group: [TopicPartition(topic, partition)]})
        except KafkaError:
            # A cluster on which no group has ever been has no coordinator either.
            return 0
        finally:
            admin.close()
        entry = found.get(group, {}).get(TopicPartition(topic, partition))
        return max(0, entry.offset) if entry else 0

    def read(self, topic: str) -> Iterator[Any]:
        """Every record of a topic up to its present end; raises `NoBroker` if it is not there or may not be read."""
        partitions = [TopicPartition(topic, p) for p in sorted(self._consumer.partitions_for_topic(topic) or ())]
        if not partitions:
            raise NoBroker(f"topic {topic} is not there, or this login may not read it")
        with self._asking(topic):
            self._consumer.assign(partitions)
            self._consumer.seek_to_beginning(*partitions)
            ends = self._consumer.end_offsets(partitions)
            while any(self._consumer.position(p) < ends[p] for p in partitions):
                for records in self._consumer.poll(timeout_ms=500, max_records=10_000).values():
                    yield from records

    def at(self, topic: str, partition: int, offsets: Sequence[int]) -> Iterator[Any]:
        """The records at these offsets that the broker still has, in order."""
        limits = self.limits(topic, partition)
        wanted = sorted(o for o in set(offsets) if limits and limits[0] <= o < limits[1])
        place = TopicPartition(topic, partition)
        self._consumer.assign([place])
        for offset in wanted:
            if self._consumer.position(place) != offset:
                self._consumer.seek(place, offset)
            found = self._consumer.poll(timeout_ms=10_000, max_records=1)
            yield from (r for records in found.values() for r in records if r.offset == offset)

    def confirm(self, outs: Sequence[Out]) -> None:
        """Send, and wait until the broker has confirmed each; raises `NoBroker`."""
        producer = KafkaProducer(**self._common, acks="all")
        try:
            sent = [
                producer.send(
                    out.topic,
                    key=out.key,
                    value=out.value,
                    partition=out.partition,
                    timestamp_ms=out.timestamp_ms,
                    headers=list(out.headers),
                )
                for out in outs
            ]
            for future in sent:
                future.get(timeout=30)
        except KafkaError as error:
            raise NoBroker(f"the broker did not confirm ({type(error).__name__})") from None
        finally:
            producer.close(timeout=5)
