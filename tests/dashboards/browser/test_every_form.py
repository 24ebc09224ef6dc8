"""Every form of the application has a journey in this folder that sends it from its page."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.routing import APIRoute
from sqlalchemy import Engine

from tests.dashboards.browser.conftest import Arrive
from tests.dashboards.browser.forms import JOURNEYS
from tests.dashboards.browser.walker import PROBE
from tests.dashboards.people.test_permissions import application

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WITHOUT: Mapping[str, str] = {"/back-channel-logout": "the provider sends it, and no browser"}
"""Path of a form that no journey sends -> why not."""


def test_every_form_has_a_journey(sqlite: Engine, register_dir: Path) -> None:
    for path in Path(__file__).parent.glob("test_*.py"):
        import_module(f"{__package__}.{path.stem}")
    routes = application(sqlite, register_dir).routes
    forms = {route.path for route in routes if isinstance(route, APIRoute) and "POST" in (route.methods or ())}
    assert len(forms) > 15
    assert JOURNEYS.keys() | WITHOUT.keys() == forms
    assert not JOURNEYS.keys() & WITHOUT.keys()


def test_no_page_can_run_a_script_in_this_browser(chromium: Browser, arrive: Arrive) -> None:
    """What each journey looks at first tells the two apart."""
    assert arrive().scripts == "Is it on?\n\nJavaScript is off"
    context = chromium.new_context()
    page = context.new_page()
    page.set_content(PROBE)
    assert page.inner_text("body") == "it runs"
    context.close()
