"""An agency's folder and its commands as processes or in this one: what the command-line tests work in."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner, Result
from kafka import KafkaConsumer, TopicPartition

from agencies.__main__ import main
from agencies.keys import create_keys
from models.contract.topics import RAW_PARTITIONS, raw, receipts
from tests.factories import BOARD, register
from tests.support.topics import make_topics
from tests.support.waiting import poll_until, unique

COLUMNS = ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END")


@dataclass(frozen=True)
class Agency:
    """A synthetic agency with keys, a register of its own and an outbox; `bootstrap` may name a dead broker."""

    folder: Path
    bootstrap: str
    id: str

    @classmethod
    def found(cls, folder: Path, bootstrap: str, topics: bool = True) -> Agency:
        """Make its files and, if asked, its topics."""
        # Letters only: a long number in an id would be taken for somebody's reference.
        agency = cls(folder, bootstrap, unique("agency").translate(str.maketrans("0123456789", "ghijklmnop")))
        create_keys(folder / "keys")
        (folder / "register").mkdir()
        document = json.loads(register().model_dump_json())
        for listed in document["agencies"][:1]:
            listed["id"] = agency.id
        document["agreements"] = [document["agreements"][0] | {"id": "dsa-test", "agency": agency.id}]
        for board in document["boards"]:
            board["accept_from"] = "2020-01-01"
        (folder / "register" / "register-2024-04-01.yaml").write_text(yaml.safe_dump(document), "utf-8")
        if topics:
            make_topics(bootstrap, {raw(agency.id): RAW_PARTITIONS, receipts(agency.id): 1})
        return agency

    def environment(self, **changes: str) -> dict[str, str]:
        """Where its commands find everything."""
        return {
            "YPSEM_REGISTER": str(self.folder / "register"),
            "YPSEM_KEYS": str(self.folder / "keys"),
            "YPSEM_OUTBOX": str(self.folder / "outbox.sqlite"),
            "YPSEM_BOOTSTRAP": self.bootstrap,
            "YPSEM_KAFKA_CONNECT_SECONDS": "5",
            "PATH": "/usr/bin:/bin",
        } | changes

    def export(self, starts: Iterable[str], name: str = "Missing.csv") -> Path:
        """An SSDA903 file with one child a start date; each child's date of birth makes it 14."""
        path = self.folder / name
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for number, start in enumerate(starts):
                writer.writerow([500000 + number, "01/02/2011", "M", start, ""])
        return path

    def publish_arguments(self, path: Path, *options: str) -> list[str]:
        """`publish` of an SSDA903 file to the first board."""
        given = ["--agency", self.id, "--format", "ssda903-missing", "--board", BOARD]
        return ["publish", str(path), *given, *options]

    def run(self, *arguments: str, **environment: str) -> Result:
        """A command in this process."""
        return CliRunner().invoke(main, arguments, env=self.environment(**environment))

    def publish(self, path: Path, *options: str, **environment: str) -> Result:
        """Publish an SSDA903 file in this process."""
        return self.run(*self.publish_arguments(path, *options), **environment)

    def process(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A Python program in a process of its own, bounded."""
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=self.environment(), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def on_topic(self, count: int, timeout: float = 20) -> list[dict[str, Any]]:
        """The first `count` events on its raw topic with where they lie, in offset order within a partition."""
        places = [TopicPartition(raw(self.id), partition) for partition in range(RAW_PARTITIONS)]
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest", group_id=None)
        try:
            consumer.assign(places)
            found: list[dict[str, Any]] = []

            def enough() -> bool:
                for records in consumer.poll(timeout_ms=200).values():
                    found.extend(
                        {"partition": r.partition, "offset": r.offset, "key": r.key} | json.loads(r.value)
                        for r in records
                    )
                return len(found) >= count

            poll_until(enough, timeout, f"{count} events are on the topic")
            return found
        finally:
            consumer.close()


def live(events: list[dict[str, Any]]) -> list[str]:
    """Start dates of the newest revision of every event that is not withdrawn."""
    newest: dict[str, dict[str, Any]] = {}
    for event in events:
        other = newest.get(event["data"]["event_id"])
        if other is None or other["data"]["revision"] < event["data"]["revision"]:
            newest[event["data"]["event_id"]] = event
    return sorted(e["data"]["occurred_on"] for e in newest.values() if e["type"] != "ypsem.withdrawal.v1")
