"""Everywhere something may come out, what may be found there and what never, and the proof that the search finds it.

docs/protection.md: `lt_` tokens in outboxes and raw topics; `ct_` tokens in the accepted topic and the ledger's own
tables only; the word of a hostile message nowhere but in the raw topics it was sent to.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from models.contract import topics
from tests.agencies.serve.support import request
from tests.factories import POLICE, SCHOOLS
from tests.fuzz.dirty_files import NUMBER
from tests.fuzz.hostile import CANARY, canary

WORDS = {
    "canary": CANARY,
    "lt token": re.compile(rb"lt_[a-p]{40}"),
    "number of a cell": re.compile(NUMBER.encode()),
    "ct token": re.compile(rb"ct_[a-p]{40}"),
}
PLANTS = (canary(0).encode(), b"lt_" + b"a" * 40 + b" " + NUMBER.encode(), b"ct_" + b"p" * 40)
PLANTED = b" ".join(PLANTS)
LEDGER_TIER = frozenset({topics.ACCEPTED, topics.LEDGER_CHANGELOG, topics.HOMES_CHANGELOG})
"""The topics that hold `ct_` tokens by docs/privacy.md."""


@dataclass(frozen=True)
class Surface:
    """A place, how to read what is there now, and which of `WORDS` it may hold."""

    name: str
    read: Callable[[], Iterable[bytes]] = field(repr=False)
    may: frozenset[str] = frozenset()
    plant: Callable[[], None] | None = field(default=None, repr=False)
    """Puts `PLANTED` there; None for what only a process of ours writes."""

    def found(self) -> set[str]:
        """Which words are there, whether they may or not."""
        seen: set[str] = set()
        for piece in self.read():
            seen |= {name for name, word in WORDS.items() if name not in seen and word.search(piece)}
        return seen


HOLDING = {
    f"topic {topics.raw(POLICE)}": {"canary", "lt token"},
    f"topic {topics.raw(SCHOOLS)}": {"lt token"},
    f"topic {topics.ACCEPTED}": {"ct token"},
}
"""Where these words must be, or they were not looked for in the form that they have."""


def leaks(surfaces: Iterable[Surface]) -> list[str]:
    """`<word> in <surface>` for everything that may not be where it is; and what must be there and is not."""
    problems = []
    for surface in surfaces:
        found = surface.found()
        problems += [f"{word} in {surface.name}" for word in sorted(found - surface.may)]
        problems += [f"no {word} in {surface.name}" for word in sorted(HOLDING.get(surface.name, set()) - found)]
    return problems


def all_leaks(surfaces: Iterable[Surface]) -> list[str]:
    """What `leaks` must say once `PLANTED` is everywhere."""
    return [f"{word} in {surface.name}" for surface in surfaces for word in sorted(set(WORDS) - surface.may)]


def file(path: Path, name: str, may: frozenset[str] = frozenset()) -> Surface:
    """A file; what is planted there is a row where it is a database, else a line."""

    def plant() -> None:
        if path.read_bytes()[:6] == b"SQLite":
            with sqlite3.connect(path) as database:
                database.execute("create table planted (word text)")
                database.execute("insert into planted values (?)", (PLANTED.decode(),))
            database.close()
        else:
            with path.open("ab") as opened:
                opened.write(b"\n" + PLANTED)

    return Surface(name, lambda: [_of_file(path)], may, plant)


def _of_file(path: Path) -> bytes:
    # With what a database has not yet put into its file.
    log = path.with_name(path.name + "-wal")
    return path.read_bytes() + (log.read_bytes() if log.exists() else b"")


def scrape(port: int, name: str) -> Surface:
    """The metrics a process serves now."""
    return Surface(f"metrics of {name}", lambda: [request(port, "GET", "/metrics").body])


def topic(bootstrap: str, name: str, may: frozenset[str]) -> Surface:
    """Every key, value and header of a topic; planted in all three, a different word in each."""

    def plant() -> None:
        producer = Producer({"bootstrap.servers": bootstrap})
        key, value, header = PLANTS
        producer.produce(name, key=key, value=value, headers=[("x", header)])
        assert producer.flush(30) == 0

    return Surface(f"topic {name}", lambda: _records(bootstrap, name), may, plant)


def _records(bootstrap: str, name: str) -> Iterator[bytes]:
    settings = {"bootstrap.servers": bootstrap, "group.id": "search", "enable.auto.commit": False}
    consumer = Consumer(settings | {"enable.partition.eof": False, "fetch.max.bytes": 52_428_800})
    try:
        partitions = list(consumer.list_topics(name, 30).topics[name].partitions)
        marks = {one: consumer.get_watermark_offsets(TopicPartition(name, one), 30) for one in partitions}
        ends = {one: last for one, (first, last) in marks.items() if first < last}
        consumer.assign([TopicPartition(name, one, OFFSET_BEGINNING) for one in ends])
        while any(_position(consumer, name, one) < end for one, end in ends.items()):
            for record in consumer.consume(5000, 0.5):
                assert record.error() is None, record.error()
                yield record.key() or b""
                yield record.value() or b""
                for header, value in _headers(record):
                    yield header.encode()
                    yield value or b""
    finally:
        consumer.close()


def _headers(record: Any) -> list[tuple[str, bytes | None]]:
    return list(record.headers() or ())


def _position(consumer: Consumer, name: str, partition: int) -> int:
    (at,) = consumer.position([TopicPartition(name, partition)])
    return int(at.offset)


@contextmanager
def repeating() -> Iterator[int]:
    """A server on a port that says `PLANTED` to whoever asks, in header and body: for what reads over HTTP."""

    class Repeats(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(202)
            self.send_header("X-Told", PLANTED.decode())
            self.send_header("Content-Length", str(len(PLANTED)))
            self.end_headers()
            self.wfile.write(PLANTED)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Repeats)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
