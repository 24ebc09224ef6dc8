"""What holds of every page, whoever sees it. Each file of tests has some of the people, so that two can run at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from dashboards.people.person import Person, stored
from demo.boards import LARGE, SMALL
from tests.dashboards.browser.conftest import NAMES, ROLES
from tests.dashboards.browser.judged.addresses import pages
from tests.dashboards.browser.judged.sweep import Sweep
from tests.dashboards.browser.served import Served
from tests.dashboards.conftest import signed_in
from tests.support import nu
from tests.support.pace import MOST as SLOWEST

HEAVIEST = 60_000
"""Bytes of the first load of a page, compressed."""
MAIN = tuple(f"/boards/{LARGE}{end}" for end in ("", "/where", "/recognition", "/training", "/actions/add"))
"""The kinds of page that there are: sentences, a map, pictures, ranges, a form."""
PATIENT = pytest.mark.timeout(60 * SLOWEST)
"""All pages are looked at before the first test of a file."""


def come(served: Served, subject: str) -> str:
    """Sign one of the demo's people in; the number that their browser keeps."""
    return signed_in(served.engine, *ROLES[subject], subject=subject, name=NAMES[subject])


def look_as(sweep: Sweep, served: Served, people: Iterable[str], board: str = LARGE) -> None:
    """Go through all pages that each of them may see, and one that is not there."""
    for subject in people:
        cookie = come(served, subject)
        person = Person("https://provider.example", subject, NAMES[subject], stored(ROLES[subject]))
        sweep.go(subject, cookie, pages(person, board))
        sweep.go(subject, cookie, ["/nowhere"], 404)
        if board == SMALL:
            sweep.go(subject, cookie, [f"/boards/{LARGE}"], 403)


def _listed(lines: list[str]) -> str:
    kinds = Counter(line.split(" ", 1)[0] for line in lines)
    return "\n".join([f"{len(lines)} findings: {dict(kinds)}", *lines[:60]])


class EveryPage:
    """The tests. A fixture `swept` has looked at the pages."""

    def test_every_page_came(self, swept: Sweep) -> None:
        assert not swept.refused, _listed(swept.refused)

    def test_axe_finds_nothing(self, swept: Sweep) -> None:
        assert not swept.found.axe, _listed(swept.found.axe)

    def test_no_page_scrolls_sideways(self, swept: Sweep) -> None:
        assert not swept.found.wide, _listed(swept.found.wide)

    def test_tab_reaches_everything_in_order_and_in_sight(self, swept: Sweep) -> None:
        assert not swept.found.unreached, _listed(swept.found.unreached)

    def test_text_in_pictures_stands_out(self, swept: Sweep) -> None:
        assert not swept.found.faint, _listed(swept.found.faint)
        assert swept.found.texts > 100, "there are pictures"

    def test_nothing_is_asked_of_anybody_else(self, swept: Sweep) -> None:
        assert not swept.found.elsewhere, _listed(swept.found.elsewhere)

    def test_a_page_is_light(self, swept: Sweep) -> None:
        heavy = {page: weight for page, weight in swept.weights.items() if weight >= HEAVIEST}
        assert not heavy, heavy

    def test_the_html_is_valid(
        self, swept: Sweep, tmp_path: Path, record_property: Callable[[str, object], None]
    ) -> None:
        said = nu.complaints(swept.seen, tmp_path)
        errors = [str(one) for one in said if one.kind == "error"]
        assert not errors, _listed(errors)
        record_property("notes of the Nu checker", dict(Counter(one.words for one in said)))
