"""Decisions about releases: each from the board's page to what is said of it, and what the database has afterwards."""

from __future__ import annotations

from dashboards.life.states import LifeState
from models.store import ReleaseAnnotationRow, ReleaseApprovalRow, ReleaseCorrectionRow, ReleaseStateRow, RequestRow
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.forms import sends
from tests.dashboards.browser.served import Served
from tests.dashboards.browser.walker import Walker
from tests.dashboards.conftest import store
from tests.dashboards.life.test_changes import request
from tests.models.store.factories import BOARD, make_cell, make_release

PATH = f"/boards/{BOARD}/releases"
PERIOD = "January to March 2026"
RELEASE = f"{BOARD}.2026Q1.l1"


def at_the_release(walker: Walker) -> Walker:
    """By the links that people follow."""
    walker.open(PATH)
    walker.follow(PERIOD)
    return walker


def waiting(pages: Served, state: LifeState = LifeState.BUILT) -> None:
    """Store a release."""
    store(pages.engine, make_release("2026Q1", cells=(make_cell("m9_children", 45),)), state=state)


@sends("/boards/{code}/releases/ask")
def test_an_analyst_asks_for_a_release(arrive: Arrive, pages: Served) -> None:
    ana = arrive("ana")
    ana.open(PATH)
    ana.follow("Ask for a release")
    ana.tick("October to December 2025", "July to September 2025")
    ana.press("Ask for it")
    assert ana.path == PATH
    assert ana.said().startswith("You asked for the release.")
    assert "asked for by sub:ana" in ana.text
    assert pages.rows(RequestRow, "requested_by", "kind", "board") == [("sub:ana", "build_releases", BOARD)]
    assert pages.log() == [("sub:ana", "request", BOARD, "build_releases")]
    ana.page.reload()
    assert "You asked for the release." not in ana.text, "it is said once"


@sends("/boards/{code}/releases/{release}/approve")
def test_a_publisher_approves_what_somebody_else_asked_for(arrive: Arrive, pages: Served) -> None:
    waiting(pages)
    request(pages.engine, "sub:ana", "2026Q1")
    petra = at_the_release(arrive("petra"))
    petra.follow("Approve it")
    assert "sub:ana" in petra.text
    petra.press("Approve this release")
    assert petra.said() == "You approved the release. Its figures are shown from now on."
    petra.follow("See its figures")
    assert petra.title.startswith("All figures")
    assert pages.rows(ReleaseApprovalRow, "release_id", "principal") == [(RELEASE, "sub:petra")]
    assert pages.rows(ReleaseStateRow, "state") == [("approved",)]
    assert pages.log() == [("sub:petra", "approve", RELEASE, "approved")]


@sends("/boards/{code}/releases/{release}/refuse")
def test_a_publisher_refuses_with_a_reason(arrive: Arrive, pages: Served) -> None:
    waiting(pages)
    petra = at_the_release(arrive("petra"))
    petra.follow("Refuse it")
    petra.tick("An agency's return was wrong")
    petra.press("Continue")
    assert petra.title == "Check your answers"
    assert "An agency's return was wrong" in petra.text
    assert pages.log() == [], "nothing is done yet"
    petra.press("Refuse this release")
    assert petra.said() == "You refused the release. Its figures will not be shown."
    assert pages.rows(ReleaseStateRow, "state", "reason") == [("refused", "wrong_return")]
    assert pages.log() == [("sub:petra", "refuse", RELEASE, "wrong_return")]
    assert petra.open(f"/boards/{BOARD}/figures?window=2026Q1") == 404


@sends("/boards/{code}/releases/{release}/withdraw")
def test_information_governance_withdraws_a_release(arrive: Arrive, pages: Served) -> None:
    waiting(pages, LifeState.APPROVED)
    gwen = at_the_release(arrive("gwen"))
    gwen.follow("Withdraw it")
    gwen.tick("Its protection of children is in doubt")
    gwen.press("Continue")
    gwen.press("Change the answers")
    assert gwen.choice("Its protection of children is in doubt").is_checked()
    gwen.tick("A figure was worked out wrongly")
    gwen.press("Continue")
    gwen.press("Withdraw this release")
    assert gwen.said() == "You withdrew the release. Its figures are no longer shown."
    assert "See its figures" not in gwen.links()
    assert pages.rows(ReleaseStateRow, "state", "reason") == [("withdrawn", "wrong_method")]
    assert pages.log() == [("sub:gwen", "withdraw", RELEASE, "wrong_method")]


@sends("/boards/{code}/releases/{release}/correct")
def test_an_analyst_puts_a_notice_beside_a_figure(arrive: Arrive, pages: Served) -> None:
    waiting(pages, LifeState.APPROVED)
    ana = at_the_release(arrive("ana"))
    ana.follow("Put a correction notice beside it")
    ana.pick("Which figures are wrong?", "All figures of this release")
    ana.tick("An agency's return was wrong")
    ana.press("Continue")
    ana.press("Put the notice beside the figures")
    assert ana.said() == "The correction notice stands beside the figures from now on."
    assert pages.rows(ReleaseCorrectionRow, "release_id", "measure", "reason") == [(RELEASE, "", "return")]
    assert pages.log() == [("sub:ana", "correct", RELEASE, "return")]
    ana.follow("See its figures")
    assert "Correction notice of 11 May 2026: figures of all measures" in ana.text


@sends("/boards/{code}/releases/{release}/annotate")
def test_a_chair_annotates_a_release(arrive: Arrive, pages: Served) -> None:
    waiting(pages, LifeState.APPROVED)
    chris = at_the_release(arrive("chris"))
    chris.follow("Annotate it")
    chris.type("Annotation", "The return of the police came late.\nIt is <b>whole</b> now.")
    chris.press("Continue")
    assert "It is <b>whole</b> now." in chris.text, "shown as it was typed"
    chris.press("Add the annotation")
    assert chris.said() == "Your annotation was added."
    assert "It is <b>whole</b> now. sub:chris" in chris.text
    text = "The return of the police came late.\nIt is <b>whole</b> now."
    assert pages.rows(ReleaseAnnotationRow, "release_id", "by", "text") == [(RELEASE, "sub:chris", text)]
    assert pages.log() == [("sub:chris", "annotate", RELEASE, "")]
