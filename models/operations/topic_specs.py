"""Every topic as the brokers must have it: partitions, retention, compaction.

`python -m streams topics` creates what this module lists and shows what it would change. The names are the contract's
(`models.contract.topics`), the times are those of `models.operations.retention`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.contract import topics
from models.operations.retention import (
    LEDGER_BEHIND_DAYS,
    LONGEST_ERASURE_DAYS,
    LONGEST_MONTH_DAYS,
    LONGEST_SEGMENT_DAYS,
    days,
)
from models.register.types import DEFAULT_MONTHS

DAY_MS = 86_400_000
LARGEST_RECORD = 4_194_304
"""Bytes of the largest record that the service writes: a release. Its topics and the producer allow no more."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it must be; `config` holds Kafka topic settings as strings."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


_COMPACT = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.1",
    "segment.ms": str(LONGEST_SEGMENT_DAYS * DAY_MS),
    "max.compaction.lag.ms": str(LONGEST_ERASURE_DAYS * DAY_MS),
    "delete.retention.ms": str(LONGEST_ERASURE_DAYS * DAY_MS),
}


def _delete(family_: str) -> dict[str, str]:
    # A segment goes when its newest record is old enough: with Kafka's weekly ones a record would stay a week longer.
    kept, segment = days(f"topic:{family_}") * DAY_MS, LONGEST_SEGMENT_DAYS * DAY_MS
    return {"cleanup.policy": "delete", "retention.ms": str(kept), "segment.ms": str(segment)}


_BROKERS_TIME = {"message.timestamp.type": "LogAppendTime"}
"""Retention counts from when the broker got a record, whatever its producer says. Raw topics only: agencies write no
other, and our own carry the service's clock, which a demo and a test inject."""


def all_topics(agencies: Iterable[str], retention_months: int = DEFAULT_MONTHS) -> list[TopicSpec]:
    """Every topic the service needs for these agencies, in the order they should be made."""
    accepted_ms = str(retention_months * LONGEST_MONTH_DAYS * DAY_MS)
    both = {"cleanup.policy": "compact,delete", "min.compaction.lag.ms": str(LEDGER_BEHIND_DAYS * DAY_MS)}
    # The broker's limit is on a whole compressed batch, so it cannot be that of one event: intake holds that (64 KiB).
    wire = {"max.message.bytes": "1048576"}
    specs = []
    for agency in agencies:
        specs.append(TopicSpec(topics.raw(agency), topics.RAW_PARTITIONS, _delete("raw") | wire | _BROKERS_TIME))
        specs.append(TopicSpec(topics.receipts(agency), 1, _delete("receipts")))
    specs += [
        TopicSpec(topics.ACCEPTED, topics.PARTITIONS, _COMPACT | both | {"retention.ms": accepted_ms}),
        TopicSpec(topics.LEDGER_CHANGELOG, topics.PARTITIONS, _COMPACT),
        TopicSpec(topics.RELEASED_CHANGELOG, topics.PARTITIONS, _COMPACT | {"max.message.bytes": str(LARGEST_RECORD)}),
        TopicSpec(topics.SIGNALS_CHANGELOG, topics.PARTITIONS, _COMPACT),
        TopicSpec(topics.HOMES_CHANGELOG, topics.PARTITIONS, _COMPACT),
        TopicSpec(topics.MARKS_CHANGELOG, topics.PARTITIONS, _COMPACT),
        TopicSpec(topics.REQUESTS, topics.PARTITIONS, _delete("requests")),
        TopicSpec(topics.RELEASES, 1, _COMPACT | {"max.message.bytes": str(LARGEST_RECORD)}),
        TopicSpec(topics.SIGNALS, 1, _COMPACT),
        TopicSpec(topics.SUBMISSIONS, 1, _COMPACT),
        TopicSpec(topics.REMEDIES, 1, _COMPACT),
        TopicSpec(topics.REMEDY_REQUESTS, 1, _delete("remedy-requests")),
        # A worker reads all of it at each assignment, so what is superseded must not pile up for a day.
        TopicSpec(topics.POSITIONS, 1, _COMPACT | {"segment.bytes": "16777216"}),
        TopicSpec(topics.DEAD_LETTERS, 1, _delete("dead-letters")),
    ]
    return specs
