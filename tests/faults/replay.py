"""Everything is read again from the first offset: same ledger, same releases byte for byte, even after compaction."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, OffsetSpec
from sqlalchemy import select

from models.contract import topics
from models.store import ReleaseRow
from tests.factories import BOARD, OTHER_BOARD
from tests.faults.bench import Bench
from tests.faults.books import Difference, compare_releases
from tests.faults.registry import Turn, fault
from tests.kafka.road import AGENCIES, log_end, read_all
from tests.support.pace import patience

GROUPS = {
    "ypsem-intake": [topics.raw(agency) for agency in AGENCIES],
    "ypsem-ledger": [topics.ACCEPTED, topics.REQUESTS],
}
QUIET_SECONDS = 12
YEAR, TWO_YEARS = "31536000000", "63072000000"
"""Milliseconds. The broker compares with the records' own time, which is months ago by the injected clock."""
COMPACTED = (topics.ACCEPTED, topics.LEDGER_CHANGELOG)


# One replay at the end of the first bench, behind everything that went over it; the other behind the remedies, gaps and
# returns of the second. A child that is erased needs a settled home, which the releases of a replay would take from it.
@fault("full replay from the raw topics", weight=3, chapter="Everything is read again", behind="messages")
def replayed(turn: Turn) -> None:
    _replay(turn, compact=False)


@fault("full replay after compaction", weight=4, chapter="Everything is read again")
def replayed_compacted(turn: Turn) -> None:
    _replay(turn, compact=True)


def _replay(turn: Turn, compact: bool) -> None:
    """Both groups go back to the first offset, and the ledger's own table is emptied: only the topics are left."""
    bench = turn.bench
    if compact:
        _compact(turn)
    else:
        turn.feed(events=2500)
    turn.settle()
    first = not _released(bench)
    for board in (BOARD, OTHER_BOARD):
        bench.services.run("consumers", "request-release", "--board", board, "--as", "faults")
    turn.until(lambda: _released(bench) > 0 and _caught_up(bench), 120, "releases are in SQL")
    _all_built(turn)
    if first:
        compare_releases(bench.told, bench.engine, found := Difference())
        turn.row.add(found)
    stored, end = _releases_in_sql(bench), log_end(bench.bootstrap, topics.RELEASES)
    keys = {record.key for record in read_all(bench.bootstrap, topics.RELEASES)}
    before = dict(bench.books.rows)
    made_anew(turn, "intake", "ledger")
    turn.until(lambda: _read_up(bench), 120, "both groups have read everything once more")
    turn.struck()
    turn.settle()
    turn.until(
        lambda: bench.books.read_up() and bench.books.rows == before, 60, "the ledger is the same, byte for byte"
    )
    turn.until(lambda: _sent_since(bench, end) >= keys, 120, "every release is sent again")
    bodies: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for record in read_all(bench.bootstrap, topics.RELEASES):
        bodies[record.key].add(record.value)
    anew = sum(len(found) > 1 for found in bodies.values())
    assert not anew, f"{anew} of {len(bodies)} releases were built anew instead of sent again"
    turn.until(lambda: _caught_up(bench), 60, "the sink has read them")
    assert stored.items() <= _releases_in_sql(bench).items(), "a release in SQL is not what it was"
    turn.see("ypsem_sink_records_total unchanged",
             bench.of("sink").metric("ypsem_sink_records_total", outcome="unchanged") >= len(keys))  # fmt: skip
    turn.see("ypsem_releases_built_total re_emitted",
             bench.of("ledger").metric("ypsem_releases_built_total", outcome="re_emitted") >= len(keys))  # fmt: skip


def made_anew(turn: Turn, *roles: str) -> None:
    """The runbook's way: with the ledger's events emptied, these workers read their topics from the first offset."""
    bench = turn.bench
    for role in roles:
        bench.supervisor.stop_one(bench.of(role))
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    try:
        for group in (f"ypsem-{role}" for role in roles):
            places = [TopicPartition(name, p) for name in GROUPS[group] for p in _partitions(admin, name)]
            turn.until(partial(empty, admin, group), 60, "the group has no members")
            admin.reset_group_offsets(group, dict.fromkeys(places, OffsetSpec.EARLIEST))
        _truncate(admin, topics.LEDGER_CHANGELOG)
    finally:
        admin.close()
    bench.books.rows.clear()
    bench.supervisor.start_again()
    bench.supervisor.wait_ready()


