"""Asking for skip, resume, redrive and closing: what is stored, who has to agree, what the page says becomes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from starlette.testclient import TestClient

from consumers.store import SinkStore
from models.contract import topics
from models.operations.remedies import Gap, Hold, RemedyOutcome, RequestAnswer, Skip
from models.operations.remedy_requests import ASKED, AskRedrive, AskSkip
from models.service.clock import now
from models.store import RemedyRequestRow, RemedyRow, remedy_requests, writing
from models.store.remedy_requests import RemedyRequest
from tests.dashboards.conftest import TODAY, browser, signed_in
from tests.dashboards.filling import fill, loaded, send, words
from tests.dashboards.html import Page
from tests.dashboards.life.test_changes import log

RAW = topics.raw("aldermere-police")
SKIP: dict[str, Any] = {
    "topic": RAW, "partition": "1", "offset": "77", "reason": "stops_worker", "text": "Known fault, see the ticket",
}  # fmt: skip
REDRIVE: dict[str, Any] = {
    "rule": "date-window", "since-day": "1", "since-month": "5", "since-year": "2026", "agency": "",
    "reason": "rule_mended", "text": "",
}  # fmt: skip


@pytest.fixture
def oda(sqlite: Engine, register_dir: Path) -> TestClient:
    return browser(sqlite, register_dir, signed_in(sqlite, "operations:*", subject="oda"))


@pytest.fixture
def ole(sqlite: Engine, register_dir: Path) -> TestClient:
    return browser(sqlite, register_dir, signed_in(sqlite, "operations:*", subject="ole"))


def stored(engine: Engine) -> RemedyRequest:
    with engine.connect() as connection:
        [one] = remedy_requests.newest(connection, 9)
    return one


def waiting(engine: Engine) -> list[RemedyRequest]:
    with engine.connect() as connection:
        return remedy_requests.to_publish(connection, 9)


def said(engine: Engine, *messages: Skip | Hold | Gap | RequestAnswer) -> None:
    """What the sink does with records of the remedies topic."""
    with writing(engine).begin() as connection:
        for message in messages:
            SinkStore(engine).apply(connection, message, b"{}", 1)


def stage(client: TestClient) -> str:
    return Page(client.get("/operations").text).tables[0][1][4]


def test_a_skip_needs_two_people_and_the_page_says_what_became_of_it(
    sqlite: Engine, oda: TestClient, ole: TestClient
) -> None:
    assert fill(oda, "/operations/skip", **SKIP).status_code == 303
    assert "Somebody else with your role has to agree" in words(oda.get("/operations"))
    one = stored(sqlite)
    assert (one.kind, one.topic, one.partition, one.offset, one.requested_by) == ("skip", RAW, 1, 77, "sub:oda")
    assert waiting(sqlite) == []
    confirm = f"/operations/requests/{one.request_id}/confirm"
    assert not Page(oda.get("/operations").text).having("a", href=confirm), "nobody agrees to their own wish"
    alone = fill(oda, confirm)
    assert alone.status_code == 409
    assert "somebody else with your role must" in words(alone)
    assert Page(ole.get("/operations").text).having("a", href=confirm)
    carried = loaded(ole, confirm)
    assert [send(ole, confirm, carried).status_code for _ in range(2)] == [303, 303]
    [sent] = waiting(sqlite)
    message = ASKED.validate_json(sent.message().model_dump_json(), strict=False)
    assert isinstance(message, AskSkip)
    assert message.reason == "It stops a worker again and again: Known fault, see the ticket"
    assert "sub:" not in message.model_dump_json(), "who it was stays in SQL"
    assert log(sqlite) == [
        ("sub:oda", "remedy.ask", "aldermere-police.v1:1:77", "skip"),
        ("sub:ole", "remedy.confirm", "aldermere-police.v1:1:77", "skip"),
    ]
    assert stage(oda) == "Waiting to be passed on"
    with writing(sqlite).begin() as connection:
        remedy_requests.published(connection, [one.request_id])
    assert stage(oda) == "With operations' service"
    place = message.model_dump(include={"topic", "partition", "offset", "reason"})
    answer = RequestAnswer(request_id=one.request_id, outcome=RemedyOutcome.DONE, at=now())
    said(sqlite, Skip(**place, rule="skipped", by=message.by, at=now()), answer, answer)
    assert stage(oda) == "Done"
    assert log(sqlite)[2:] == [
        ("sub:oda", "skip", "aldermere-police.v1:1:77", ""),
        ("operations", "remedy.answer", "aldermere-police.v1:1:77", "skip done"),
    ]
    with sqlite.connect() as connection:
        assert connection.scalar(select(RemedyRow.by)) == "sub:oda", "the person, not the number that travelled"


def test_a_skip_that_nobody_agreed_to_within_a_day_is_not_done(
    sqlite: Engine, oda: TestClient, ole: TestClient
) -> None:
    fill(oda, "/operations/skip", **SKIP)
    with sqlite.begin() as connection:
        connection.execute(update(RemedyRequestRow).values(requested_at=now() - timedelta(hours=25)))
    confirm = f"/operations/requests/{stored(sqlite).request_id}/confirm"
    late = fill(ole, confirm)
    assert late.status_code == 409
    assert "more than a day ago" in words(late)
    assert waiting(sqlite) == []
    assert stage(oda) == "Nobody agreed within a day: not done"
    assert fill(oda, "/operations/skip", **SKIP).status_code == 303, "it may be asked for again"


def test_a_redrive_needs_one_person_and_the_same_is_asked_for_once(sqlite: Engine, oda: TestClient) -> None:
    carried = loaded(oda, "/operations/redrive")
    assert [send(oda, "/operations/redrive", carried, **REDRIVE).status_code for _ in range(2)] == [303, 303]
    assert "the form was sent twice" in words(oda.get("/operations"))
    again = fill(oda, "/operations/redrive", **REDRIVE)
    assert again.status_code == 409
    assert "it is not done yet" in words(again)
    [one] = waiting(sqlite)
    message = one.message()
    assert isinstance(message, AskRedrive)
    assert (message.rule, f"{message.since}", message.agency) == ("date-window", "2026-05-01", None)
    assert log(sqlite) == [("sub:oda", "remedy.ask", "date-window", "redrive")]
    said(sqlite, RequestAnswer(request_id=one.request_id, outcome=RemedyOutcome.NOTHING, at=now()))
    assert stage(oda) == "Nothing was found under that rule since that day"
    assert fill(oda, "/operations/redrive", **REDRIVE).status_code == 303


def test_resume_and_close_offer_what_is_held_and_open(sqlite: Engine, oda: TestClient) -> None:
    gap = Gap(topic=RAW, partition=2, first=5, last=9, cause="truncated", by="worker", at=TODAY)
    said(sqlite, Hold(agency="aldermere-police", held=True, by="worker", at=TODAY), gap)
    assert fill(oda, "/operations/resume", agency="aldermere-health", reason="agency_mended").status_code == 422
    assert fill(oda, "/operations/resume", agency="aldermere-police", reason="agency_mended").status_code == 303
    assert fill(oda, "/operations/close", gap=f"{RAW}:2:6", reason="lost").status_code == 422
    assert fill(oda, "/operations/close", gap=f"{RAW}:2:5", reason="lost").status_code == 303
    told = {(one.kind, one.agency, one.partition, one.offset) for one in waiting(sqlite)}
    assert told == {("resume", "aldermere-police", None, None), ("close", "", 2, 5)}


@pytest.mark.parametrize(
    ("path", "typed", "why"),
    [
        ("skip", SKIP | {"topic": "ypsem.releases.v1"}, "Choose the topic"),
        ("skip", SKIP | {"partition": "-1"}, "Give a whole number from 0 to 999"),
        ("skip", SKIP | {"offset": "9" * 30}, "Give a whole number"),
        ("skip", SKIP | {"reason": "rule_mended"}, "Say why"),
        ("skip", SKIP | {"text": "Ask John Smith on 07700 900123"}, "Write it without naming anybody"),
        ("redrive", REDRIVE | {"rule": ""}, "Say which rule"),
        ("redrive", REDRIVE | {"rule": "<b>"}, "That is no id"),
        ("redrive", REDRIVE | {"since-day": "31", "since-month": "2"}, "give a real day"),
        ("redrive", REDRIVE | {"agency": "zz-agency"}, "Choose an agency of the list"),
    ],
)
def test_nothing_is_asked_for_by_mistake(
    path: str, typed: dict[str, Any], why: str, sqlite: Engine, oda: TestClient
) -> None:
    answer = fill(oda, f"/operations/{path}", **typed)
    assert answer.status_code == 422
    assert why in words(answer)
    assert log(sqlite) == []


def test_only_operations_of_every_board_ask_and_agree(sqlite: Engine, register_dir: Path, oda: TestClient) -> None:
    fill(oda, "/operations/skip", **SKIP)
    others = browser(sqlite, register_dir, signed_in(sqlite, "operations:X08000001", "administrator:*"))
    for path in ("skip", "resume", "redrive", "close", f"requests/{stored(sqlite).request_id}/confirm"):
        assert others.get(f"/operations/{path}").status_code == 403
    assert oda.get("/operations/requests/nothing/confirm").status_code == 404
