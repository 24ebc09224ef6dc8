"""A running HTTP intake, started as its operator would start it, and a client that speaks plain HTTP to it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from kafka import KafkaConsumer, TopicPartition

from agencies.serve import credentials
from demo.processes import ChildProcess, free_port
from models.contract.topics import RAW_PARTITIONS, raw, receipts
from models.register import Register
from tests.factories import CARE, POLICE, SCHOOLS, register
from tests.support.pace import patience
from tests.support.services import start_module
from tests.support.topics import make_topics

AGENCIES = (POLICE, CARE, SCHOOLS)
JSON, NDJSON = "application/cloudevents+json", "application/x-ndjson"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Gateway:
    """One intake process; `tokens` holds a credential of each agency."""

    folder: Path
    bootstrap: str
    register: Register = field(default_factory=register)
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    metrics_port: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    child: ChildProcess | None = None

    def __post_init__(self) -> None:
        registers = self.folder / "register"
        registers.mkdir(parents=True, exist_ok=True)
        document = json.loads(self.register.model_dump_json())
        (registers / "register-2024-04-01.yaml").write_text(yaml.safe_dump(document), "utf-8")
        self.tokens = {agency.id: credentials.create(self.credentials, agency.id) for agency in self.register.agencies}

    @property
    def credentials(self) -> Path:
        """The file of hashes."""
        return self.folder / "credentials.json"

    def make_topics(self) -> None:
        """Raw topics and receipts of every agency."""
        names = [agency.id for agency in self.register.agencies]
        make_topics(self.bootstrap, {raw(a): RAW_PARTITIONS for a in names} | {receipts(a): 1 for a in names})

    def start(self, *arguments: str, wait: bool = True) -> ChildProcess:
        """Start it and wait until it listens."""
        self.port, self.metrics_port = free_port(), free_port()
        environment = {
            "YPSEM_REGISTER": str(self.folder / "register"),
            "YPSEM_BOOTSTRAP": self.bootstrap,
            "YPSEM_SERVE_CREDENTIALS": str(self.credentials),
            "YPSEM_SERVE_PORT": str(self.port),
            "YPSEM_METRICS_PORT": str(self.metrics_port),
            **self.environment,
        }
        self.child = start_module(self.folder, "agencies", "serve", *arguments, env=environment)
        if wait:
            self.child.wait_for_port(self.port, patience(30))
        return self.child

    def __enter__(self) -> Gateway:
        if self.child is None:
            self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.child is not None:
            self.child.stop()

    def log(self) -> str:
        """Everything it wrote."""
        return "\n".join(path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("agencies-*.log")))

    def send(
        self, path: str, body: bytes, media: str | None = JSON, agency: str | None = POLICE,
        headers: Mapping[str, str] | None = None, timeout: float = 30,
    ) -> Answer:  # fmt: skip
        """POST a body as an agency; `agency` None sends no credential."""
        given = dict(headers or {})
        if agency is not None:
            given.setdefault("Authorization", f"Bearer {self.tokens[agency]}")
        if media is not None:
            given["Content-Type"] = media
        return request(self.port, "POST", path, body, given, timeout)

    def batch(self, events: Iterable[Mapping[str, Any] | bytes], agency: str = POLICE, timeout: float = 30) -> Answer:
        """POST events, one a line."""
        return self.send("/v1/events:batch", lines(events), NDJSON, agency, timeout=timeout)

    def watched(self, path: str) -> Answer:
        """GET on the metrics port."""
        return request(self.metrics_port, "GET", path)


def lines(events: Iterable[Mapping[str, Any] | bytes]) -> bytes:
    """NDJSON."""
    return b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in events)


def request(
    port: int, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None,
    timeout: float = 30,
) -> Answer:  # fmt: skip
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def on_topic(bootstrap: str, agency: str, **connection: Any) -> list[Any]:
    """Every record of an agency's raw topic as the log stands, by what a fetch gives (the embedded broker's end
    offsets are wrong): two empty polls end it."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None, **connection)
    try:
        consumer.assign([TopicPartition(raw(agency), partition) for partition in range(RAW_PARTITIONS)])
        found: list[Any] = []
        empty = 0
        while empty < 3:
            records = [one for batch in consumer.poll(timeout_ms=200).values() for one in batch]
            found += records
            empty = 0 if records else empty + 1
        return found
    finally:
        consumer.close()
