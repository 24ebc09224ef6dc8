"""What the operators' commands do with the broker, with kafka-python: look at offsets, read records, say a remedy."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, RetriableError

from streams.errors import StreamsError
from streams.outputs import Out
from streams.settings import StreamSettings

PATIENCE_SECONDS = 30.0
"""How long a broker may say nothing, or say that it is not ready, before a command gives up."""
_AGAIN_SECONDS = 0.5


class NoBroker(StreamsError):
    """No broker answers, or it refused; the message names the address and the kind, and nothing else."""


class OperatorsBroker:
    """A consumer without a group, an admin client and a producer that waits; a context manager."""

    def __init__(self, settings: StreamSettings) -> None:
        self._settings = settings
        common = {"bootstrap_servers": settings.bootstrap.split(","), "client_id": "ypsem-operations"}
        common |= settings.client()
        try:
            self._consumer: Any = KafkaConsumer(
                **common,
                group_id=None,
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                isolation_level="read_committed",
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

    def _partitions(self, topic: str) -> list[int]:
        with self._asking(topic):
            return sorted(self._consumer.partitions_for_topic(topic) or ())

    def limits(self, topic: str, partition: int) -> tuple[int, int] | None:
        """First offset and end of a partition; None if there is no such partition."""
        if partition not in self._partitions(topic):
            return None
        place = TopicPartition(topic, partition)
        with self._asking(topic):
            first, end = self._consumer.beginning_offsets([place])[place], self._consumer.end_offsets([place])[place]
        return int(first), int(end)

    def committed(self, group: str, topic: str, partition: int) -> int:
        """The next offset a group will read; 0 if it has read nothing yet. Raises `NoBroker`.

        A cluster on which no group has ever been makes its coordinator when it is first asked for one, and says so
        much as that it has none: asked again until it answers. "Nobody answers" must never read as "nothing was read".
        """
        place = TopicPartition(topic, partition)
        until = time.monotonic() + PATIENCE_SECONDS
        with self._asking(f"{topic}, as group {group} has read it,"):
            admin = KafkaAdminClient(**self._common)
            try:
                while True:
                    try:
                        entry = admin.list_group_offsets({group: [place]}).get(group, {}).get(place)
                        return max(0, entry.offset) if entry else 0
                    except RetriableError:
                        if time.monotonic() > until:
                            raise
                        time.sleep(_AGAIN_SECONDS)
            finally:
                admin.close()

    def read(self, topic: str) -> Iterator[Any]:
        """Every record of a topic up to its present end; raises `NoBroker` if it is not there or may not be read."""
        partitions = [TopicPartition(topic, p) for p in self._partitions(topic)]
        if not partitions:
            raise NoBroker(f"topic {topic} is not there, or this login may not read it")
        with self._asking(topic):
            self._consumer.assign(partitions)
            self._consumer.seek_to_beginning(*partitions)
            ends = self._consumer.end_offsets(partitions)
            yield from self._until(ends, max_records=10_000)

    def since(self, topic: str, offset: int) -> Iterator[Any]:
        """The records of a topic's one partition from an offset up to its present end; raises `NoBroker`.

        Where the broker no longer has that offset, from the first that it has.
        """
        limits = self.limits(topic, 0)
        if limits is None:
            raise NoBroker(f"topic {topic} is not there, or this login may not read it")
        place, (first, end) = TopicPartition(topic, 0), limits
        if (start := max(first, offset)) >= end:
            return
        with self._asking(topic):
            self._consumer.assign([place])
            self._consumer.seek(place, start)
            yield from (record for record in self._until({place: end}, max_records=1_000) if record.offset < end)

    def at(self, topic: str, partition: int, offsets: Sequence[int]) -> Iterator[Any]:
        """The records at these offsets that the broker still has, in order; raises `NoBroker`.

        One is left out only once the broker was read past it: a silent broker is not a record that is gone.
        """
        limits = self.limits(topic, partition)
        wanted = sorted(o for o in set(offsets) if limits and limits[0] <= o < limits[1])
        place = TopicPartition(topic, partition)
        with self._asking(topic):
            self._consumer.assign([place])
            for offset in wanted:
                if self._consumer.position(place) != offset:
                    self._consumer.seek(place, offset)
                found = self._until({place: offset + 1}, max_records=1)
                yield from (record for record in found if record.offset == offset)

    def _until(self, ends: dict[TopicPartition, int], max_records: int) -> Iterator[Any]:
        """What is polled until every partition's position is at its end; raises `NoBroker` when nothing moves."""
        until = time.monotonic() + PATIENCE_SECONDS
        before = [self._consumer.position(place) for place in ends]
        while any(self._consumer.position(place) < end for place, end in ends.items()):
            for records in self._consumer.poll(timeout_ms=500, max_records=max_records).values():
                yield from records
            now_at = [self._consumer.position(place) for place in ends]
            if now_at != before:
                before, until = now_at, time.monotonic() + PATIENCE_SECONDS
            elif time.monotonic() > until:
                raise NoBroker(f"the broker sent nothing for {PATIENCE_SECONDS:.0f} seconds")

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
