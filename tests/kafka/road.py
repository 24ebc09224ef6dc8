"""What the Kafka tests share: a seeded load, the services as processes, and an independent batch recomputation."""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import Producer
from kafka import KafkaConsumer, TopicPartition
from pydantic import TypeAdapter

from analysis.ledger.identity import own_id
from analysis.ledger.row import Row, decode
from demo.processes import ChildProcess, start
from models.contract import topics
from models.contract.receipts import IntakeReceipt, Receipt
from streams.balances.read import balances
from streams.operators.broker import OperatorsBroker
from streams.settings import StreamSettings
from tests.factories import BOARD, CARE, OTHER_BOARD, POLICE, SCHOOLS, event, register, stream_keys, wire
from tests.support.pace import patience

AGENCIES = (POLICE, CARE, SCHOOLS)
INJECTED_NOW = datetime(2026, 5, 11, 9, tzinfo=UTC)
IN_LEDGER = ("current", "superseded", "duplicate", "withdrawn", "erased", "expired", "skipped")
_EVENT_ID = re.compile(rb"[a-p]{40}")
_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


@dataclass
class Services:
    """Addresses and folders of one run; starts our processes against them."""

    bootstrap: str
    folder: Path
    database_url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    started: int = 0

    def __post_init__(self) -> None:
        registers = self.folder / "register"
        registers.mkdir(parents=True)
        document = register().model_dump(mode="json")
        (registers / "register-2024-04-01.yaml").write_text(yaml.safe_dump(document))
        offset = int((INJECTED_NOW - datetime.now(UTC)).total_seconds())
        self.environment = {
            "YPSEM_BOOTSTRAP": self.bootstrap,
            "YPSEM_REGISTER": str(registers),
            "YPSEM_KEYS": str(stream_keys(self.folder / "keys")),
            "YPSEM_DATADIR": str(self.folder / "streams"),
            "YPSEM_DATABASE_URL": self.database_url,
            "YPSEM_CLOCK_OFFSET_SECONDS": str(offset),
            "YPSEM_SESSION_TIMEOUT": "6",
        } | self.environment
        self.run("streams", "topics", "--apply")

    def run(self, *module: str) -> None:
        """Run `python -m …` to its end, which must be exit 0."""
        child = self.start(*module)
        assert child.wait(patience(60)) == 0, child.tail()

    def start(self, *module: str) -> ChildProcess:
        """Start `python -m …` as a child with its own log."""
        self.started += 1
        log = self.folder / "logs" / f"{self.started}-{'-'.join(module[:2])}.log"
        root = Path(__file__).parents[2]
        return start(module[0], [sys.executable, "-m", *module], log, env=self.environment, cwd=root)

    def logs(self) -> str:
        """Everything the services wrote."""
        return "\n".join(p.read_text("utf-8", "replace") for p in sorted((self.folder / "logs").glob("*.log")))


def load(seed: int, events: int) -> list[tuple[str, bytes]]:
    """(agency, message) pairs: revisions out of order, copies, withdrawals, another board, poison.

    Now and then two agencies send events under one id, as they do when one has a copy of the other's key.
    """
    rng = random.Random(seed)
    sent: list[tuple[str, bytes]] = []
    record, used_by = "", set[str]()
    while len(sent) < events:
        agency = rng.choice(AGENCIES)
        board = OTHER_BOARD if agency != SCHOOLS and rng.random() < 0.1 else BOARD
        if not record or agency in used_by or rng.random() < 0.9:
            record, used_by = str(rng.randrange(10**9)), set()
        used_by.add(agency)
        day = date(2024, 4, 1) + timedelta(days=rng.randrange(720))
        base: dict[str, Any] = {
            "agency": agency,
            "board": board,
            "record": record,
            "child": str(rng.randrange(events // 6 + 1)) if rng.random() < 0.95 else None,
        }
        kind = rng.choice(["missing_episode", "missing_episode", "cse_concern"])
        versions = [
            wire(event(kind, revision=r, occurred_on=str(day), recorded_on=str(day), sex=rng.choice("FM"), **base))
            for r in range(rng.choice([1, 1, 1, 2, 3]))
        ]
        if rng.random() < 0.05:
            versions.append(wire(event("withdrawal", revision=len(versions), **base)))
        versions += rng.choices(versions, k=rng.choice([0, 0, 0, 1]))
        rng.shuffle(versions)
        if rng.random() < 0.03:
            versions.append(versions[0][: rng.randrange(1, len(versions[0]))])
        sent += [(agency, message) for message in versions]
    return sent


def publish(bootstrap: str, messages: list[tuple[str, bytes]], codec: str) -> None:
    """Send with librdkafka, whose default partitioner is CRC32, in this compression; raises if one is not acked."""
    failures: list[str] = []
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "linger.ms": 20, "acks": "all"})
    for agency, message in messages:
        while True:
            try:
                producer.produce(
                    topics.raw(agency),
                    key=found[0] if (found := _EVENT_ID.search(message)) else None,
                    value=message,
                    on_delivery=lambda error, _: failures.append(str(error)) if error else None,
                )
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    assert producer.flush(60) == 0
    assert not failures, failures[0]


