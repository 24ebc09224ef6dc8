"""The sink passes on what operations asked for once whoever has to agree has agreed, and never a row it cannot read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from consumers.requests import RequestPublisher
from models.contract import topics
from models.operations.remedies import RemedyOutcome
from models.operations.remedy_requests import ASKED
from models.service.clock import now
from models.store import remedy_requests, writing
from models.store.remedy_requests import RemedyRequest, ask, confirm
from tests.models.store.factories import database, make_request


class Sends:
    """A broker that keeps what is sent, and confirms it unless it is away."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, int | None]] = []
        self.away = False

    def send(self, topic: str, key: bytes, value: bytes, partition: int | None = None) -> Callable[[], None]:
        self.sent.append((topic, value, partition))

        def confirmed() -> None:
            if self.away:
                raise OSError("away")

        return confirmed


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with database("sqlite", request) as engine:
        yield engine


def take(_: Connection) -> None:
    """The lease."""


def stored(engine: Engine, *requests: RemedyRequest) -> None:
    with writing(engine).begin() as connection:
        for one in requests:
            ask(connection, one)


def publisher(engine: Engine, broker: Any) -> RequestPublisher:
    return RequestPublisher(writing(engine), broker, Path("nowhere"))


def test_a_skip_waits_for_its_second_person_and_goes_once(engine: Engine) -> None:
    one, broker = make_request(now()), Sends()
    stored(engine, one)
    sink = publisher(engine, broker)
    assert sink.publish_remedies(take) == 0
    with writing(engine).begin() as connection:
        confirm(connection, one, one.requested_by)
    assert sink.publish_remedies(take) == 0, "one person twice is not two, whoever wrote the row"
    with writing(engine).begin() as connection:
        confirm(connection, one, "sub:b")
    broker.away = True
    with pytest.raises(OSError, match="away"):
        sink.publish_remedies(take)
    broker.away = False
    assert [sink.publish_remedies(take), sink.publish_remedies(take)] == [1, 0]
    assert [(topic, partition) for topic, _, partition in broker.sent] == [(topics.REMEDY_REQUESTS, 0)] * 2
    message = ASKED.validate_json(broker.sent[-1][1], strict=False)
    assert message.request_id == one.request_id
    assert b"sub:" not in broker.sent[-1][1]


def test_a_row_that_no_message_may_be_is_answered_and_holds_up_nobody(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    good = make_request(now())._replace(kind="resume", agency="aldermere-police", reason="agency_mended")
    bad = good._replace(request_id="b" * 24, agency="John Smith")
    stored(engine, bad, good)
    broker = Sends()
    assert publisher(engine, broker).publish_remedies(take) == 1
    with engine.connect() as connection:
        outcomes = {one.request_id[0]: one.outcome for one in remedy_requests.newest(connection, 9)}
    assert outcomes == {"b": RemedyOutcome.FAILED.value, "r": None}
    assert "cannot be sent" in caplog.text
    assert "John" not in caplog.text
