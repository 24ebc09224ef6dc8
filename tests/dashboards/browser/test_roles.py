"""Everybody from sign-in to sign-out: by the provider's page to what their role is for, and out again there too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pytest

from dashboards.people.person import Role
from demo.boards import LARGE, SMALL
from demo.provider.people import PEOPLE
from models.store import SessionRow
from tests.dashboards.browser.conftest import NAMES, ROLES, Arrive
from tests.dashboards.browser.forms import sends
from tests.dashboards.browser.served import Served
from tests.dashboards.conftest import store
from tests.models.store.factories import make_release

_HEAD = ["Overview", "Where", "What kind", "Who sees", "What was done", "Training", "Actions", "Releases and files"]
_FOOT = [
    "Meeting pack", "Signals", "What children and others say", "Comparison", "Evidence for an inspection",
    "All figures of a period", "All questions",
]  # fmt: skip
_READS = [*_HEAD, *_FOOT]
_HELP = ["How to read these pages", "Tour of five steps", "What the words mean", "Methods"]


class Place(NamedTuple):
    """What somebody comes to, and what there is for them."""

    lands: str
    """The address after sign-in."""
    goes: str
    """A page that is theirs."""
    pages: list[str]
    """What the head and the foot of that page lead to, besides help, the boards and one's own roles."""
    not_theirs: str
    """A page that is not."""
    why: str


_FIGURES = "needs the role viewer, analyst, chair, publisher or information governance on this board"
PLACES: Mapping[str, Place] = {
    "vera": Place(f"/boards/{LARGE}", f"/boards/{LARGE}", _READS, f"/boards/{LARGE}/releases",
                  "analyst, chair, publisher or information governance on this board. There you are viewer."),
    "ana": Place(f"/boards/{LARGE}", f"/boards/{LARGE}", [*_READS, "Releases"], f"/boards/{LARGE}/erasures",
                 "needs the role information governance on this board. There you are analyst."),
    "chris": Place(f"/boards/{LARGE}", f"/boards/{LARGE}", [*_READS, "Releases"], f"/boards/{LARGE}/access",
                   "needs the role administrator on this board. There you are chair."),
    "petra": Place(f"/boards/{LARGE}", f"/boards/{LARGE}", [*_READS, "Releases"], f"/boards/{LARGE}/actions/add",
                   "needs the role analyst or chair on this board. There you are publisher."),
    "gwen": Place("/", f"/boards/{LARGE}", [*_READS, "Releases", "Erasures", "Audit log"], "/operations",
                  "needs the role operations for every board. For every board you are information governance."),
    "adam": Place("/", f"/boards/{LARGE}/access", ["Access"], f"/boards/{LARGE}/figures", _FIGURES),
    "olu": Place("/", "/operations", ["Operations"], f"/boards/{LARGE}", f"{_FIGURES}. There you are operations."),
    "kay": Place("/", "/account", [], f"/boards/{SMALL}", f"{_FIGURES}. There you are key custodian."),
    "mira": Place(f"/boards/{SMALL}", f"/boards/{SMALL}", [*_READS, "Releases"], f"/boards/{LARGE}",
                  f"{_FIGURES}. You have no role there."),
    "bo": Place("/", f"/boards/{SMALL}", [*_READS, "Releases"], f"/boards/{SMALL}/audit",
                "needs the role information governance on this board. There you are analyst or publisher."),
}  # fmt: skip


def test_there_is_somebody_for_each_role() -> None:
    assert PLACES.keys() == {person.subject for person in PEOPLE}
    assert {role.partition(":")[0] for roles in ROLES.values() for role in roles} == set(Role)


@pytest.mark.parametrize("subject", PLACES)
@sends("/sign-out")
def test_from_sign_in_to_sign_out(subject: str, arrive: Arrive, pages: Served) -> None:
    store(pages.engine, make_release("2026Q1"), make_release("2026Q1", board=SMALL, release_id=f"{SMALL}.2026Q1.l1"))
    place, walker = PLACES[subject], arrive()
    assert walker.open("/") == 401
    assert walker.title == "Sign in"
    walker.follow("Sign in with your organisation's account")
    assert walker.page.url.startswith(f"{pages.provider}/authorize")
    walker.press(NAMES[subject])
    assert (walker.status, walker.path) == (200, place.lands)

    walker.open(place.goes)
    assert walker.page.locator("header").inner_text().find(f"Signed in as {NAMES[subject]} (") != -1
    reads, own = [name for name in place.pages if name in _READS], [name for name in place.pages if name not in _READS]
    assert walker.links("nav") == [*reads, *_HELP, "Boards", "Your roles", *own]
    for name in place.pages:
        if name not in _READS or subject == "vera":  # the same pages for everybody who reads figures
            walker.lead(walker.page.get_by_role("navigation").get_by_role("link", name=name, exact=True))
            assert walker.status == 200, name
    assert walker.open(place.not_theirs) == 403
    assert walker.title == "Not for your role"
    assert place.why in walker.text
    assert "ask whoever administers access for your board" in walker.text
    walker.follow("Your roles, and what they are for")
    assert f"sub:{subject}" in walker.text

    walker.press("Sign out")
    walker.page.wait_for_url("**/signed-out")
    assert walker.title == "You are signed out"
    assert [row for row in pages.rows(SessionRow, "ended_at") if row == (None,)] == []
    who_did_what = [(who, act) for who, act, _, _ in pages.log()]
    assert who_did_what == [(f"sub:{subject}", act) for act in ("sign-in", "refused", "sign-out")]
    walker.back()
    assert walker.title == "Sign in", "no page is kept"
    walker.open(place.goes)
    assert (walker.status, walker.title) == (401, "Sign in")
    walker.follow("Sign in with your organisation's account")
    assert "Choose who to be" in walker.title, "the provider remembers nobody either"
