"""Every form, and the pages beside it, on a screen of 320 pixels: nothing is cut off, and nothing has to be moved."""

from __future__ import annotations

from datetime import date

from dashboards.life.states import LifeState
from demo.boards import LARGE
from models.store import writing
from models.store.access import give
from models.store.actions import Source, open_action
from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.served import Served
from tests.dashboards.conftest import store
from tests.dashboards.test_every_page import ACTION, GRANT, RELEASE
from tests.models.store.factories import make_release

BOARD = f"/boards/{LARGE}"
PAGES = [
    "/", "/account", "/audit?since=x", "/typed", "/operations", f"{BOARD}/access", f"{BOARD}/access/give",
    *(f"{BOARD}/access/{GRANT.grant_id}/{act}" for act in ("confirm", "revoke")),
    f"{BOARD}/actions", f"{BOARD}/actions/add", f"{BOARD}/actions/{ACTION}",
    *(f"{BOARD}/actions/{ACTION}/{act}" for act in ("change", "tell", "impact", "close")),
    f"{BOARD}/actions/{ACTION}/acknowledge/aldermere-police",
    f"{BOARD}/audit", f"{BOARD}/erasures", f"{BOARD}/erasures/ask",
    f"{BOARD}/releases", f"{BOARD}/releases/ask", f"{BOARD}/releases/{RELEASE}",
    *(f"{BOARD}/releases/{RELEASE}/{act}" for act in ("approve", "refuse", "withdraw", "correct", "annotate")),
]  # fmt: skip
_WIDE = "document.documentElement.scrollWidth"


def test_no_page_is_wider_than_a_small_screen(arrive: Arrive, pages: Served) -> None:
    store(pages.engine, make_release("2026Q1"), state=LifeState.BUILT)
    with writing(pages.engine).begin() as connection:
        give(connection, "sub:a", GRANT)
        open_action(
            connection, "sub:a", board=LARGE, source=Source.NEED, owner="aldermere-health", title="Tell the schools",
            opened_on=date(2026, 2, 1), due_on=date(2026, 3, 1), action_id=ACTION,
        )  # fmt: skip
    roles = ("information-governance", "operations", "administrator", "analyst", "publisher")
    walker = arrive("all", *(f"{role}:*" for role in roles), f"viewer:{LARGE}:aldermere-police", width=320)
    wide = {}
    for path in PAGES:
        assert walker.open(path) in (200, 422), path
        if (width := walker.page.evaluate(_WIDE)) > 320:
            wide[path] = width
    assert wide == {}
