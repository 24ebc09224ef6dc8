"""Faults of Kafka: stopped, killed, without its leader, cut off, stalled, slow."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from models.contract import topics
from tests.factories import BOARD, OTHER_BOARD, register
from tests.faults.bench import Bench
from tests.faults.loads import waves
from tests.faults.processes import members
from tests.faults.registry import Turn, fault

AWAY_SECONDS = 8


def _workers_not_ready(turn: Turn) -> bool:
    return not turn.bench.of("intake").ready and not turn.bench.of("ledger").ready


def _signs_of_absence(turn: Turn) -> None:
    """What an operator sees while the broker is away."""
    turn.look_for("workers' /ready 503", lambda: _workers_not_ready(turn))
    turn.look_for("sink's /ready 503", lambda: not turn.bench.of("sink").ready)
    turn.look_for(
        "ypsem_sink_broker_errors_total", lambda: turn.bench.of("sink").metric("ypsem_sink_broker_errors_total") > 0
    )


@fault("broker stopped and started", weight=2, chapter="The broker is away")
def stopped(turn: Turn) -> None:
    _broker_goes(turn, kill=False)


@fault("broker killed", weight=2, times=1, chapter="The broker is away")
def killed(turn: Turn) -> None:
    _broker_goes(turn, kill=True)


def _broker_goes(turn: Turn, kill: bool) -> None:
    cluster = turn.bench.cluster
    for _ in range(turn.times):
        turn.feed(events=2500, per_second=800, background=True)
        turn.under_way()
        turn.struck(turn.mid_stream())
        if kill:
            cluster.kill_node(1)
        else:
            cluster.stop()
        _signs_of_absence(turn)
        cluster.start()
        turn.settle()
        turn.bench.supervisor.wait_ready()


@fault("network cut", weight=2, times=1, chapter="The network to the broker fails")
def cut(turn: Turn) -> None:
    network = turn.bench.network
    for _ in range(turn.times):
        turn.feed(events=2500, per_second=800, background=True)
        turn.under_way()
        before = network.connections_cut
        network.cut()
        _signs_of_absence(turn)
        turn.struck(network.connections_cut > before and turn.mid_stream())
        network.heal()
        turn.settle()
        turn.bench.supervisor.wait_ready()


@fault(
    "network stalled past the session, bytes come late", weight=4, times=1, chapter="The network to the broker fails"
)
def stalled(turn: Turn) -> None:
    """A second ledger that is not stalled takes over; then what the first one had sent arrives after all."""
    bench, network = turn.bench, turn.bench.network
    for _ in range(turn.times):
        first, second = waves(turn.rng.randrange(10**9), turn.events(3000))
        turn.feed(first, background=True)
        turn.under_way()
        before = network.bytes_held
        network.stall()
        mid_stream = turn.mid_stream()
        spare = bench.supervisor.start("ledger", **bench.direct)
        second_intake = bench.supervisor.start("intake", **bench.direct)
        turn.feed(second)
        turn.fed()
        turn.look_for("workers' /ready 503", lambda: _workers_not_ready(turn))
        turn.until(lambda: members(bench) == (1, 1), 90, "the group has given the stalled workers up")
        turn.until(lambda: not bench.mid_stream(), 90, "the spare workers have folded everything")
        turn.struck(mid_stream and network.bytes_held > before)
        network.heal()
        turn.settle()
        bench.supervisor.remove(second_intake)
        bench.supervisor.remove(spare)
        bench.supervisor.wait_ready()
        bench.of("ledger").child.kill()
        turn.settle()
        bench.supervisor.wait_ready()


@fault("network slow (0.25 s a packet)", chapter="The network to the broker fails")
def slow(turn: Turn) -> None:
    bench, network = turn.bench, turn.bench.network
    quick = bench.of("ledger").metric("ypsem_streams_chunk_seconds_bucket", topic="accepted", le="0.25")
    all_before = bench.of("ledger").metric("ypsem_streams_chunk_seconds_count", topic="accepted")
    network.slow(0.25)
    turn.feed(events=1500)
    time.sleep(AWAY_SECONDS)
    ledger = bench.of("ledger")
    turn.look_for(
        "ypsem_streams_chunk_seconds",
        lambda: ledger.metric("ypsem_streams_chunk_seconds_count", topic="accepted") - all_before
        > ledger.metric("ypsem_streams_chunk_seconds_bucket", topic="accepted", le="0.25") - quick,
    )  # fmt: skip
    turn.struck(network.pieces_delayed > 0)
    network.heal()
    turn.settle()


@fault("leader lost (3 brokers, 2 in sync)", weight=4, bench="three", times=2, chapter="The broker is away")
def leader_lost(turn: Turn) -> None:
    cluster = turn.bench.cluster
    partitions = {b.code: b.partition for b in register().boards}
    for number in range(turn.times):
        turn.feed(events=2500, per_second=800, background=True)
        turn.under_way()
        leader = _leader(turn, partitions[BOARD if number % 2 else OTHER_BOARD])
        turn.struck(turn.mid_stream())
        cluster.kill_node(leader)
        turn.until(partial(_led_by_another, turn, partitions[BOARD], leader), 60, "another leads")
        turn.look_for("kafka-topics: under-replicated", partial(_has_copies, turn, partitions[BOARD], 2))
        turn.settle()
        cluster.start()
        turn.until(lambda: whole(turn.bench), 90, "every partition has all its copies again")
    turn.settle()


@fault("two of three brokers lost", weight=4, bench="three", chapter="The broker is away")
def two_lost(turn: Turn) -> None:
    """With fewer than min.insync.replicas nothing is confirmed, so nothing may be acknowledged either."""
    cluster = turn.bench.cluster
    for _ in range(turn.times):
        turn.feed(events=2500, per_second=800, background=True)
        turn.under_way()
        turn.struck(turn.mid_stream())
        gone = turn.rng.sample((1, 2, 3), 2)
        for node in gone:
            cluster.kill_node(node)
        turn.look_for("workers' /ready 503", lambda: _workers_not_ready(turn), 60)
        cluster.start()
        # The sink may be in a pause of half a minute, and in a client's timeout before that.
        turn.settle(180)
        turn.bench.supervisor.wait_ready()
        turn.until(lambda: whole(turn.bench), 90, "every partition has all its copies again")


def whole(bench: Bench) -> bool:
    """Whether every partition of every topic has all its copies in sync; False while no broker answers.

    Two in sync are enough to settle. The next fault may take one of those two.
    """
    try:
        admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    except KafkaError:
        return False
    try:
        found = [partition for topic in admin.describe_topics() for partition in topic["partitions"]]
        return bool(found) and all(set(one["isr_nodes"]) == set(one["replica_nodes"]) for one in found)
    except KafkaError:
        return False
    finally:
        admin.close()


def _describe(turn: Turn, partition: int) -> dict[str, Any]:
    """The partition of the accepted topic as the cluster reports it; nothing while no broker answers."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=turn.bench.bootstrap.split(","))
    except KafkaError:
        return {}
    try:
        (topic,) = admin.describe_topics([topics.ACCEPTED])
        return next((dict(p) for p in topic["partitions"] if p["partition_index"] == partition), {})
    except KafkaError:
        return {}
    finally:
        admin.close()


def _led_by_another(turn: Turn, partition: int, leader: int) -> bool:
    return _leader(turn, partition) not in (leader, -1)


def _leader(turn: Turn, partition: int) -> int:
    return int(_describe(turn, partition).get("leader_id", -1))


def _in_sync(turn: Turn, partition: int) -> int:
    return len(_describe(turn, partition).get("isr_nodes", ()))


def _has_copies(turn: Turn, partition: int, copies: int) -> bool:
    return _in_sync(turn, partition) == copies
