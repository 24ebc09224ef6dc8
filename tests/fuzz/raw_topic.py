"""Hostile messages on the raw topics, through the real intake, ledger and sink; and the search for what leaked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from demo.processes import Child, free_port
from models.contract import topics
from tests.agencies.serve.support import request
from tests.factories import CARE, POLICE, SCHOOLS
from tests.fuzz.hostile import CANARY, canary, messages
from tests.kafka.road import Services, database, read_all, settled

FUZZED = (POLICE, CARE)
"""The third agency's events come over HTTP: its raw topic must stay clean."""
SERVICES = {
    "intake": ("streams", "worker", "--role", "intake"),
    "ledger": ("streams", "worker", "--role", "ledger"),
    "sink": ("consumers", "sink"),
}


@dataclass
class Sent:
    """What was sent, by topic, partition and offset of what must be accepted."""

    count: int = 0
    valid: set[tuple[str, int, int]] = field(default_factory=set)
    how: Counter[str] = field(default_factory=Counter)


@dataclass
class Run:
    """Services under fuzz, and what they let out."""

    services: Services
    children: dict[str, Child] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    sent: Sent = field(default_factory=Sent)

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
        """Send `count` messages over the two agencies' topics, in batches of every compression."""
        for turn, agency in enumerate(FUZZED):
            self._feed(agency, seed + turn, count // 2 + (count % 2) * turn)

    def _feed(self, agency: str, seed: int, count: int) -> None:
        codec = ("none", "gzip", "snappy", "lz4", "zstd")[seed % 5]
        settings = {"bootstrap.servers": self.services.bootstrap, "compression.type": codec, "linger.ms": 20}
        producer = Producer(settings)
        failures: list[str] = []

        def delivered(valid: bool, error: Any, at: Any) -> None:
            if error is not None:
                failures.append(str(error))
            elif valid:
                self.sent.valid.add((agency, at.partition(), at.offset()))

        for message in messages(seed, count, agency):
            while True:
                try:
                    producer.produce(
                        topics.raw(agency),
                        message.value,
                        message.key,
                        headers=list(message.headers),
                        on_delivery=partial(delivered, message.valid),
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
        missing = self.sent.valid - found.accepted
        assert not missing, f"{len(missing)} of {len(self.sent.valid)} valid messages were not accepted"
        assert found.refused, "nothing was refused: the messages were not hostile"

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

    def surfaces(self) -> Iterator[tuple[str, bytes]]:
        """Everything that came out, but for the two raw topics that were fuzzed."""
        for path in sorted((self.services.folder / "logs").glob("*.log")):
            yield f"log {path.name}", path.read_bytes()
        for name, port in self.ports.items():
            yield f"metrics of {name}", request(port, "GET", "/metrics").body
        for path in self.services.folder.glob("sink.db*"):
            yield path.name, path.read_bytes()
        for path in (self.services.folder / "streams").rglob("*"):
            if path.is_file():
                yield f"working file {path.name}", path.read_bytes()
        fuzzed = {topics.raw(agency) for agency in FUZZED}
        for spec in topics.all_topics([POLICE, CARE, SCHOOLS]):
            if spec.name not in fuzzed:
                yield f"topic {spec.name}", b"\n".join(_bytes(spec.name, self.services.bootstrap))

    def finds_what_is_planted(self) -> bool:
        """Put a canary into the dead letters; whether the search then says so."""
        producer = Producer({"bootstrap.servers": self.services.bootstrap})
        producer.produce(topics.DEAD_LETTERS, canary(0).encode())
        assert producer.flush(30) == 0
        return self.leaks() == [f"topic {topics.DEAD_LETTERS}"]

    def leaks(self) -> list[str]:
        """Where a canary was found."""
        return [name for name, content in self.surfaces() if CANARY.search(content)]


def _bytes(topic: str, bootstrap: str) -> Iterator[bytes]:
    for record in read_all(bootstrap, topic):
        yield record.key or b""
        yield record.value or b""
        for name, value in record.headers or ():
            yield name.encode()
            yield value or b""
