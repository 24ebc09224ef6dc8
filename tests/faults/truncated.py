"""A broker that was not in sync becomes leader, and the end of a raw topic's log is lost, part of it unread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError

from models.contract import topics
from tests.factories import BOARD, SCHOOLS, event, wire
from tests.faults.bench import Bench
from tests.faults.brokers import whole
from tests.faults.gaps import OPEN, open_in_sql
from tests.faults.registry import Turn, fault
from tests.faults.told import Place
from tests.kafka.road import read_all
from tests.kafka.test_gaps import told as told_to

TOPIC = topics.raw(SCHOOLS)
LEADER, BEHIND = 1, 2
"""The only two brokers that have the topic; the third one is needed to elect with."""
PREFERRED = 0
"""An election of the first replica, as Kafka's protocol has it."""
PARTITIONS = range(topics.RAW_PARTITIONS)


@fault("log truncated by an unclean leader", bench="three", weight=4, chapter="Records were never read")
def truncated(turn: Turn) -> None:
    """One copy is behind, the other is lost; intake had read a part of what only that one had, and not the rest.

    The agency sends all of it again in another order, with new events and revisions: the broker uses the places a
    second time, for other records.
    """
    bench, cluster, intake = turn.bench, turn.bench.cluster, turn.bench.of("intake")
    turn.settle()
    turn.until(lambda: whole(bench), 90, "every partition has all its copies")
    with _two_copies(turn):
        cluster.kill_node(BEHIND)
        turn.until(lambda: _is(bench, isr={LEADER}), 60, "one copy is left in sync")
        seed = turn.rng.randrange(10**9)
        read = [_event(f"{seed}-{n}") for n in range(200)]
        turn.feed(read)
        turn.settle()
        bench.supervisor.stop_one(intake)
        never = [_event(f"{seed}-{n}") for n in range(200, 260)]
        turn.feed(never)
        had = _lie(bench)
        cluster.kill_node(LEADER)
        cluster.start_node(BEHIND)
        turn.until(lambda: _is(bench, leader=BEHIND), 90, "the copy that was behind leads")
        has = _lie(bench)
        turn.struck(len(had) - len(has) >= 260)
        cluster.start()
        turn.until(lambda: _is(bench, isr={LEADER, BEHIND}), 90, "both are in sync again")
    # Its connections are of brokers that have gone since.
    bench.books.close()
    turn.until(bench.books.read_up, 60, "everything that intake has said is known")
    bench.told.cut(had, has, bench.books.accepted)
    bench.books.cut({place[:2] for place in had})
    bench.supervisor.start_again()
    turn.look_for(f'{OPEN}{{topic="raw"}}', lambda: intake.metric(OPEN, topic="raw") > 0, 60)
    turn.see("log: never-read (truncated)", "(truncated)" in intake.log())
    turn.see("the agency's receipt", "truncated" in {cause for _, _, cause in told_to(bench.bootstrap, SCHOOLS)})
    others = [_event(f"{seed}-{n}") for n in range(260, 300)] + [_event(f"{seed}-{n}", revision=1) for n in range(20)]
    again = [*read, *never, *others]
    turn.rng.shuffle(again)
    turn.feed(again)
    turn.settle()
    now = _lie(bench)
    assert sum(place in now and now[place] != had[place] for place in had) > 100, "few places have other records now"
    gaps = intake.log().count("never-read: ")
    turn.until(lambda: len(open_in_sql(bench)) >= gaps, 60, "the pages show every gap")
    for partition, first in open_in_sql(bench):
        bench.services.run("streams", "gaps", "close", TOPIC, str(partition), str(first), "--by", "faults")
    turn.look_for("gaps closed", lambda: intake.metric(OPEN) == 0)


def _event(record: str, revision: int = 0) -> tuple[str, bytes | None]:
    document = event(record=record, agency=SCHOOLS, board=BOARD, child=record, revision=revision, sex="FM"[revision])
    return SCHOOLS, wire(document)


def _lie(bench: Bench) -> dict[Place, bytes | None]:
    """What is where on the raw topic, as the broker reports it."""
    return {(SCHOOLS, record.partition, record.offset): record.value for record in read_all(bench.bootstrap, TOPIC)}


@contextmanager
def _two_copies(turn: Turn) -> Iterator[None]:
    """The topic set up in an unsafe way: on two brokers, one of which is enough, and either may become leader."""
    bench = turn.bench
    _reassign(bench, [LEADER, BEHIND])
    _configure(bench, {"min.insync.replicas": "1", "unclean.leader.election.enable": "true"})
    turn.until(lambda: _is(bench, isr={LEADER, BEHIND}), 90, "two brokers have it")
    with _admin(bench) as admin:
        admin.elect_leaders(PREFERRED, {TOPIC: list(PARTITIONS)}, raise_errors=False)
    turn.until(lambda: _is(bench, leader=LEADER, isr={LEADER, BEHIND}), 90, "one of them leads")
    yield
    _configure(bench, {"min.insync.replicas": "2", "unclean.leader.election.enable": "false"})
    _reassign(bench, [LEADER, BEHIND, 3])
    turn.until(lambda: _is(bench, isr={LEADER, BEHIND, 3}), 90, "all three have it again")


def _reassign(bench: Bench, replicas: list[int]) -> None:
    with _admin(bench) as admin:
        admin.alter_partition_reassignments({TopicPartition(TOPIC, p): replicas for p in PARTITIONS})


def _configure(bench: Bench, settings: dict[str, str]) -> None:
    with _admin(bench) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, configs=settings)])


def _is(bench: Bench, leader: int | None = None, isr: set[int] | None = None) -> bool:
    """Whether every partition has this leader and these brokers in sync; False while no broker answers."""
    try:
        with _admin(bench) as admin:
            (found,) = admin.describe_topics([TOPIC])
            # Brokers that have just lost one may know the topic and none of its partitions.
            return len(found["partitions"]) == len(PARTITIONS) and all(
                (leader is None or one["leader_id"] == leader) and (isr is None or set(one["isr_nodes"]) == isr)
                for one in found["partitions"]
            )
    except KafkaError:
        return False


@contextmanager
def _admin(bench: Bench) -> Iterator[KafkaAdminClient]:
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    try:
        yield admin
    finally:
        admin.close()
