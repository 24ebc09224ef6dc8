"""Every page in every role: 0 violations of axe, no sideways scroll, by keyboard, readable, sound HTML, light."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dashboards.people.person import Person, Role, stored
from demo.boards import LARGE, SMALL
from demo.provider.people import PEOPLE
from tests.dashboards.browser.conftest import NAMES, ROLES
from tests.dashboards.browser.judged.addresses import open_pages
from tests.dashboards.browser.judged.addresses import pages as pages_of
from tests.dashboards.browser.judged.filled import fill
from tests.dashboards.browser.judged.looking import Findings
from tests.dashboards.browser.judged.sweep import Sweep
from tests.dashboards.browser.served import Served
from tests.dashboards.conftest import signed_in
from tests.support import nu

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MOST = 60_000
"""Bytes of the first load of a page, compressed."""
EVERYBODY = ("vera", "ana", "chris", "petra", "gwen", "adam", "olu", "kay")
"""One of the demo's people for each role, on the large board. The small board's pages are one chair's."""
MAIN = (f"/boards/{LARGE}", f"/boards/{LARGE}/measures/m6", f"/boards/{LARGE}/training", f"/boards/{LARGE}/actions/add")
"""The kinds of page that there are: text and tables, pictures, ranges, a form."""


@pytest.fixture(scope="module")
def swept(pages: Served, chromium: Browser) -> Iterator[Sweep]:
    """All pages, looked at once for all tests here."""
    began = time.monotonic()
    pages.begin_anew()
    fill(pages.engine)
    sweep = Sweep(pages.url, Findings())
    sweep.open(chromium)
    for subject in EVERYBODY:
        cookie, person = (
            signed_in(pages.engine, *ROLES[subject], subject=subject, name=NAMES[subject]),
            _person(subject),
        )
        sweep.go(subject, cookie, pages_of(person, LARGE))
        sweep.go(subject, cookie, ["/nowhere"], 404)
        if subject == "gwen":
            sweep.go(subject, cookie, ["/audit?since=x"], 422)
        if subject == "chris":
            sweep.in_other_colours(cookie, MAIN)
    small = signed_in(pages.engine, *ROLES["mira"], subject="mira", name=NAMES["mira"])
    sweep.go("mira", small, pages_of(_person("mira"), SMALL))
    sweep.go("mira", small, [f"/boards/{LARGE}"], 403)
    sweep.go("nobody", "", open_pages())
    sweep.close()
    print(f"{sweep.asked} pages asked for, {sweep.found.looks} looks, {time.monotonic() - began:.0f} s")
    yield sweep


def _person(subject: str) -> Person:
    return Person("https://provider.example", subject, NAMES[subject], stored(ROLES[subject]))


def test_every_page_came(swept: Sweep) -> None:
    assert swept.refused == []


def test_somebody_of_each_role_has_looked() -> None:
    roles = {role.partition(":")[0] for subject in EVERYBODY for role in ROLES[subject]}
    assert roles == {role.value for role in Role}
    assert {*EVERYBODY, "mira", "bo"} == {person.subject for person in PEOPLE}


def _listed(lines: list[str]) -> str:
    kinds = Counter(line.split(" ", 1)[0] for line in lines)
    return "\n".join([f"{len(lines)} findings: {dict(kinds)}", *lines[:60]])


def test_axe_finds_nothing(swept: Sweep) -> None:
    assert not swept.found.axe, _listed(swept.found.axe)


def test_no_page_scrolls_sideways(swept: Sweep) -> None:
    assert not swept.found.wide, _listed(swept.found.wide)


def test_tab_reaches_everything_in_order_and_in_sight(swept: Sweep) -> None:
    assert not swept.found.unreached, _listed(swept.found.unreached)


def test_text_in_pictures_stands_out(swept: Sweep) -> None:
    assert not swept.found.faint, _listed(swept.found.faint)
    assert swept.found.texts > 100, "there are pictures"


def test_nothing_is_asked_of_anybody_else(swept: Sweep) -> None:
    assert swept.found.elsewhere == []


def test_a_printed_page_has_what_a_click_opens(swept: Sweep) -> None:
    assert not swept.found.folded, _listed(swept.found.folded)


def test_a_page_is_light(swept: Sweep) -> None:
    heavy = {page: weight for page, weight in swept.weights.items() if weight >= MOST}
    print("heaviest:", sorted(swept.weights.items(), key=lambda one: -one[1])[:3])
    assert heavy == {}


def test_the_html_is_valid(swept: Sweep, tmp_path: Path) -> None:
    said = nu.complaints(swept.seen, tmp_path)
    errors = [str(one) for one in said if one.kind == "error"]
    for one in said:
        if one.kind != "error":
            print(one)
    assert not errors, _listed(errors)
