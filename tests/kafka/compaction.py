"""Makes a broker do at once what takes it days: retention runs out, compaction runs, tombstones go."""

from __future__ import annotations

from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from models.operations.topic_specs import TopicSpec
from tests.kafka.road import read_all
from tests.support.waiting import poll_until

BROKER = {
    "log.cleaner.backoff.ms": "100",
    "log.retention.check.interval.ms": "300",
    "log.segment.delete.delay.ms": "100",
    "log.initial.task.delay.ms": "100",
}
"""Properties of a test broker that is to be hurried."""

_COMPACT = {
    "cleanup.policy": "compact",
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.0",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1",
    "delete.retention.ms": "1",
}
_DELETE = {"segment.ms": "100", "retention.ms": "1"}
FILLER = b"filler"


def hurry(bootstrap: str, specs: list[TopicSpec]) -> None:
    """Set every topic so that it forgets as soon as it can."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.alter_configs(
            [
                ConfigResource(
                    ConfigResourceType.TOPIC,
                    spec.name,
                    configs=_COMPACT if "compact" in spec.config["cleanup.policy"] else _DELETE,
                )
                for spec in specs
            ]
        )
    finally:
        admin.close()


def fill(bootstrap: str, specs: list[TopicSpec]) -> None:
    """Append a record to every partition: only then is the segment before it closed, and may be cleaned."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    try:
        for spec in specs:
            for partition in range(spec.partitions):
                producer.send(spec.name, key=FILLER, value=FILLER, partition=partition)
        producer.flush(timeout=30)
    finally:
        producer.close(timeout=5)


def everything(bootstrap: str, specs: list[TopicSpec]) -> bytes:
    """Keys, values and headers of every record of every topic."""
    parts = []
    for spec in specs:
        for record in read_all(bootstrap, spec.name):
            parts += [record.key or b"", record.value or b"", repr(record.headers).encode()]
    return b"\n".join(parts)


def forgotten(bootstrap: str, specs: list[TopicSpec], secrets: list[bytes], timeout: float) -> None:
    """Wait until none of these is in any topic; AssertionError says how many are left, and where."""

    def none_left() -> bool:
        fill(bootstrap, specs)
        left = [spec.name for spec in specs if any(s in everything(bootstrap, [spec]) for s in secrets)]
        seen[:] = left
        return not left

    seen: list[str] = []
    try:
        poll_until(none_left, timeout, "all is forgotten")
    except AssertionError:
        raise AssertionError(f"something is left in {seen}") from None


__all__ = ["BROKER", "everything", "fill", "forgotten", "hurry"]