def _read_up(bench: Bench) -> bool:
    """Whether both groups have committed to the end of what they read."""
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    consumer = KafkaConsumer(bootstrap_servers=bench.bootstrap.split(","), group_id=None, enable_auto_commit=False)
    try:
        for group, names in GROUPS.items():
            committed = admin.list_group_offsets({group: None})[group]
            places = [TopicPartition(name, p) for name in names for p in _partitions(admin, name)]
            ends = consumer.end_offsets(places)
            if any(ends[at] and (at not in committed or committed[at].offset < ends[at]) for at in places):
                return False
    finally:
        consumer.close()
        admin.close()
    return True


def _sent_since(bench: Bench, end: int) -> set[bytes]:
    return {record.key for record in read_all(bench.bootstrap, topics.RELEASES) if record.offset >= end}


def _all_built(turn: Turn) -> None:
    """Releases are built in the background, year by year: wait until no more come."""
    found, since = -1, time.monotonic()
    deadline = since + patience(120)
    while time.monotonic() - since < patience(QUIET_SECONDS):
        assert time.monotonic() < deadline, "releases are still being built"
        if (now := len(read_all(turn.bench.bootstrap, topics.RELEASES))) != found:
            found, since = now, time.monotonic()
        time.sleep(0.5)


def _released(bench: Bench) -> int:
    return len(_releases_in_sql(bench))


def _releases_in_sql(bench: Bench) -> dict[str, bytes]:
    with bench.engine.connect() as connection:
        found = connection.execute(select(ReleaseRow.release_id, ReleaseRow.body))
        return {str(name): bytes(body) for name, body in found}


def _caught_up(bench: Bench) -> bool:
    """Whether SQL has every release that is on the topic."""
    return {r.value for r in read_all(bench.bootstrap, topics.RELEASES)} == set(_releases_in_sql(bench).values())


def _partitions(admin: Any, topic: str) -> list[int]:
    (found,) = admin.describe_topics([topic])
    return [int(partition["partition_index"]) for partition in found["partitions"]]


def empty(admin: Any, group: str) -> bool:
    """Whether a group has no members, so that its offsets can be changed."""
    return not admin.describe_groups([group])[group]["members"]


def _truncate(admin: Any, topic: str) -> None:
    """Delete every record; a compacted topic allows that only while it may also delete."""
    resource = ConfigResourceType.TOPIC
    admin.alter_configs([ConfigResource(resource, topic, configs={"cleanup.policy": "compact,delete"})])
    admin.delete_records({TopicPartition(topic, p): -1 for p in _partitions(admin, topic)})
    admin.alter_configs([ConfigResource(resource, topic, configs={"cleanup.policy": "compact"})])


def _compact(turn: Turn) -> None:
    """Have the broker compact the accepted topic and the changelog, as it will in a week or a month."""
    with hurried_cleaner(turn):
        turn.look_for("accepted topic: compacted", lambda: _compacted(turn.bench), 60)


@contextmanager
def hurried_cleaner(turn: Turn) -> Iterator[None]:
    """Within this context the broker compacts at once everything that is there now.

    The ledger has to have read it before: in operation `min.compaction.lag.ms` ensures that.
    """
    bench = turn.bench
    _configure(bench, {"segment.ms": "100", "min.compaction.lag.ms": YEAR, "max.compaction.lag.ms": TWO_YEARS})
    # The segment being written is never compacted, and only writing begins a new one: so write in several pieces.
    for _ in range(4):
        turn.feed(events=700)
        turn.until(lambda: not bench.mid_stream(), 60, "the ledger has all of it")
    soon = {"min.compaction.lag.ms": "0", "max.compaction.lag.ms": "1", "min.cleanable.dirty.ratio": "0.0001"}
    _configure(bench, soon | {"delete.retention.ms": "0"})
    yield
    _configure(bench, {"segment.ms": "86400000", "min.compaction.lag.ms": YEAR, "max.compaction.lag.ms": TWO_YEARS})


def _configure(bench: Bench, settings: dict[str, str]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    try:
        for topic in COMPACTED:
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=settings)])
    finally:
        admin.close()


def _compacted(bench: Bench) -> bool:
    """Whether the accepted topic has lost copies that it had."""
    ever, now = log_end(bench.bootstrap, topics.ACCEPTED), len(read_all(bench.bootstrap, topics.ACCEPTED))
    return now < 0.98 * ever
