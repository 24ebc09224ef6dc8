"""Every page of the large board as those who read its figures; the main ones in other colours, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from demo.boards import LARGE
from tests.dashboards.browser.judged.checks import MAIN, PATIENT, EveryPage, come, look_as
from tests.dashboards.browser.judged.sweep import Sweep, sweeping
from tests.dashboards.browser.served import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = PATIENT
READERS = ("vera", "ana", "chris", "petra", "gwen")
"""Together, since most of what they see is the same page."""


@pytest.fixture(scope="module")
def swept(pages: Served, chromium: Browser) -> Iterator[Sweep]:
    """All pages, looked at once for all tests here."""
    with sweeping(pages, chromium) as sweep:
        look_as(sweep, pages, READERS)
        sweep.go("gwen", come(pages, "gwen"), ["/audit?since=x"], 422)
        sweep.in_other_colours(come(pages, "chris"), MAIN)
        yield sweep


class TestWhoReads(EveryPage):
    """What holds of every page."""

    def test_a_printed_page_has_what_a_click_opens(self, swept: Sweep) -> None:
        assert swept.found.folded == []

    def test_a_table_is_one_on_a_small_screen_too(self, swept: Sweep, pages: Served) -> None:
        """There its rows are shown as lists. Elements carry no role that says otherwise: HTML forbids it."""
        large, little = swept.tables(come(pages, "chris"), f"/boards/{LARGE}/actions")
        assert little["table"] == large["table"] >= 1
        assert little["row"] >= large["row"] - large["table"] >= 5
        assert little["rowheader"] == large["rowheader"] >= 1