def read_all(bootstrap: str, topic: str) -> list[Any]:
    """Every committed record of a topic up to its present end."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, isolation_level="read_committed"
    )
    try:
        partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(p) < ends[p] for p in partitions):
            for records in consumer.poll(timeout_ms=500, max_records=10_000).values():
                found += records
        return found
    finally:
        consumer.close()


def log_end(bootstrap: str, topic: str) -> int:
    """How many records a topic has had, by its log ends."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    try:
        partitions = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
        return sum(int(end) for end in consumer.end_offsets(partitions).values())
    finally:
        consumer.close()


@dataclass
class Accounted:
    """What the receipts say: every raw record decided, and every accepted one in the ledger."""

    accepted: set[tuple[str, int, int]]
    refused: dict[tuple[str, int, int], str]
    ledger: Counter[str]
    closes: bool = True

    def settled(self, published: int) -> bool:
        """Whether both balances of ADR 0026 hold."""
        in_ledger = sum(self.ledger[k] for k in IN_LEDGER)
        decided = len(self.accepted) + len(self.refused) == published
        return decided and in_ledger == len(self.accepted) and self.closes


def account(bootstrap: str) -> Accounted:
    """Read all receipts."""
    accepted: set[tuple[str, int, int]] = set()
    refused: dict[tuple[str, int, int], str] = {}
    for agency in AGENCIES:
        for record in read_all(bootstrap, topics.receipts(agency)):
            receipt = _RECEIPT.validate_json(record.value)
            if isinstance(receipt, IntakeReceipt):
                for first, last in receipt.accepted:
                    accepted |= {(agency, receipt.partition, offset) for offset in range(first, last + 1)}
                refused |= {(agency, receipt.partition, r.offset): r.rule for r in receipt.refused}
    # Accepted stands where one receipt accepts what another refused: see `IntakeReceipt`.
    refused = {at: rule for at, rule in refused.items() if at not in accepted}
    return Accounted(accepted, refused, *in_ledger(bootstrap))


def in_ledger(bootstrap: str) -> tuple[Counter[str], bool]:
    """Every class of the ledger, exactly, by its own topics; and whether every account closes."""
    with OperatorsBroker(StreamSettings(bootstrap=bootstrap)) as broker:
        found = balances(broker, ())
    totals: Counter[str] = Counter()
    for one in found.statements.values():
        account = one.account
        totals.update({name: getattr(account.rows, name) for name in IN_LEDGER[:4]})
        totals.update({name: getattr(account, name) for name in IN_LEDGER[4:]})
    return totals, found.close


def settled(bootstrap: str, published: int, timeout: float) -> Accounted:
    """Wait until both balances hold; AssertionError with how far they got, which tells a slow run from a stuck one."""
    deadline = time.monotonic() + timeout
    seen: list[str] = []
    while not (found := account(bootstrap)).settled(published):
        seen.append(f"{len(found.accepted)} accepted + {len(found.refused)} refused; ledger {dict(found.ledger)}")
        assert time.monotonic() < deadline, f"{published} published, not settled in {timeout:.0f} s: {seen[-5:]}"
    return found


def ledger_rows(bootstrap: str) -> dict[str, Row]:
    """The ledger as its changelog has it: the last value of each key, which is what a recovery would read."""
    last: dict[bytes, bytes | None] = {}
    for record in read_all(bootstrap, topics.LEDGER_CHANGELOG):
        last[record.key] = record.value
    return {key.decode(): decode(value) for key, value in last.items() if value is not None}


def batch(bootstrap: str, accepted: set[tuple[str, int, int]]) -> dict[str, tuple[int, str, str | None, int]]:
    """Own id -> (revision, type, date, records), recomputed from the raw topics without any of our stream code."""
    versions: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for agency in AGENCIES:
        for record in read_all(bootstrap, topics.raw(agency)):
            if (agency, record.partition, record.offset) in accepted:
                document = json.loads(record.value)
                versions[own_id(document["data"]["event_id"], agency)].append(document)
    result = {}
    for event_id, found in versions.items():
        newest = max(found, key=lambda d: d["data"]["revision"])
        kind = newest["type"].split(".")[1]
        result[event_id] = newest["data"]["revision"], kind, newest["data"].get("occurred_on"), len(found)
    return result


def as_batch(rows: dict[str, Row]) -> dict[str, tuple[int, str, str | None, int]]:
    """Ledger rows in the form of `batch`."""
    return {
        event_id: (row.revision, row.short_type, row.data.get("occurred_on"), row.records)
        for event_id, row in rows.items()
    }


def database(folder: Path) -> str:
    """A SQLite URL for runs whose test is not about the database."""
    return f"sqlite:///{folder / 'sink.db'}"


__all__ = [
    "AGENCIES",
    "Accounted",
    "Services",
    "account",
    "as_batch",
    "batch",
    "database",
    "ledger_rows",
    "load",
    "log_end",
    "publish",
    "read_all",
    "settled",
]
os.environ.setdefault("PYTHONUNBUFFERED", "1")
