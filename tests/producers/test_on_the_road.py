"""Worked producers and official CloudEvents SDKs, by Kafka and by HTTP, in both modes: a receipt for every event."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from agencies.conformance.judge import FAILS, HOLDS, NOT_SHOWN, UNSEEN
from demo.brokers.apache import ApacheKafka
from models.contract import topics
from models.contract.receipts import IntakeReceipt, Receipt
from tests.agencies.serve.support import Gateway
from tests.factories import CARE, POLICE, SCHOOLS
from tests.kafka.road import Services, database, read_all
from tests.operations.files import ROOT
from tests.producers import toolchains
from tests.producers.support import key_files
from tests.producers.toolchains import Producer
from tests.support.topics import make_topics
from tests.support.waiting import poll_until

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)
EVENTS = 3
"""An episode as it opens and as it closes, and its withdrawal."""


@dataclass
class Road:
    """A real broker with a real intake worker, and the vectors' keys."""

    bootstrap: str
    folder: Path
    keys: str

    def environment(self, agency: str) -> dict[str, str]:
        """What a worked producer is told."""
        return {"BOOTSTRAP": self.bootstrap, "KEYS": self.keys, "AGENCY": agency}

    def raw(self, agency: str) -> set[tuple[int, int]]:
        """(partition, offset) of every record of an agency's raw topic."""
        return {(record.partition, record.offset) for record in read_all(self.bootstrap, topics.raw(agency))}

    def fate(self, agency: str) -> tuple[set[tuple[int, int]], dict[tuple[int, int], str]]:
        """(partition, offset) of what intake accepted; and of what it refused, with the rule and its path."""
        accepted: set[tuple[int, int]] = set()
        refused: dict[tuple[int, int], str] = {}
        for record in read_all(self.bootstrap, topics.receipts(agency)):
            receipt = _RECEIPT.validate_json(record.value)
            if isinstance(receipt, IntakeReceipt):
                for first, last in receipt.accepted:
                    accepted |= {(receipt.partition, offset) for offset in range(first, last + 1)}
                refused |= {(receipt.partition, one.offset): f"{one.rule} {one.path}" for one in receipt.refused}
        return accepted, refused

    def all_accepted(self, agency: str, events: int) -> None:
        """Wait until a receipt covers every record; AssertionError when one was refused or there are not so many."""

        def decided() -> tuple[set[tuple[int, int]], dict[tuple[int, int], str]] | None:
            accepted, refused = self.fate(agency)
            return (accepted, refused) if len(accepted) + len(refused) >= events else None

        accepted, refused = poll_until(decided, 90, "every record has a receipt")
        assert refused == {}
        assert accepted == self.raw(agency)
        assert len(accepted) == events


