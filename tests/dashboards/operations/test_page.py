"""What operations see: held topics, records passed over, open losses, each with the form that mends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, update

from consumers.store import SinkStore
from models.contract import topics
from models.operations.remedies import Gap, Hold, RefusedByRule, RefusedLately, Skip
from models.service.clock import now
from models.store import RequestRow, writing
from models.store.requests import new_id
from tests.dashboards.conftest import TODAY, browser, signed_in
from tests.dashboards.filling import words
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD

RAW = topics.raw("aldermere-police")


def links(page: Page) -> list[str]:
    return [attributes["href"] for tag, attributes in page.elements if tag == "a" and "?" in attributes["href"]]


def test_what_is_in_force_and_where_it_is_mended(engine: Engine, register_dir: Path) -> None:
    store = SinkStore(engine)
    skip = Skip(topic=RAW, partition=1, offset=77, rule="skipped", reason="cannot be read", by="ops", at=TODAY)
    lifted = skip.model_copy(update={"offset": 78, "lifted": True})
    gap = Gap(topic=RAW, partition=2, first=5, last=9, cause="truncated", by="worker", at=TODAY)
    with writing(engine).begin() as connection:
        for message in (Hold(agency="aldermere-police", held=True, by="worker", at=TODAY), skip, lifted, gap):
            store.apply(connection, message, b"{}", 1)
    client = browser(engine, register_dir, signed_in(engine, "operations:*"))
    page = Page(client.get("/operations").text)
    held, passed, gaps = page.tables
    assert held[1][0] == "What Aldermere Police (synthetic) sends is not read"
    assert [row[0] for row in passed[1:]] == [f"{RAW}, partition 1, offset 77"]
    assert gaps[1][0] == f"{RAW}, partition 2, offset 5 to 9"
    resume, redrive, close = links(page)
    assert resume == "/operations/resume?agency=aldermere-police"
    assert redrive == "/operations/redrive?rule=skipped&since=2026-05-11"
    chosen = {link: Page(client.get(link).text).having("option", selected="") for link in (resume, close)}
    assert [found[0]["value"] for found in chosen.values()] == ["aldermere-police", f"{RAW}:2:5"]
    form = Page(client.get(redrive).text)
    assert [form.having("input", name=name)[0]["value"] for name in ("rule", "since-day", "since-year")] == [
        "skipped", "11", "2026",
    ]  # fmt: skip
    assert client.get("/operations/redrive?since=99").status_code == 200


def test_what_rules_refused_lately_is_the_newest_count(engine: Engine, register_dir: Path) -> None:
    store, today = SinkStore(engine), TODAY.date()

    def count(minute: int, **records: int) -> RefusedLately:
        rules = tuple(
            RefusedByRule(rule=name.replace("_", "-"), records=number, first=today - timedelta(days=3), last=today)
            for name, number in records.items()
        )
        return RefusedLately(rules=rules, at=TODAY + timedelta(minutes=minute))

    with writing(engine).begin() as connection:
        for one in (count(0, skipped=7, date_window=1), count(2, skipped=2, date_window=1_200), count(1, skipped=9)):
            store.apply(connection, one, b"{}", 1)
    client = browser(engine, register_dir, signed_in(engine, "operations:*"))
    page = Page(client.get("/operations").text)
    assert [row[:3] for row in page.tables[0][1:]] == [
        ["date-window", "1,200", "8 May 2026 to 11 May 2026"], ["skipped", "2", "8 May 2026 to 11 May 2026"],
    ]  # fmt: skip
    assert links(page)[0] == "/operations/redrive?rule=date-window&since=2026-05-08"


def test_a_request_to_the_ledger_that_stands_still_is_listed(engine: Engine, register_dir: Path) -> None:
    client = browser(engine, register_dir, signed_in(engine, "operations:*"))
    values = {"kind": "erase_agency", "board": BOARD, "body": b"{}", "requested_by": "sub:gil"}
    with engine.begin() as connection:
        for minutes in (2, 20):
            at = now() - timedelta(minutes=minutes)
            connection.execute(insert(RequestRow).values(request_id=new_id(), requested_at=at, **values))
    [stuck] = Page(client.get("/operations").text).tables
    assert [row[:2] for row in stuck[1:]] == [["The erasure of all that an agency sent", "Aldermere (synthetic)"]]
    with engine.begin() as connection:
        connection.execute(update(RequestRow).values(published_at=now()))
    assert "Every request was passed on" in words(client.get("/operations"))


def test_it_is_for_operations_of_every_board(engine: Engine, register_dir: Path) -> None:
    for grant in (f"operations:{BOARD}", "information-governance:*", "administrator:*"):
        assert browser(engine, register_dir, signed_in(engine, grant)).get("/operations").status_code == 403
    client = browser(engine, register_dir, signed_in(engine, "operations:*"))
    assert "No loss is open." in words(client.get("/operations"))
    assert Page(client.get("/").text).having("a", href="/operations")
