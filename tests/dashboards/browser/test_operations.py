"""Operations, the full scan and one's own sessions: each form from its page to what is said of it."""

from __future__ import annotations

from consumers.store import SinkStore
from models.contract import topics
from models.operations.remedies import Gap, Hold
from models.store import RemedyRequestRow, RequestRow, writing
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.forms import sends
from tests.dashboards.browser.served import Served
from tests.dashboards.browser.walker import Walker
from tests.dashboards.conftest import TODAY
from tests.models.store.factories import BOARD

RAW = topics.raw("aldermere-police")
POLICE = "Aldermere Police (synthetic)"
ASKED = "You asked for it. This page says what becomes of it."
COLUMNS = ("kind", "requested_by", "confirmed_by")


def happened(pages: Served, *messages: Gap | Hold) -> None:
    """What the sink stores of the remedies topic."""
    with writing(pages.engine).begin() as connection:
        for message in messages:
            SinkStore(pages.engine).apply(connection, message, b"{}", 1)


def ask_to_skip(walker: Walker) -> None:
    walker.open("/operations")
    walker.follow("Skip a record")
    walker.pick("On which topic?", f"What {POLICE} sends")
    walker.type("In which partition?", "1")
    walker.type("At which offset?", "77")
    walker.tick("It stops a worker again and again")
    walker.press("Continue")
    assert walker.title == "Check your answers"
    walker.press("Ask for it")


@sends("/operations/skip")
def test_operations_ask_for_a_record_to_be_skipped(arrive: Arrive, pages: Served) -> None:
    olu = arrive("olu")
    ask_to_skip(olu)
    assert "Somebody else with your role has to agree" in olu.said()
    assert "Look at it" not in " ".join(olu.links()), "nobody agrees to their own wish"
    assert pages.rows(RemedyRequestRow, *COLUMNS) == [("skip", "sub:olu", None)]
    assert [row[:2] for row in pages.log()] == [("sub:olu", "remedy.ask")]


@sends("/operations/requests/{request}/confirm")
def test_somebody_else_agrees_to_it(arrive: Arrive, pages: Served) -> None:
    ask_to_skip(arrive("olu"))
    ole = arrive("ole", "operations:*")
    ole.open("/operations")
    ole.lead(ole.page.get_by_role("link", name="Look at it"))
    assert "sub:olu" in ole.text
    ole.press("Agree")
    assert ole.said() == "You agreed. The record is skipped within a minute, if nobody has handled it."
    assert pages.rows(RemedyRequestRow, *COLUMNS) == [("skip", "sub:olu", "sub:ole")]
    assert [row[:2] for row in pages.log()] == [("sub:olu", "remedy.ask"), ("sub:ole", "remedy.confirm")]


@sends("/operations/redrive")
def test_operations_have_refused_records_decided_again(arrive: Arrive, pages: Served) -> None:
    olu = arrive("olu")
    olu.open("/operations")
    olu.follow("Decide refused records again")
    olu.type("Which rule refused them?", "date-window")
    olu.day("Since which day?", "1 5 2026")
    olu.tick("The rule")
    olu.press("Ask for it")
    assert (olu.path, olu.said()) == ("/operations", ASKED)
    assert pages.rows(RemedyRequestRow, *COLUMNS, "rule") == [("redrive", "sub:olu", None, "date-window")]


@sends("/operations/resume")
def test_operations_have_a_held_topic_read_again(arrive: Arrive, pages: Served) -> None:
    olu = arrive("olu")
    happened(pages, Hold(agency="aldermere-police", held=True, by="worker", at=TODAY))
    olu.open("/operations")
    olu.lead(olu.page.locator("a[href^='/operations/resume']"))
    assert olu.page.get_by_label("Which agency?").input_value() == "aldermere-police", "chosen by the link"
    olu.tick("The agency")
    olu.press("Ask for it")
    assert olu.said() == ASKED
    assert pages.rows(RemedyRequestRow, *COLUMNS, "agency") == [("resume", "sub:olu", None, "aldermere-police")]


@sends("/operations/close")
def test_operations_say_that_a_loss_is_made_good(arrive: Arrive, pages: Served) -> None:
    olu = arrive("olu")
    happened(pages, Gap(topic=RAW, partition=2, first=5, last=9, cause="truncated", by="worker", at=TODAY))
    olu.open("/operations")
    olu.lead(olu.page.locator("a[href^='/operations/close']"))
    olu.page.get_by_role("radio").first.check()
    olu.press("Ask for it")
    assert olu.said() == ASKED
    assert pages.rows(RemedyRequestRow, "kind", "partition", "offset") == [("close", 2, 5)]


@sends("/boards/{code}/signals/scan")
def test_an_analyst_asks_for_the_full_scan(arrive: Arrive, pages: Served) -> None:
    ana = arrive("ana")
    ana.open(f"/boards/{BOARD}/signals")
    ana.follow("Ask for the full scan")
    ana.press("Ask for it")
    assert ana.said() == "You asked for the full scan. Signals are published at six in the morning, as every day."
    assert pages.rows(RequestRow, "kind", "requested_by") == [("full_scan", "sub:ana")]


@sends("/sessions")
def test_somebody_ends_their_session_in_another_browser(arrive: Arrive, pages: Served) -> None:
    here, there = arrive("ana"), arrive("ana")
    assert there.open("/account") == 200
    here.open("/account")
    here.follow("Where you are signed in")
    here.page.get_by_role("checkbox").first.check()
    here.press("End these sessions")
    assert here.path == "/sessions"
    assert there.open("/account") == 401
    assert here.open("/account") == 200
