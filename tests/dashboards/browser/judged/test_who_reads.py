"""Every page of the large board as a viewer, an analyst, a chair and a publisher; the main ones in other colours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.dashboards.browser.judged.checks import MAIN, PATIENT, EveryPage, come, look_as
from tests.dashboards.browser.judged.sweep import Sweep, sweeping
from tests.dashboards.browser.served import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = PATIENT
READERS = ("vera", "ana", "chris", "petra")


@pytest.fixture(scope="module")
def swept(pages: Served, chromium: Browser) -> Iterator[Sweep]:
    """All pages, looked at once for all tests here."""
    with sweeping(pages, chromium) as sweep:
        look_as(sweep, pages, READERS)
        sweep.in_other_colours(come(pages, "chris"), MAIN)
        yield sweep


class TestWhoReads(EveryPage):
    """What holds of every page."""

    def test_a_printed_page_has_what_a_click_opens(self, swept: Sweep) -> None:
        assert swept.found.folded == []
