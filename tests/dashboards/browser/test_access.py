"""Access and erasures: each form from its page to what is said of it, and what is in the database afterwards."""

from __future__ import annotations

from datetime import date, timedelta

from consumers.store import SinkStore
from models.operations.remedies import Removal
from models.releases.requests import REQUEST, RequestErase
from models.store import GrantRow, RequestRow, writing
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.forms import sends
from tests.dashboards.browser.served import Served
from tests.dashboards.browser.walker import Walker
from tests.dashboards.conftest import TODAY
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/access"
POLICE = "Aldermere Police (synthetic)"


def give(walker: Walker, person: str, role: str, agency: str = "Choose") -> None:
    """Fill in the form as far as the last button."""
    walker.open("/")
    walker.follow("Access to Aldermere (synthetic)")
    walker.follow("Give somebody a role")
    walker.type("Who?", person)
    walker.tick(role)
    walker.pick("For which agency?", agency)
    walker.day("Up to and including", "30 6 2026")
    walker.press("Continue")
    assert walker.title == "Check your answers"
    walker.press("Give the role")


@sends("/boards/{code}/access/give")
def test_an_administrator_gives_a_role_that_counts_at_once(arrive: Arrive, pages: Served) -> None:
    adam, mira = arrive("adam"), arrive("mira")
    assert mira.open(f"/boards/{BOARD}/actions") == 403
    give(adam, "sub:mira", "Viewer", POLICE)
    assert (adam.path, adam.said()) == (PATH, "The role was given. It counts from the person's next page on.")
    assert "In force" in adam.text
    assert mira.open(f"/boards/{BOARD}/actions") == 200
    columns = ("person", "role", "agency", "starts_on", "ends_on", "given_by")
    wanted = ("sub:mira", "viewer", "aldermere-police", date(2026, 5, 11), date(2026, 6, 30), "sub:adam")
    assert pages.rows(GrantRow, *columns) == [wanted]
    assert pages.log("refused") == [("sub:adam", "access.give", "sub:mira", f"viewer:{BOARD}")]


@sends("/boards/{code}/access/{grant}/confirm")
def test_a_role_of_ones_own_is_confirmed_by_another_administrator(arrive: Arrive, pages: Served) -> None:
    adam, alan = arrive("adam"), arrive("alan", f"administrator:{BOARD}")
    give(adam, "sub:adam", "Publisher")
    assert adam.said() == "The role was asked for. Another administrator has to confirm it before it counts."
    assert "Waits for another administrator" in adam.text
    assert "Confirm the role of sub:adam" not in adam.links()
    assert adam.open(f"/boards/{BOARD}/releases") == 403
    alan.open(PATH)
    alan.follow("Confirm the role of sub:adam")
    alan.press("Confirm it")
    assert (alan.path, alan.said()) == (PATH, "The role was confirmed.")
    assert adam.open(f"/boards/{BOARD}/releases") == 200
    assert pages.rows(GrantRow, "person", "given_by", "confirmed_by") == [("sub:adam", "sub:adam", "sub:alan")]
    assert [row[:3] for row in pages.log("refused")] == [
        ("sub:adam", "access.give", "sub:adam"), ("sub:alan", "access.confirm", "sub:adam"),
    ]  # fmt: skip


@sends("/boards/{code}/access/{grant}/revoke")
def test_an_administrator_takes_a_role_away_at_once(arrive: Arrive, pages: Served) -> None:
    adam, mira = arrive("adam"), arrive("mira")
    give(adam, "sub:mira", "Chair")
    assert mira.open(f"/boards/{BOARD}/releases") == 200
    adam.follow("Take away the role of sub:mira")
    adam.press("Take it away")
    assert (adam.path, adam.said()) == (PATH, "The role was taken away. It no longer counts.")
    assert "Taken away 11 May 2026" in adam.text
    assert mira.open(f"/boards/{BOARD}/releases") == 403
    assert "You have no role there." in mira.text
    assert pages.rows(GrantRow, "revoked_by") == [("sub:adam",)]
    assert [row[:3] for row in pages.log("refused")][-1] == ("sub:adam", "access.revoke", "sub:mira")


@sends("/boards/{code}/erasures/ask")
def test_information_governance_asks_for_an_agencys_erasure_and_follows_it(arrive: Arrive, pages: Served) -> None:
    gwen = arrive("gwen")
    gwen.open(f"/boards/{BOARD}/erasures")
    gwen.follow("Erase all that an agency sent")
    gwen.pick("Which agency?", f"aldermere-police: {POLICE}")
    gwen.type("Type the agency's id", "aldermere-police")
    gwen.press("Continue")
    assert pages.log() == [], "nothing is done yet"
    gwen.press("Ask for the erasure")
    assert gwen.said() == "You asked for the erasure. This page says how far it is."
    assert "Waiting to be passed on to the ledger" in gwen.text
    ((by, body, number),) = pages.rows(RequestRow, "requested_by", "body", "request_id")
    asked = REQUEST.validate_json(bytes(body))  # type: ignore[call-overload]
    assert isinstance(asked, RequestErase)
    assert (by, asked.agency) == ("sub:gwen", "aldermere-police")
    assert pages.log() == [("sub:gwen", "request", BOARD, "erase_agency")]
    done = Removal(
        cause="erasure-agency", board=BOARD, at=TODAY + timedelta(minutes=5), request_id=str(number),
        agency="aldermere-police", size="10 or more",
    )  # fmt: skip
    with writing(pages.engine).begin() as connection:
        SinkStore(pages.engine).apply(connection, done, b"{}", 1)
    gwen.page.reload()
    assert "Done: the ledger removed it" in gwen.text
    assert "10 or more" not in gwen.text


def test_a_childs_erasure_is_followed_by_its_stage_alone(arrive: Arrive, pages: Served) -> None:
    gwen = arrive("gwen")
    with writing(pages.engine).begin() as connection:
        child = Removal(cause="erasure-child", board=BOARD, at=TODAY, partition=3, offset=4711)
        SinkStore(pages.engine).apply(connection, child, b"{}", 1)
    gwen.open(f"/boards/{BOARD}/erasures")
    rows = gwen.page.get_by_role("table", name="Carried out, newest first").get_by_role("row").all_inner_texts()
    assert [" ".join(row.split()) for row in rows[1:]] == ["11 May 2026, 11:00 Carried out by the ledger 3:4711"]
    assert gwen.page.get_by_role("button").all_inner_texts() == ["Sign out"], "there is nothing to press about a child"
