"""What operations ask for on the pages is carried out as the commands do it, once, and always answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.contract import topics
from models.contract.dead_letters import DeadLetter
from models.operations.remedies import REMEDY, Gap, Hold, RefusedLately, RemedyOutcome, RequestAnswer, Skip
from models.operations.remedy_requests import AskClose, AskedOfOperations, AskRedrive, AskResume, AskSkip
from models.register import RegisterError
from models.service.clock import now
from streams.operators import asked
from streams.operators import refused as refused_module
from streams.operators.asked import Asking
from streams.operators.broker import NoBroker
from streams.operators.refused import RefusedCount
from streams.outputs import Out
from streams.settings import StreamSettings
from streams.standing import out
from tests.factories import POLICE, SCHOOLS, register
from tests.streams.test_remedies import Topics

RAW = topics.raw(POLICE)


class InMemory(Topics):
    """A broker in memory that has the topic of requests, too."""

    def since(self, topic: str, offset: int) -> Iterable[Any]:
        return self.read(topic)[offset:]

    def at(self, topic: str, partition: int, offsets: list[int]) -> Iterable[Any]:
        return [record for record in self.records.get(topic, ()) if record is not None and record.offset in offsets]

    def ask(self, *requests: AskedOfOperations | bytes) -> None:
        bodies = [one if isinstance(one, bytes) else one.model_dump_json().encode() for one in requests]
        self.confirm([Out(topics.REMEDY_REQUESTS, 0, b"key", body) for body in bodies])

    def answers(self) -> list[tuple[str, RemedyOutcome]]:
        said = [REMEDY.validate_json(record.value, strict=False) for record in self.read(topics.REMEDIES)]
        return [(one.request_id[0], one.outcome) for one in said if isinstance(one, RequestAnswer)]


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    return Asking(StreamSettings(keys=tmp_path), register)


def common(letter: str, **fields: Any) -> dict[str, Any]:
    return {"request_id": letter * 24, "decided_at": now(), **fields}


def skip(letter: str, offset: int, topic: str = RAW, **fields: Any) -> AskSkip:
    place = {"topic": topic, "partition": 0, "offset": offset, "reason": "Known fault"}
    return AskSkip(**common(letter, **place) | fields)


def test_each_kind_is_done_and_answered(asking: Asking) -> None:
    broker = InMemory()
    gap = Gap(topic=RAW, partition=1, first=5, last=9, cause="deleted", by="worker", at=now())
    broker.confirm([out(Hold(agency=POLICE, held=True, by="worker", at=now())), out(gap)])
    broker.confirm([Out(topics.ACCEPTED, 0, b"key", b"body")])
    lost = DeadLetter(topic=topics.ACCEPTED, partition=0, offset=10, rule="skipped", path="", size="small", at=now())
    broker.confirm([Out(topics.DEAD_LETTERS, 0, b"", lost.model_dump_json().encode())])
    broker.ask(
        skip("a", 4),
        AskResume(**common("b", agency=POLICE)),
        AskClose(**common("c", topic=RAW, partition=1, offset=5)),
        AskRedrive(**common("d", rule="skipped", since=now().date())),
    )
    assert asking.turn(broker) == 4
    assert broker.answers() == [(letter, RemedyOutcome.DONE) for letter in "abcd"]
    standing = broker.standing()
    assert standing.passed_over(RAW, 0) == {4: "skipped"}
    assert standing.held_topics() == frozenset()
    assert standing.gaps() == []
    assert [record.value for record in broker.read(topics.ACCEPTED)[10:]] == [b"body", b"body"], "sent again"
    said = [REMEDY.validate_json(record.value, strict=False) for record in broker.read(topics.REMEDIES)]
    assert {one.by for one in said if isinstance(one, Skip)} == {f"pages.{'a' * 24}"}


def test_what_cannot_be_done_is_answered_too(asking: Asking) -> None:
    broker = InMemory(committed=5)
    broker.ask(
        skip("a", 4),
        skip("b", 99),
        skip("c", 4, "cse.events.zz-agency.v1"),
        skip("d", 7, decided_at=now() - timedelta(hours=25)),
        AskResume(**common("e", agency=SCHOOLS)),
        AskResume(**common("f", agency="zz-agency")),
        AskClose(**common("g", topic=RAW, partition=1, offset=5)),
        AskRedrive(**common("h", rule="date-window", since=now().date())),
    )
    asking.turn(broker)
    wanted = "handled no_record unknown expired already unknown no_gap nothing"
    assert broker.answers() == [
        (letter, RemedyOutcome(outcome)) for letter, outcome in zip("abcdefgh", wanted.split(), strict=True)
    ]
    assert not broker.standing().passed_over(RAW, 0)


def test_a_request_is_answered_once_whoever_reads_it_again(asking: Asking, tmp_path: Path) -> None:
    broker = InMemory()
    broker.ask(skip("a", 4))
    assert asking.turn(broker) == 1
    assert asking.turn(broker) == 0
    broker.ask(skip("a", 4))  # the sink had sent it, and died before it noted that
    assert asking.turn(broker) == 0
    assert Asking(StreamSettings(keys=tmp_path), register).turn(broker) == 0, "a process that starts anew reads all"
    assert broker.answers() == [("a", RemedyOutcome.DONE)]


def test_what_rules_refused_is_counted_by_rule_and_day_and_said_when_it_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(rule: str, topic: str, offset: int, days: int) -> Out:
        at = now() - timedelta(days=days)
        letter = DeadLetter(topic=topic, partition=0, offset=offset, rule=rule, path="", size="small", at=at)
        return Out(topics.DEAD_LETTERS, 0, b"", letter.model_dump_json().encode())

    broker, count = InMemory(), RefusedCount()
    count.turn(broker)
    broker.confirm(
        [refused("date-window", RAW, 1, 20), refused("date-window", RAW, 2, 3), refused("skipped", RAW, 3, 1)]
    )
    broker.confirm([refused("date-window", topics.raw(SCHOOLS), 1, 1), refused("sink.rule", topics.RELEASES, 1, 0)])
    broker.confirm([refused("John Smith", RAW, 9, 0), Out(topics.DEAD_LETTERS, 0, b"", b"{")])
    count.turn(broker)
    assert len(broker.read(topics.REMEDIES)) == 1, "not more than once a minute"
    monkeypatch.setattr(refused_module, "AGAIN", timedelta(0))
    for _ in range(2):
        count.turn(broker)
    told = [REMEDY.validate_json(record.value, strict=False) for record in broker.read(topics.REMEDIES)]
    assert len(told) == 2, "only what has changed"
    assert isinstance(told[1], RefusedLately)
    assert [(one.rule, one.records, (one.last - one.first).days) for one in told[1].rules] == [
        ("date-window", 2, 2), ("skipped", 1, 0),
    ]  # fmt: skip
    assert POLICE not in told[1].model_dump_json()


def test_after_a_crash_between_act_and_answer_it_is_answered(asking: Asking) -> None:
    broker = InMemory()
    request = skip("a", 4)
    place = request.model_dump(include={"topic", "partition", "offset", "reason"})
    broker.confirm([out(Skip(**place, rule="skipped", by=request.by, at=now()))])
    broker.ask(request)
    asking.turn(broker)
    assert broker.answers() == [("a", RemedyOutcome.ALREADY)]


def test_neither_a_bad_record_nor_a_fault_stops_the_next(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("John Smith")

    monkeypatch.setattr(asked, "redrive", fails)
    broker = InMemory()
    broker.ask(b"{John Smith", AskRedrive(**common("a", rule="r", since=now().date())), skip("b", 4))
    assert asking.turn(broker) == 2
    assert broker.answers() == [("a", RemedyOutcome.FAILED), ("b", RemedyOutcome.DONE)]
    assert "request-unreadable" in caplog.text
    assert "John" not in caplog.text


def test_without_its_key_a_redrive_says_that_it_failed(asking: Asking) -> None:
    broker = InMemory()
    broker.confirm([Out(RAW, 0, b"key", b"body")])
    letter = DeadLetter(topic=RAW, partition=0, offset=10, rule="date-window", path="", size="small", at=now())
    broker.confirm([Out(topics.DEAD_LETTERS, 0, b"", letter.model_dump_json().encode())])
    broker.ask(AskRedrive(**common("a", rule="date-window", since=now().date())))
    asking.turn(broker)
    assert broker.answers() == [("a", RemedyOutcome.FAILED)]


def test_a_broker_or_register_that_is_away_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    away = [True]

    def sometimes() -> Any:
        if away.pop():
            raise RegisterError("away")
        return register()

    broker, asking = InMemory(), Asking(StreamSettings(keys=tmp_path), sometimes)
    broker.ask(skip("a", 4))
    with pytest.raises(RegisterError):
        asking.turn(broker)
    away.append(False)
    with monkeypatch.context() as patched:
        patched.setattr(InMemory, "confirm", lambda *_: (_ for _ in ()).throw(NoBroker("away")))
        with pytest.raises(NoBroker):
            asking.turn(broker)
    away.append(False)
    assert asking.turn(broker) == 1
    assert broker.answers() == [("a", RemedyOutcome.DONE)]