@pytest.fixture(scope="module")
def road(kafka_jars: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """Shared by the tests of this file, each of which publishes as an agency of its own."""
    folder = tmp_path_factory.mktemp("producers")
    with ExitStack() as stack:
        broker = stack.enter_context(ApacheKafka(folder / "kafka"))
        now = {"YPSEM_CLOCK_OFFSET_SECONDS": "0"}
        services = Services(broker.bootstrap, folder / "services", database(folder), now)
        stack.enter_context(services.start("streams", "worker", "--role", "intake"))
        yield Road(broker.bootstrap, folder, str(key_files(folder / "keys")))


def published(made: Callable[[], Producer], road: Road, agency: str) -> int:
    """Run a worked producer in both modes; returns how many events it says that the broker has."""
    producer = made()
    structured = producer.lines(**road.environment(agency))
    binary = producer.lines("--binary", **road.environment(agency))
    return len(structured) + len(binary)


@pytest.mark.timeout(400)
def test_every_event_of_the_worked_producers_has_a_receipt(road: Road) -> None:
    before = len(road.raw(POLICE))
    found = sum(published(made, road, POLICE) for made in (toolchains.python, toolchains.javascript, toolchains.jvm))
    assert found == 3 * 2 * EVENTS
    road.all_accepted(POLICE, before + found)


SDKS = (partial(toolchains.python, "cloudevents_producer.py"), partial(toolchains.javascript, "cloudevents.mjs"))


@pytest.mark.timeout(400)
def test_every_event_of_the_official_sdks_over_kafka_has_a_receipt(road: Road) -> None:
    before, found = len(road.raw(CARE)), 0
    for made in SDKS:
        for mode in ("structured", "binary"):
            found += len(made().lines("kafka", mode, **road.environment(CARE)))
    assert found == len(SDKS) * 2 * EVENTS
    road.all_accepted(CARE, before + found)


@pytest.mark.timeout(400)
def test_every_event_of_the_official_sdks_over_http_has_a_receipt(road: Road) -> None:
    with Gateway(road.folder / "gateway", road.bootstrap) as gateway:
        token = road.folder / "token"
        token.write_text(gateway.tokens[SCHOOLS], "ascii")
        told = {"URL": f"http://127.0.0.1:{gateway.port}/v1/events", "TOKEN_FILE": str(token)}
        answered = [
            line
            for made in SDKS
            for mode in ("structured", "binary")
            for line in made().lines("http", mode, **road.environment(SCHOOLS), **told)
        ]
    assert len(answered) == len(SDKS) * 2 * EVENTS
    road.all_accepted(SCHOOLS, len(answered))


@pytest.mark.batch
@pytest.mark.timeout(600)
def test_every_event_of_the_worked_producer_in_go_has_a_receipt(road: Road) -> None:
    before = len(road.raw(POLICE))
    road.all_accepted(POLICE, before + published(toolchains.golang, road, POLICE))


@pytest.mark.batch
@pytest.mark.timeout(400)
def test_the_first_event_as_the_page_says_it(road: Road) -> None:
    """Its commands as they stand, in a folder of one's own with the link key that one is given."""
    toolchains.python()
    blocks = re.findall(r"```sh\n(.*?)```", (toolchains.WORKED / "README.md").read_text("utf-8"), re.DOTALL)
    folder = road.folder / "stranger"
    folder.mkdir()
    shutil.copy(f"{road.keys}/link-1.key", folder)
    (folder / "docs").symlink_to(ROOT / "docs")
    before = len(road.raw(POLICE))
    told = {name: value for name, value in road.environment(POLICE).items() if name != "KEYS"}
    told |= {"BOARD": "X08000001", "AGREEMENT": f"dsa-{POLICE}"}
    done = subprocess.run(
        ["bash", "-euc", "\n".join(blocks)], cwd=folder, env=os.environ | told, capture_output=True, text=True,
        timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(done.stdout.splitlines()) == EVENTS
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder / "keys").iterdir()} == {0o600}
    road.all_accepted(POLICE, before + EVENTS)


def conformance(road: Road, agency: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The kit, as a producer's author would run it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("YPSEM_")}
    command = [sys.executable, "-m", "agencies", "conformance", "--agency", agency, "--bootstrap", road.bootstrap]
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT, env=own | {"KEYS": road.keys} | environment, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def points(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Point -> whether it holds, as `--json` prints it."""
    return {one["point"]: one["state"] for one in json.loads(done.stdout)["points"]}


@pytest.mark.batch
@pytest.mark.timeout(400)
def test_the_kit_finds_that_a_worked_producer_holds_and_what_a_wrong_one_does_not(road: Road) -> None:
    stranger = "stranger-north"
    make_topics(road.bootstrap, {topics.raw(stranger): topics.RAW_PARTITIONS})
    run = shlex.join(toolchains.python().command)
    right = conformance(road, stranger, "--json", "--epoch", "1", "--run", f"{run} --binary")
    assert right.returncode == 0, right.stderr + right.stdout
    found = points(right)
    not_shown = {point for point, state in found.items() if state == NOT_SHOWN}
    assert not_shown == {"structured", "register", *(name for name, _, _ in UNSEEN)}
    assert {state for point, state in found.items() if point not in not_shown} == {HOLDS}
    wrong = conformance(road, stranger, "--json", "--times", "1", "--run", run, BOARD="Sandwell")
    assert wrong.returncode == 1, wrong.stderr
    assert [point for point, state in points(wrong).items() if state == FAILS] == ["structured"]
    assert "DOES NOT HOLD  structured" in conformance(road, stranger, "--run", run, BOARD="Sandwell").stdout


@pytest.mark.batch
@pytest.mark.timeout(400)
def test_the_kit_says_by_the_register_what_intake_would_say(road: Road) -> None:
    run = shlex.join(toolchains.python().command)
    register = ("--register", str(road.folder / "services" / "register"))
    done = conformance(road, CARE, *register, "--json", "--times", "1", "--run", run)
    assert points(done)["register"] == HOLDS, done.stdout
    assert done.returncode == 0


@pytest.mark.batch
@pytest.mark.timeout(400)
def test_the_kit_ends_with_2_when_there_is_nothing_to_judge(road: Road) -> None:
    empty = "stranger-south"
    make_topics(road.bootstrap, {topics.raw(empty): 1})
    for agency, command, says in (
        (empty, "true", "nothing arrived"),
        (empty, "false", "exit code 1"),
        (empty, "/no/such/program", "cannot be started"),
        ("nobody", "true", "no topic"),
    ):
        done = conformance(road, agency, "--times", "1", "--run", command)
        assert (done.returncode, says in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr
