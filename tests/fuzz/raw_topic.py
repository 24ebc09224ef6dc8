"""Hostile messages on the raw topics, through the real intake, ledger and sink; and the search for what leaked."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from demo.processes import ChildProcess, free_port
from models.contract import topics
from models.operations.topic_specs import all_topics
from streams.balances.read import balances
from streams.operators.broker import OperatorsBroker
from streams.settings import StreamSettings
from tests.agencies.serve.support import request
from tests.factories import CARE, POLICE, SCHOOLS
from tests.faults.told import Place
from tests.fuzz.hostile import Message, messages
from tests.fuzz.neighbours import Owners, copies, opaque
from tests.fuzz.surfaces import LEDGER_TIER, Surface, file, scrape, topic
from tests.kafka.road import Services, database, ledger_rows, settled

FUZZED = (POLICE, CARE)
"""The third agency's events come over HTTP: its raw topic must stay clean."""
OPAQUE_EVERY = 10
"""So many of the second agency's messages come under a key, or with headers, that say nothing."""
SERVICES = {
    "intake": ("streams", "worker", "--role", "intake"),
    "ledger": ("streams", "worker", "--role", "ledger"),
    "sink": ("consumers", "sink"),
}


@dataclass
class Sent:
    """What was sent, by topic, partition and offset of what must be accepted."""

    count: int = 0
    valid: set[Place] = field(default_factory=set)
    opaque: set[Place] = field(default_factory=set)
    """Valid ones under keys, or with headers, that say nothing."""
    how: Counter[str] = field(default_factory=Counter)


@dataclass
class Run:
    """Services under fuzz, and what they let out."""

    services: Services
    children: dict[str, ChildProcess] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    sent: Sent = field(default_factory=Sent)
    owners: Owners = field(default_factory=Owners)
    names: list[str] = field(default_factory=list)
    """Records of the first agency's valid messages: others use their event ids, too."""
    opaque_refused: int = 0

    @classmethod
    def begin(cls, folder: Path, bootstrap: str, stack: ExitStack) -> Run:
        """Start intake, ledger and sink, each with its metrics."""
        services = Services(bootstrap, folder, database(folder))
        # The limit of poison is another test's: here every message is to be looked at.
        services.environment["YPSEM_POISON_LIMIT"] = "1000000"
        run = cls(services)
        for name, module in SERVICES.items():
            run.ports[name] = free_port()
            services.environment["YPSEM_METRICS_PORT"] = str(run.ports[name])
            run.children[name] = stack.enter_context(services.start(*module))
        return run

    def feed(self, seed: int, count: int) -> None:
        """Send `count` messages over the two agencies' topics, in batches of every compression.

        The second agency uses the ids of the first one's valid messages, too.
        """
        first, second = FUZZED
        made = list(messages(seed, count // 2, first))
        self.names = [f"fuzz-{seed}-{number}" for number, message in enumerate(made) if message.valid]
        self._feed(first, seed, made)
        left = count - len(made)
        shared = copies(seed, self.names[: left // 8], second, self.owners)
        shared += opaque(seed, left // OPAQUE_EVERY, second)
        own = list(messages(seed + 1, left - len(shared), second))
        mixed = random.Random(seed)
        # Each keeps its own order: an erasure is sent before what comes again under its ids.
        turns = [True] * len(shared) + [False] * len(own)
        mixed.shuffle(turns)
        these, those = iter(shared), iter(own)
        self._feed(second, seed + 1, [next(these if turn else those) for turn in turns])

    def _feed(self, agency: str, seed: int, made: Iterable[Message]) -> None:
        codec = ("none", "gzip", "snappy", "lz4", "zstd")[seed % 5]
        settings = {"bootstrap.servers": self.services.bootstrap, "compression.type": codec, "linger.ms": 20}
        producer = Producer(settings)
        failures: list[str] = []

        def delivered(message: Message, error: Any, at: Any) -> None:
            place = (agency, at.partition(), at.offset())
            if error is not None:
                failures.append(str(error))
            elif message.how == "opaque":
                self.sent.opaque.add(place)
            elif message.valid:
                self.sent.valid.add(place)
                self.owners.note(message, place)

        for message in made:
            while True:
                try:
                    producer.produce(
                        topics.raw(agency),
                        message.value,
                        message.key,
                        headers=list(message.headers),
                        on_delivery=partial(delivered, message),
                    )
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
            self.sent.count += 1
            self.sent.how[message.how] += 1
        assert producer.flush(60) == 0
        assert not failures, failures[0]

    def settle(self, published: int, timeout: float) -> None:
        """Wait until every record was decided and every accepted one is in the ledger; every valid one is accepted."""
        found = settled(self.services.bootstrap, published, timeout)
        self.opaque_refused = len(self.sent.opaque - found.accepted)
        assert not self.opaque_refused, f"{self.opaque_refused} refused for an opaque key or header"
        missing = self.sent.valid - found.accepted
        assert not missing, f"{len(missing)} of {len(self.sent.valid)} valid messages were not accepted"
        # What our own intake or outbox took, the stream's intake takes: nobody behind them reads receipts.
        late = {rule for (agency, _, _), rule in found.refused.items() if agency == SCHOOLS} - {"token-epoch"}
        assert not late, f"answered 202, then refused: {', '.join(sorted(late))}"
        assert found.refused, "nothing was refused: the messages were not hostile"

    def ownership(self) -> list[str]:
        """Accounts that do not close, and events of one agency that another one changed."""
        with OperatorsBroker(StreamSettings(bootstrap=self.services.bootstrap)) as broker:
            found = balances(broker, (POLICE, CARE, SCHOOLS))
        open_ = [
            f"the account of {agency} for {board} does not close"
            for (board, agency), one in found.statements.items()
            if not one.account.closes
        ]
        return open_ + self.owners.problems(ledger_rows(self.services.bootstrap))

    def alive(self) -> list[str]:
        """What does not run, or does not turn within half a minute."""
        found = [name for name, child in self.children.items() if child.exit_code is not None]
        deadline = time.monotonic() + 30
        for name, port in self.ports.items():
            while name not in found and request(port, "GET", "/live").status != 200:
                if time.monotonic() > deadline:
                    found.append(name)
                time.sleep(0.1)
        return found

    def surfaces(self) -> Iterator[Surface]:
        """Everything that came out of these services, and every topic."""
        folder = self.services.folder
        for path in sorted((folder / "logs").glob("*.log")):
            yield file(path, f"log {path.name}")
        for name, port in self.ports.items():
            yield scrape(port, name)
        yield file(folder / "sink.db", "the database")
        for path in (folder / "streams").rglob("*"):
            if path.is_file():
                yield file(path, f"working file {path.relative_to(folder)}")
        for spec in all_topics([POLICE, CARE, SCHOOLS]):
            yield topic(self.services.bootstrap, spec.name, _may(spec.name))

    def stop(self) -> None:
        """No more is written."""
        for child in self.children.values():
            child.stop()


def _may(name: str) -> frozenset[str]:
    if name in {topics.raw(agency) for agency in FUZZED}:
        return frozenset({"canary", "lt token"})
    if topics.family(name) == "raw":
        return frozenset({"lt token"})
    return frozenset({"ct token"}) if name in LEDGER_TIER else frozenset()
