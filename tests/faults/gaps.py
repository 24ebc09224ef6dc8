"""What was acknowledged and intake did not read, or must not read: deleted, passed over, aborted."""

from __future__ import annotations

import json
from functools import partial

from confluent_kafka import Producer
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.admin import KafkaAdminClient
from sqlalchemy import select

from models.contract import topics
from models.store import RemedyRow
from tests.factories import CARE, POLICE, an_event_id, event, wire
from tests.faults.agency import an_agency, an_export, surroundings, taken_up
from tests.faults.bench import Bench
from tests.faults.loads import mixture
from tests.faults.registry import Turn, fault
from tests.faults.replay import GROUPS, empty
from tests.kafka.road import read_all
from tests.kafka.test_erasure import caught_up
from tests.kafka.test_gaps import told as told_to
from tests.support.pace import patience

OPEN = "ypsem_streams_gap_records"
LAG = "ypsem_streams_lag_records"
KEPT = 2
"""Records of each partition that are not deleted."""
IN_ONE = 40
"""Records of a transaction."""


@fault("acknowledged records deleted before intake", weight=2, chapter="Records were never read")
def deleted(turn: Turn) -> None:
    """Published by an agency's tool while intake is down; the tool sends them again once it reads the receipt."""
    bench, intake = turn.bench, turn.bench.of("intake")
    turn.settle()
    bench.supervisor.stop_one(intake)
    agency = an_agency(bench, bench.bootstrap, "agency-deleted")
    number = turn.events(600)
    path = an_export(agency.folder / "missing.csv", {n: (f"{n % 28 + 1:02}/03/2026", "") for n in range(number)})
    published = agency.publish(path, "--json", "--quiet", **surroundings(bench))
    assert json.loads(published.stdout)["published"] == number, published.output
    sent = {(record.partition, record.offset): record.value for record in taken_up(bench)}
    before = told_to(bench.bootstrap, POLICE)
    gone = _delete(bench, set(sent))
    for partition, offset in gone:
        bench.told.gone((POLICE, partition, offset), sent[partition, offset])
    turn.feed([one for one in mixture(turn.rng.randrange(10**9), turn.events(500)) if one[0] != POLICE])
    turn.row.events += number
    bench.supervisor.start_again()
    turn.look_for(f'{OPEN}{{topic="raw"}}', lambda: intake.metric(OPEN, topic="raw") == len(gone), 60)
    turn.struck(bench.told.owed.total() == len(gone) > 0)
    turn.see("log: never-read", intake.log().count("never-read: ") == len({partition for partition, _ in gone}))
    receipts = [one for one in told_to(bench.bootstrap, POLICE) if one not in before]
    turn.see("the agency's receipts", {one[2] for one in receipts} == {"deleted"} and _offsets(receipts) == len(gone))
    turn.look_for("SQL: the agency's data are incomplete", lambda: len(open_in_sql(bench)) == len(receipts))
    done = agency.run("receipts", "--wait", f"{patience(60):.0f}", "--json", **surroundings(bench))
    again = json.loads(done.stdout)["published_again"]
    turn.see("agency's tool: published again", again == len(gone) and done.exit_code == 0)
    taken_up(bench)
    for partition, first in open_in_sql(bench):
        bench.services.run("streams", "gaps", "close", topics.raw(POLICE), str(partition), str(first), "--by", "faults")
    turn.settle()
    turn.look_for("gaps closed", lambda: intake.metric(OPEN) == 0 and not open_in_sql(bench))


