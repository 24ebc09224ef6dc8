"""A form that is sent twice, sent after the back button, or sent when somebody else was quicker, does no harm."""

from __future__ import annotations

import pytest

from dashboards.life.states import LifeState
from demo.boards import LARGE
from models.store import ActionRow, ReleaseAnnotationRow, ReleaseApprovalRow, ReleaseStateRow
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.served import Served
from tests.dashboards.conftest import store
from tests.models.store.factories import make_release

RELEASE = f"{LARGE}.2026Q1.l1"
ONE = f"/boards/{LARGE}/releases/{RELEASE}"


@pytest.fixture
def waiting(arrive: Arrive, pages: Served) -> None:
    """A release that waits for two publishers."""
    store(pages.engine, make_release("2026Q1"), state=LifeState.BUILT)


def test_a_button_pressed_twice_counts_once(arrive: Arrive, pages: Served, waiting: None) -> None:
    petra = arrive("petra")
    petra.open(f"{ONE}/approve")
    petra.page.get_by_role("button", name="Approve this release").dblclick()
    petra.page.locator("main .done").wait_for()
    assert pages.rows(ReleaseApprovalRow, "principal") == [("sub:petra",)]
    assert pages.rows(ReleaseStateRow, "state") == [("approved_once",)]


def test_the_same_form_in_two_tabs_counts_once(arrive: Arrive, pages: Served, waiting: None) -> None:
    petra = arrive("petra")
    petra.open(f"{ONE}/approve")
    other = petra.tab()
    other.open(f"{ONE}/approve")
    petra.press("Approve this release")
    assert petra.said() == "Your approval is recorded. A second person has to approve the release too."
    other.press("Approve this release")
    assert other.said() == "That was done already: the form was sent twice, and the first time counted."
    assert pages.rows(ReleaseApprovalRow, "principal") == [("sub:petra",)]
    assert pages.rows(ReleaseStateRow, "state") == [("approved_once",)]


def test_back_to_the_answers_and_sent_again_counts_once(arrive: Arrive, pages: Served, waiting: None) -> None:
    ana = arrive("ana")
    ana.open(f"{ONE}/annotate")
    ana.type("Annotation", "The return came late")
    ana.press("Continue")
    ana.press("Add the annotation")
    ana.back_and_send_again()
    assert ana.title == "Check your answers"
    assert "The return came late" in ana.text, "what was typed is not lost"
    ana.press("Add the annotation")
    assert ana.said() == "That was done already: the form was sent twice, and the first time counted."
    assert pages.rows(ReleaseAnnotationRow, "by") == [("sub:ana",)]


def test_back_to_a_form_and_sent_again_does_it_once(arrive: Arrive, pages: Served, waiting: None) -> None:
    petra = arrive("petra")
    petra.open(f"{ONE}/approve")
    petra.press("Approve this release")
    petra.back()
    assert petra.path == f"{ONE}/approve"
    petra.press("Approve this release")
    assert (petra.status, petra.title) == (409, "Nothing was done")
    assert "The same person cannot approve twice" in petra.text
    petra.follow("See this release")
    assert pages.rows(ReleaseApprovalRow, "principal") == [("sub:petra",)]


def test_back_to_an_action_that_was_added_adds_no_second_one(arrive: Arrive, pages: Served) -> None:
    chris = arrive("chris")
    chris.open(f"/boards/{LARGE}/actions/add")
    chris.type("What is to be done?", "Roll out the screening tool")
    chris.pick("Which agency owes it?", "Aldermere Health (synthetic)")
    chris.tick("Training need")
    chris.day("By when?", "1 6 2026")
    chris.press("Continue")
    chris.press("Add this action")
    chris.back_and_send_again()
    chris.press("Add this action")
    assert chris.said() == "That was done already: the form was sent twice, and the first time counted."
    assert len(pages.rows(ActionRow, "title")) == 1


def test_whoever_is_overtaken_reads_what_happened(arrive: Arrive, pages: Served, waiting: None) -> None:
    petra, gwen = arrive("petra"), arrive("gwen")
    petra.open(f"{ONE}/approve")
    gwen.open(f"{ONE}/withdraw")
    gwen.tick("Its protection of children is in doubt")
    gwen.press("Continue")
    gwen.press("Withdraw this release")
    petra.press("Approve this release")
    assert (petra.status, petra.title) == (409, "Nothing was done")
    assert "Somebody acted on this after you had loaded the page." in petra.text
    assert "withdrawn (its protection of children is in doubt), by sub:gwen" in petra.text
    petra.follow("See this release")
    assert "Withdrawn" in petra.text
    assert "Approve it" not in petra.links()
    assert pages.rows(ReleaseStateRow, "state") == [("withdrawn",)]
