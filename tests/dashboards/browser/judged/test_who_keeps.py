"""Every page of the small board, of those who give access, operate and keep keys, and of nobody in particular."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from dashboards.people.person import Role
from demo.boards import SMALL
from tests.dashboards.browser.conftest import ROLES
from tests.dashboards.browser.judged.addresses import open_pages
from tests.dashboards.browser.judged.checks import PATIENT, EveryPage, look_as
from tests.dashboards.browser.judged.sweep import Sweep, sweeping
from tests.dashboards.browser.judged.test_who_reads import READERS
from tests.dashboards.browser.served import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = PATIENT
KEEPERS = ("adam", "olu", "kay")


@pytest.fixture(scope="module")
def swept(pages: Served, chromium: Browser) -> Iterator[Sweep]:
    """All pages, looked at once for all tests here."""
    with sweeping(pages, chromium) as sweep:
        look_as(sweep, pages, ("mira",), SMALL)
        look_as(sweep, pages, KEEPERS)
        sweep.go("nobody", "", open_pages())
        yield sweep


class TestWhoKeeps(EveryPage):
    """What holds of every page."""


def test_somebody_of_each_role_has_looked() -> None:
    looked = {role.partition(":")[0] for subject in (*READERS, *KEEPERS) for role in ROLES[subject]}
    assert looked == {role.value for role in Role}
