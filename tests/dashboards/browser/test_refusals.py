"""Each refusal that a person can meet: it says why and what to do, and doing that helps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboards.life.states import LifeState
from dashboards.people import changes
from demo.boards import LARGE, SMALL
from models.store import ReleaseAnnotationRow, TypedFormRow
from models.store.sessions import IDLE
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.forms import sends
from tests.dashboards.browser.served import Served
from tests.dashboards.browser.walker import Walker
from tests.dashboards.conftest import store
from tests.dashboards.life.test_changes import request
from tests.models.store.factories import make_release

RELEASE = f"{LARGE}.2026Q1.l1"
ONE = f"/boards/{LARGE}/releases/{RELEASE}"
TEXT = "The return of the police came late"


def sign_in(walker: Walker, name: str) -> None:
    """By the link of the page that asks for it."""
    walker.follow("Sign in with your organisation's account")
    walker.press(name)


def annotating(walker: Walker, text: str = TEXT) -> Walker:
    """As far as the button."""
    walker.open(f"{ONE}/annotate")
    walker.type("Annotation", text)
    return walker


@pytest.fixture
def released(arrive: Arrive, pages: Served) -> None:
    """A release that is shown."""
    store(pages.engine, make_release("2026Q1"))


def written(pages: Served) -> list[tuple[object, ...]]:
    """Who wrote what."""
    return pages.rows(ReleaseAnnotationRow, "by", "text")


def test_whoever_is_not_signed_in_comes_to_the_page_after_signing_in(arrive: Arrive, released: None) -> None:
    nobody = arrive()
    wanted = f"/boards/{LARGE}/figures?window=2026Q1"
    assert nobody.open(wanted) == 401
    assert "These pages are for people to whom a board has given a role." in nobody.text
    sign_in(nobody, "Ana Analyst")
    assert (nobody.status, nobody.path) == (200, wanted)


def test_the_way_back_to_the_provider_is_over_once_it_was_used(arrive: Arrive) -> None:
    walker = arrive()
    walker.open("/")
    sign_in(walker, "Vera Viewer")
    walker.back()
    walker.press("Petra Publisher")
    assert (walker.status, walker.title) == (400, "Sign in again")
    assert "Start again from the sign-in page." in walker.text
    walker.follow("Sign in with your organisation's account")
    walker.press("Petra Publisher")
    assert "Petra Publisher" in walker.page.locator("header").inner_text()


def test_a_role_that_is_not_enough_and_a_board_that_is_not_ones_own(arrive: Arrive, released: None) -> None:
    vera, mira = arrive("vera"), arrive("mira")
    vera.open(f"/boards/{LARGE}")
    assert "Releases" not in vera.links("nav"), "what is not theirs is not offered"
    assert vera.open(f"{ONE}/approve") == 403
    assert "To approve a release, or refuse it, a person needs the role publisher on this board." in vera.text
    assert mira.open(f"/boards/{LARGE}") == 403
    said = mira.text
    assert mira.open("/boards/X08000009") == 403
    assert mira.text == said, "nobody learns which boards there are"
    assert mira.open(f"/boards/{SMALL}/releases/{RELEASE}") == 404
    assert "Start again from the list of boards" in mira.text
    mira.follow("List of boards")
    assert mira.path == f"/boards/{SMALL}"


def test_a_form_that_is_older_than_the_sign_in_shows_what_was_typed(
    arrive: Arrive, pages: Served, released: None
) -> None:
    ana = annotating(arrive("ana"))
    other = ana.tab()
    other.open("/sign-in/start")
    other.press("Ana Analyst")
    ana.press("Continue")
    assert (ana.status, ana.title) == (403, "Not allowed")
    assert "it is older than your sign-in. Nothing was done." in ana.text
    assert TEXT in ana.text, "nobody has to type it again from memory"
    ana.follow("Open the form again")
    ana.type("Annotation", TEXT)
    ana.press("Continue")
    ana.press("Add the annotation")
    assert written(pages) == [("sub:ana", TEXT)]


@pytest.mark.parametrize("token", ["", "stolen"])
def test_a_form_of_another_site_is_refused_and_writes_nothing_into_the_page(
    token: str, arrive: Arrive, pages: Served, released: None
) -> None:
    """The browser sends the session with it, as the other site has the same host; even the token does not help."""
    ana = arrive("ana")
    ana.open(f"{ONE}/annotate")
    own = ana.page.locator("main input[name=form_token]").input_value()
    ana.page.goto(f"{pages.provider}/people.css")
    ana.page.set_content(
        f"<form method=post action='{pages.url}{ONE}/annotate'><input name=text value='Send 100 pounds'>"
        f"<input name=confirmed value=yes><input name=form_token value='{own if token else ''}'>"
        "<button>Go</button></form>"
    )
    ana.press("Go")
    assert (ana.status, ana.title) == (403, "Not allowed")
    assert "This form was not sent from these pages" in ana.text
    assert "100 pounds" not in ana.text
    assert written(pages) == []


@sends("/typed")
def test_what_was_typed_when_the_session_timed_out_comes_back(arrive: Arrive, pages: Served, released: None) -> None:
    ana = annotating(arrive("ana"))
    pages.long_ago(IDLE)
    ana.press("Continue")
    assert (ana.status, ana.title) == (401, "Sign in again")
    assert "What you typed is kept for an hour, for you alone" in ana.text
    sign_in(ana, "Ana Analyst")
    assert (ana.path, ana.title) == ("/typed", "What you had typed")
    assert TEXT in ana.text
    assert written(pages) == []
    ana.press("Send it now")
    ana.press("Add the annotation")
    assert ana.said() == "Your annotation was added."
    assert written(pages) == [("sub:ana", TEXT)]

    annotating(ana, "Another thought")
    pages.long_ago(IDLE)
    ana.press("Continue")
    sign_in(ana, "Ana Analyst")
    ana.press("Let it go")
    assert pages.rows(TypedFormRow, "path") == []
    ana.open("/typed")
    assert "Nothing waits to be sent" in ana.text
    assert len(written(pages)) == 1


def test_a_page_asked_for_too_late_says_that_the_session_ended(arrive: Arrive, pages: Served, released: None) -> None:
    ana = arrive("ana")
    assert ana.open(ONE) == 200
    pages.long_ago(IDLE - timedelta(minutes=1))
    assert ana.open(ONE) == 200, "it counts from the last page"
    pages.long_ago(IDLE)
    assert ana.open(ONE) == 401
    assert "Your session has ended: after 15 minutes without a page, or after 8 hours. Sign in to go on." in ana.text
    sign_in(ana, "Ana Analyst")
    assert ana.path == ONE


def test_a_session_that_was_ended_by_an_administrator_shows_what_was_typed(
    arrive: Arrive, pages: Served, released: None
) -> None:
    ana = annotating(arrive("ana"))
    assert changes.ended(pages.engine, "sub:ana", "adam") == 1
    ana.press("Continue")
    assert (ana.status, ana.title) == (401, "Sign in again")
    assert "Your session has ended, so nothing was done." in ana.text
    assert TEXT in ana.text
    sign_in(ana, "Ana Analyst")
    assert ana.path == f"{ONE}/annotate", "back at the form"
    ana.type("Annotation", TEXT)
    ana.press("Continue")
    ana.press("Add the annotation")
    assert written(pages) == [("sub:ana", TEXT)]


def test_nobody_approves_what_they_asked_for(arrive: Arrive, pages: Served) -> None:
    bo = arrive("bo")
    store(pages.engine, make_release("2026Q1"), state=LifeState.BUILT)
    request(pages.engine, "sub:bo", "2026Q1")
    bo.open(ONE)
    assert "It needs one publisher who did not ask for it." in bo.text
    bo.follow("Approve it")
    bo.press("Approve this release")
    assert (bo.status, bo.title) == (409, "Nothing was done")
    assert "Whoever asked for a release cannot approve it" in bo.text
    bo.follow("See this release")
    assert bo.path == ONE
    assert pages.log() == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ring 07700 900123 about it", "it holds what looks like a telephone number"),
        ("ask Jane Smith about it", "it holds two words with capital letters"),
        ("", "Write the annotation"),
        ("x" * 281, "Shorten the text to 280 characters. It has 281"),
    ],
)
def test_what_is_wrong_in_a_form_is_said_first_and_what_was_typed_is_kept(
    text: str, why: str, arrive: Arrive, pages: Served, released: None
) -> None:
    ana = annotating(arrive("ana"), text)
    ana.press("Continue")
    assert ana.status == 422
    assert ana.page.title().startswith("Error: ")
    (said,) = ana.problems()
    assert why in said
    assert ana.value("Annotation") == text
    ana.page.get_by_role("link", name=said).click()
    assert ana.page.get_by_label("Annotation").evaluate("field => field === document.activeElement")
    assert ana.page.get_by_label("Annotation").get_attribute("aria-invalid") == "true"
    ana.type("Annotation", TEXT)
    ana.press("Continue")
    ana.press("Add the annotation")
    assert written(pages) == [("sub:ana", TEXT)]


def test_every_question_that_is_wrong_is_named_and_the_others_are_kept(arrive: Arrive, pages: Served) -> None:
    chris = arrive("chris")
    chris.open(f"/boards/{LARGE}/actions/add")
    chris.tick("Training need", "Aldermere Police")
    chris.day("By when?", "31 6 2026")
    chris.press("Continue")
    assert chris.problems() == [
        "Say what is to be done", "Choose the agency that owes it", "By when?: give a real day, such as 27 3 2026",
    ]  # fmt: skip
    for choice in ("Training need", "Aldermere Police"):
        assert chris.choice(choice).is_checked()
    group = chris.page.get_by_role("group", name="By when?")
    assert [group.get_by_label(part).input_value() for part in ("Day", "Month", "Year")] == ["31", "6", "2026"]
    assert pages.log() == []


def test_a_form_that_is_far_too_long_is_refused_whole(arrive: Arrive, pages: Served, released: None) -> None:
    ana = annotating(arrive("ana"), "x" * 70_000)
    ana.press("Continue")
    assert (ana.status, ana.title) == (413, "Too long")
    assert "Nothing was done. Go back and write less" in ana.text
    assert written(pages) == []
