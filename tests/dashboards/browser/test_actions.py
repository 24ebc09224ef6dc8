"""The life of an action, each form from its page to what is said of it, and what is in the database afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from models.store import ActionAcknowledgementRow, ActionAgencyRow, ActionRow, writing
from models.store.actions import Source, open_action
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.forms import sends
from tests.dashboards.browser.served import Served
from tests.dashboards.browser.walker import Walker
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/actions"
TITLE = "Roll out the screening tool"
ACTION = "act-0123456789abcdef"


@pytest.fixture
def action(arrive: Arrive, pages: Served) -> str:
    """The id of an open action; asks for `arrive` so that the database is begun anew before."""
    with writing(pages.engine).begin() as connection:
        return open_action(
            connection, "sub:ana", board=BOARD, source=Source.NEED, owner="aldermere-health", title=TITLE,
            opened_on=date(2026, 5, 1), due_on=date(2026, 6, 1), action_id=ACTION,
        )  # fmt: skip


def acts(pages: Served) -> list[tuple[str, str, str]]:
    """Who did what with actions, after the first."""
    return [(who, act, detail) for who, act, _, detail in pages.log("action.open")]


def at_the_action(walker: Walker) -> Walker:
    """By the links that people follow."""
    walker.open(PATH)
    walker.follow(TITLE)
    return walker


@sends("/boards/{code}/actions/add")
def test_a_chair_adds_an_action(arrive: Arrive, pages: Served) -> None:
    chris = arrive("chris")
    chris.open(PATH)
    chris.follow("Add an action")
    chris.type("What is to be done?", TITLE)
    chris.pick("Which agency owes it?", "Aldermere Health (synthetic)")
    chris.tick("Training need", "Aldermere Police")
    chris.day("By when?", "1 6 2026")
    chris.press("Continue")
    assert chris.title == "Check your answers"
    assert "When was it agreed? none given" in chris.text
    chris.press("Add this action")
    assert (chris.path, chris.said()) == (PATH, "The action was added.")
    columns = ("board", "title", "owner", "source", "opened_on", "due_on")
    wanted = (BOARD, TITLE, "aldermere-health", "need", date(2026, 5, 11), date(2026, 6, 1))
    assert pages.rows(ActionRow, *columns) == [wanted]
    assert pages.rows(ActionAgencyRow, "agency", "told_on") == [("aldermere-police", date(2026, 5, 11))]
    who_did_what = [(who, act, detail) for who, act, _, detail in pages.log()]
    assert who_did_what == [
        ("sub:chris", "action.open", "need"), ("sub:chris", "action.tell", "aldermere-police"),
    ]  # fmt: skip
    chris.follow(TITLE)
    assert "Due 1 June 2026" in chris.text


@sends("/boards/{code}/actions/{action}/change")
def test_an_analyst_changes_when_it_is_due(arrive: Arrive, pages: Served, action: str) -> None:
    ana = at_the_action(arrive("ana"))
    ana.follow("Change the due date")
    group = ana.page.get_by_role("group", name="By when?")
    assert [group.get_by_label(part).input_value() for part in ("Day", "Month", "Year")] == ["1", "6", "2026"]
    ana.day("By when?", "30 6 2026")
    ana.press("Change the due date")
    assert (ana.path, ana.said()) == (f"{PATH}/{action}", "The action was changed.")
    assert pages.rows(ActionRow, "due_on") == [(date(2026, 6, 30),)]
    assert acts(pages) == [("sub:ana", "action.move", "was 2026-06-01")]


@sends("/boards/{code}/actions/{action}/tell")
def test_a_chair_says_who_was_told(arrive: Arrive, pages: Served, action: str) -> None:
    chris = at_the_action(arrive("chris"))
    chris.follow("Say who was told")
    chris.tick("Aldermere Schools", "Aldermere Housing")
    chris.press("Record who was told")
    assert chris.said() == "It is recorded who was told."
    assert sorted(pages.rows(ActionAgencyRow, "agency")) == [("aldermere-housing",), ("aldermere-schools",)]
    assert acts(pages) == [
        ("sub:chris", "action.tell", "aldermere-housing"), ("sub:chris", "action.tell", "aldermere-schools"),
    ]  # fmt: skip


@sends("/boards/{code}/actions/{action}/impact")
def test_an_analyst_records_its_impact(arrive: Arrive, pages: Served, action: str) -> None:
    ana = at_the_action(arrive("ana"))
    ana.follow("Record its impact")
    ana.tick("There is evidence that something changed")
    ana.type("What is the evidence?", "Screening rose by a third")
    ana.press("Record the impact")
    assert ana.said() == "The impact was recorded."
    assert "Evidence recorded: Screening rose by a third" in ana.text
    assert pages.rows(ActionRow, "impact", "evidence") == [("evidenced", "Screening rose by a third")]
    assert acts(pages) == [("sub:ana", "action.impact", "evidenced")]


@sends("/boards/{code}/actions/{action}/close")
def test_a_chair_closes_it(arrive: Arrive, pages: Served, action: str) -> None:
    chris = at_the_action(arrive("chris"))
    chris.follow("Close it")
    chris.press("Continue")
    assert "When was it done? 11 May 2026" in chris.text
    chris.press("Close this action")
    assert chris.said() == "The action was closed."
    assert "Close it" not in chris.links()
    assert pages.rows(ActionRow, "closed_on") == [(date(2026, 5, 11),)]
    assert acts(pages) == [("sub:chris", "action.close", "")]


@sends("/boards/{code}/actions/{action}/acknowledge/{agency}")
def test_a_viewer_acknowledges_it_for_the_own_agency_alone(arrive: Arrive, pages: Served, action: str) -> None:
    vera = at_the_action(arrive("vera"))
    vera.follow("Acknowledge it for Aldermere Police (synthetic)")
    vera.press("Acknowledge it")
    assert vera.said() == "You acknowledged the action for your agency."
    assert "Aldermere Police (synthetic) has acknowledged it." in vera.text
    rows = pages.rows(ActionAcknowledgementRow, "action_id", "agency", "by")
    assert rows == [(action, "aldermere-police", "sub:vera")]
    assert acts(pages) == [("sub:vera", "action.acknowledge", "aldermere-police")]
    assert vera.open(f"{PATH}/{action}/acknowledge/aldermere-health") == 403
    assert "for the agency that it is about" in vera.text
