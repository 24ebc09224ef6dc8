"""Topics: every name, partition count and retention in one place.

Names are lower case with dots, carry their version and no environment. `python -m streams topics` creates what
this module lists and shows what it would change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.contract.retention import (
    DEFAULT_MONTHS,
    LEDGER_BEHIND_DAYS,
    LONGEST_ERASURE_DAYS,
    LONGEST_MONTH_DAYS,
    LONGEST_SEGMENT_DAYS,
    days,
)

PARTITIONS = 12
"""Of the accepted topic and everything partitioned like it; boards map to these explicitly (ADR 0026)."""

RAW_PARTITIONS = 4
DAY_MS = 86_400_000
LARGEST_RECORD = 4_194_304
"""Bytes of the largest record that the service writes: a release. Its topics and the producer allow no more."""

ACCEPTED = "ypsem.accepted.v1"
SIGNALS = "ypsem.signals.v1"
RELEASES = "ypsem.releases.v1"
REQUESTS = "ypsem.requests.v1"
SUBMISSIONS = "ypsem.submissions.v1"
DEAD_LETTERS = "ypsem.dead-letters.v1"
REMEDIES = "ypsem.remedies.v1"
"""What operations decided about single records and whole raw topics: skipped, quarantined, held (ADR 0010)."""
POSITIONS = "ypsem.positions.v1"
"""How far the workers have handled each partition, apart from what the groups have committed, and how often they found
its log cut (ADR 0018)."""
INTAKE_APP = "ypsem-intake"
LEDGER_APP = "ypsem-ledger"
LEDGER_CHANGELOG = f"{LEDGER_APP}-events-changelog"
RELEASED_CHANGELOG = f"{LEDGER_APP}-released-changelog"
SIGNALS_CHANGELOG = f"{LEDGER_APP}-signals-changelog"
"""Of the lives of signals, and of the full alert records: ledger tier only."""
HOMES_CHANGELOG = f"{LEDGER_APP}-homes-changelog"
"""Of the home areas that releases settled: holds tokens, as the ledger's own does."""
MARKS_CHANGELOG = f"{LEDGER_APP}-marks-changelog"
"""Of what was erased or skipped: digests and coordinates, no content."""


def raw(agency: str) -> str:
    """The one topic an agency may write."""
    return f"cse.events.{agency}.v1"


def receipts(agency: str) -> str:
    """The one topic an agency may read."""
    return f"ypsem.receipts.{agency}.v1"


def family(topic: str) -> str:
    """The metric label of a topic: a family, never an agency."""
    if topic.startswith("cse.events."):
        return "raw"
    if topic.startswith("ypsem.receipts."):
        return "receipts"
    known = {
        ACCEPTED: "accepted",
        SIGNALS: "signals",
        RELEASES: "releases",
        REQUESTS: "requests",
        SUBMISSIONS: "submissions",
        DEAD_LETTERS: "dead-letters",
        REMEDIES: "remedies",
        POSITIONS: "positions",
    }
    return known.get(topic, "changelog")


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
        specs.append(TopicSpec(raw(agency), RAW_PARTITIONS, _delete("raw") | wire | _BROKERS_TIME))
        specs.append(TopicSpec(receipts(agency), 1, _delete("receipts")))
    specs += [
        TopicSpec(ACCEPTED, PARTITIONS, _COMPACT | both | {"retention.ms": accepted_ms}),
        TopicSpec(LEDGER_CHANGELOG, PARTITIONS, _COMPACT),
        TopicSpec(RELEASED_CHANGELOG, PARTITIONS, _COMPACT | {"max.message.bytes": str(LARGEST_RECORD)}),
        TopicSpec(SIGNALS_CHANGELOG, PARTITIONS, _COMPACT),
        TopicSpec(HOMES_CHANGELOG, PARTITIONS, _COMPACT),
        TopicSpec(MARKS_CHANGELOG, PARTITIONS, _COMPACT),
        TopicSpec(REQUESTS, PARTITIONS, _delete("requests")),
        TopicSpec(RELEASES, 1, _COMPACT | {"max.message.bytes": str(LARGEST_RECORD)}),
        TopicSpec(SIGNALS, 1, _COMPACT),
        TopicSpec(SUBMISSIONS, 1, _COMPACT),
        TopicSpec(REMEDIES, 1, _COMPACT),
        # A worker reads all of it at each assignment, so what is superseded must not pile up for a day.
        TopicSpec(POSITIONS, 1, _COMPACT | {"segment.bytes": "16777216"}),
        TopicSpec(DEAD_LETTERS, 1, _delete("dead-letters")),
    ]
    return specs
