"""Dead letters have one builder: one key, one size class, whoever refuses a record."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from consumers.broker import TopicRecord
from consumers.sink import Sink
from models.contract import dead_letters, topics
from models.contract.dead_letters import DeadLetter, size_of
from models.contract.events import MAX_BYTES
from models.contract.refusals import Refusal
from streams.intake.chunk import handle
from streams.ledger.requests import requests_in
from tests.factories import POLICE
from tests.streams.test_decide import RULES
from tests.streams.test_erasure import Held

ROOT = Path(__file__).parents[3]
PACKAGES = ("models", "agencies", "analysis", "streams", "consumers", "dashboards", "demo")
AT = datetime(2026, 5, 11, tzinfo=UTC)
SIZES = [
    (0, "empty"), (1, "small"), (1024, "small"), (1025, "medium"), (8192, "medium"), (8193, "large"),
    (MAX_BYTES, "large"), (MAX_BYTES + 1, "oversize"),
]  # fmt: skip


def record(topic: str, value: bytes) -> ConsumerRecord[Any, Any]:
    return ConsumerRecord(topic, 2, 7, 0, 0, b"key", value, None, 0, 0, ())


def of(outs: list[Any]) -> tuple[bytes, bytes]:
    [letter] = [out for out in outs if out.topic == topics.DEAD_LETTERS]
    return letter.key, letter.value


def from_intake(topic: str, value: bytes) -> tuple[bytes, bytes]:
    return of(handle(POLICE, [record(topic, value)], RULES).outs)


def from_intake_passing_over(topic: str, value: bytes) -> tuple[bytes, bytes]:
    return of(handle(POLICE, [record(topic, value)], RULES, {7: "skipped"}).outs)


def from_the_ledger(topic: str, value: bytes) -> tuple[bytes, bytes]:
    return of(Held().ledger.fold([record(topic, value)], {}, AT, date(2026, 5, 11)).outs)


def from_the_ledger_passing_over(topic: str, value: bytes) -> tuple[bytes, bytes]:
    return of(Held().ledger.fold([record(topic, value)], {7: "quarantined"}, AT, date(2026, 5, 11)).outs)


def from_requests(topic: str, value: bytes) -> tuple[bytes, bytes]:
    return of(requests_in([record(topic, value)], {})[0])


def from_requests_passing_over(topic: str, value: bytes) -> tuple[bytes, bytes]:
    return of(requests_in([record(topic, value)], {7: "skipped"})[0])


class NoBroker:
    """Takes what the sink sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, bytes]] = []

    def send(self, topic: str, key: bytes, value: bytes) -> Callable[[], None]:
        assert topic == topics.DEAD_LETTERS
        self.sent.append((key, value))
        return lambda: None


def from_the_sink(topic: str, value: bytes) -> tuple[bytes, bytes]:
    sink, broker = Sink.__new__(Sink), NoBroker()
    sink._broker = broker  # type: ignore[assignment]
    sink._dead_letter(TopicRecord(topic, 2, 7, value), Refusal("sink.empty", "(whole message)"))
    [sent] = broker.sent
    return sent


PRODUCERS: dict[str, list[Callable[[str, bytes], tuple[bytes, bytes]]]] = {
    topics.raw(POLICE): [from_intake, from_intake_passing_over],
    topics.ACCEPTED: [from_the_ledger, from_the_ledger_passing_over],
    topics.REQUESTS: [from_requests, from_requests_passing_over],
    topics.RELEASES: [from_the_sink],
}
BY = [(topic, by) for topic, producers in PRODUCERS.items() for by in producers]


@pytest.mark.parametrize(("topic", "by"), BY, ids=[by.__name__ for _, by in BY])
@pytest.mark.parametrize(("length", "size"), SIZES)
def test_every_producer_gives_a_record_the_same_key_and_size(
    topic: str, by: Callable[[str, bytes], tuple[bytes, bytes]], length: int, size: str
) -> None:
    key, value = by(topic, b"x" * length)
    letter = dead_letters.read(value)
    assert letter is not None
    assert key == letter.key == f"{topic}|2|7".encode()
    assert letter.size == size == size_of(b"x" * length)


def test_a_word_of_somebody_else_is_no_dead_letter() -> None:
    for value in (None, b"", b"{}", b"null", b"\xff"):
        assert dead_letters.read(value) is None


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


HOME = "models/contract/dead_letters.py"


def test_nobody_builds_or_reads_one_by_himself() -> None:
    """Neither the model's constructor nor its parser is called, and no record is sent to the topic, anywhere else."""
    built, sent = set(), set()
    for path in sources():
        tree, name = ast.parse(path.read_text("utf-8")), path.relative_to(ROOT).as_posix()
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = ast.unparse(call.func)
            if re.fullmatch(r"(\w+\.)*DeadLetter(\.model_\w+)?", called) and name != HOME:
                built.add(name)
            first = ast.unparse(call.args[0]) if call.args else ""
            if re.fullmatch(r"(\w+\.)*DEAD_LETTERS", first) and re.fullmatch(
                r"(\w+\.)*(Out|send)", called.replace("self._", "")
            ):
                sent.add(name)
    assert built == set()
    assert sent == {"streams/dead_letters.py", "consumers/sink.py"}
    assert all("DeadLetter.of(" in (ROOT / name).read_text("utf-8") for name in sent)


def test_a_dead_letter_has_nothing_of_the_record_but_its_size() -> None:
    letter = DeadLetter.of(record(topics.ACCEPTED, b"canary" * 99), Refusal("not-a-record", "(whole message)"), AT)
    assert b"canary" not in letter.key + letter.body