def _delete(bench: Bench, sent: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Have the broker delete all but the last few of these; returns those that are gone."""
    starts = {}
    for partition in {partition for partition, _ in sent}:
        offsets = sorted(offset for at, offset in sent if at == partition)
        starts[partition] = offsets[-min(KEPT, len(offsets))]
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    try:
        admin.delete_records({TopicPartition(topics.raw(POLICE), p): start for p, start in starts.items()})
    finally:
        admin.close()
    left = {(record.partition, record.offset) for record in read_all(bench.bootstrap, topics.raw(POLICE))}
    return sorted(sent - left)


def _offsets(receipts: list[tuple[int, int, str]]) -> int:
    return sum(last - first + 1 for first, last, _ in receipts)


def open_in_sql(bench: Bench) -> list[tuple[int, int]]:
    """Partition and first offset of the gaps that pages show."""
    query = select(RemedyRow.partition, RemedyRow.offset).where(RemedyRow.kind == "gap", RemedyRow.active)
    with bench.engine.connect() as connection:
        return [(int(partition or 0), int(offset or 0)) for partition, offset in connection.execute(query)]


@fault("committed offset moved past records", chapter="Records were never read")
def moved(turn: Turn) -> None:
    """While the workers are down somebody sets both groups to the log's end, as people do to get past a bad record."""
    bench = turn.bench
    bench.supervisor.stop_one(bench.of("ledger"))
    turn.feed(events=500)
    turn.until(lambda: bench.books.read_up() and bench.told.valid <= bench.books.accepted, 60, "intake has all of it")
    bench.supervisor.stop_one(bench.of("intake"))
    turn.feed(events=500)
    for group in (topics.LEDGER_APP, topics.INTAKE_APP):
        turn.struck(_to_the_end(turn, group) > 0)
    bench.supervisor.start_again()
    turn.settle()
    for role in ("intake", "ledger"):
        turn.see(f"{role}'s log: offset-moved", "offset-moved: " in bench.of(role).log())
    turn.see(f"{OPEN} 0", all(bench.of(role).metric(OPEN) == 0 for role in ("intake", "ledger")))


def _to_the_end(turn: Turn, group: str) -> int:
    """Commit the end of everything that a group reads; returns how many offsets it has not read."""
    admin = KafkaAdminClient(bootstrap_servers=turn.bench.bootstrap.split(","))
    consumer = KafkaConsumer(bootstrap_servers=turn.bench.bootstrap.split(","), group_id=None, enable_auto_commit=False)
    try:
        committed = {at: one.offset for at, one in admin.list_group_offsets({group: None})[group].items()}
        places = [at for at in committed if at.topic in GROUPS[group]]
        ends = consumer.end_offsets(places)
        turn.until(partial(empty, admin, group), 60, "the group has no members")
        admin.alter_group_offsets(group, {at: OffsetAndMetadata(end, "", -1) for at, end in ends.items()})
        return sum(int(ends[at]) - int(committed[at]) for at in places)
    finally:
        consumer.close()
        admin.close()


@fault("aborted transactions among committed ones", times=8, quick=4, chapter="A producer uses transactions")
def aborted(turn: Turn) -> None:
    """Every other transaction is aborted, while others write to the same partitions without transactions."""
    bench, intake = turn.bench, turn.bench.of("intake")
    seed = turn.rng.randrange(10**9)
    turn.feed(events=1200, per_second=300, background=True)
    producer = Producer({"bootstrap.servers": bench.bootstrap, "transactional.id": f"transactions-{seed}"})
    producer.init_transactions(patience(30))
    never: set[tuple[str, int, int]] = set()
    for number in range(turn.times):
        places = _in_a_transaction(producer, f"{seed}-{number}", commit=number % 2 == 0)
        if number % 2 == 0:
            for place, message in places.items():
                bench.told.note(place, message, False)
            turn.row.events += len(places)
        else:
            never |= places.keys()
            turn.struck()
    turn.settle()
    turn.see("aborted records in no receipt", not never & (bench.books.accepted | bench.books.refused.keys()))
    turn.look_for(f"{LAG} 0 behind the markers", lambda: intake.metric(LAG, topic="raw") == 0)
    turn.look_for("kafka-consumer-groups: lag 0", lambda: caught_up(bench.bootstrap))
    aborted_ids = {
        an_event_id(f"{seed}-{number}-{n}").encode() for number in range(1, turn.times, 2) for n in range(IN_ONE)
    }
    keys = (record.key for record in read_all(bench.bootstrap, topics.ACCEPTED))
    assert not aborted_ids & {key.partition(b"|")[0] for key in keys}, "an aborted event was accepted"


def _in_a_transaction(producer: Producer, name: str, commit: bool) -> dict[tuple[str, int, int], bytes]:
    """Send some events of two agencies in a transaction; returns where each was when it ended."""
    places: dict[tuple[str, int, int], bytes] = {}
    failures: list[str] = []

    def noted(agency: str, message: bytes, error: object, record: object) -> None:
        if error is None:
            places[agency, record.partition(), record.offset()] = message  # type: ignore[attr-defined]
        else:
            failures.append(str(error))

    producer.begin_transaction()
    for number in range(IN_ONE):
        agency = (POLICE, CARE)[number % 2]
        message = wire(event(record=f"{name}-{number}", agency=agency, child=f"{name}-{number}"))
        producer.produce(topics.raw(agency), message, on_delivery=partial(noted, agency, message))
    producer.flush(patience(30))
    (producer.commit_transaction if commit else producer.abort_transaction)(patience(30))
    assert not failures, failures[0]
    assert len(places) == IN_ONE
    return places
