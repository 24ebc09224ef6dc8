"""Debian's Chromium, without JavaScript, at pages that run as their own process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.routing import compile_path

from demo.provider.people import PEOPLE
from tests.dashboards.browser.served import Served, served
from tests.dashboards.browser.walker import Seen, Walker
from tests.dashboards.conftest import signed_in
from tests.support.lanes import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROLES = {person.subject: person.roles for person in PEOPLE}
NAMES = {person.subject: person.name for person in PEOPLE}
Arrive = Callable[..., Walker]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No browser is quick to start."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The pages, their database and the provider, for the whole session."""
    with served(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser.

    For this folder alone: while it runs, Playwright's event loop counts as running in this thread, and tests elsewhere
    that run one of their own would be refused.
    """
    program = os.environ.get("YPSEM_TEST_CHROMIUM") or shutil.which("chromium")
    if program is None:
        missing("there is no Chromium here: apt-get install chromium, or name one in YPSEM_TEST_CHROMIUM")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-proxy-server", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def on_11_may_2026(pages: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same day and the same second as at the pages."""
    monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(pages.offset))


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    """What went over the wire in a test; nothing went elsewhere, and the browser had nothing to complain of."""
    found = Seen()
    yield found
    assert found.elsewhere == []
    assert found.complaints == []
    if form := getattr(request.function, "form", None):
        address = compile_path(form)[0]
        assert any(address.match(path) for path in found.posted), f"{form} was not sent, but {found.posted}"


@pytest.fixture
def arrive(chromium: Browser, pages: Served, seen: Seen) -> Iterator[Arrive]:
    """Makes browsers: of somebody who is signed in, by their subject and roles, or of nobody.

    Without roles it is one of the demo's people. The database is empty at first.
    """
    pages.begin_anew()
    contexts = []

    def come(subject: str = "", *grants: str, width: int = 1280) -> Walker:
        context = chromium.new_context(java_script_enabled=False, viewport={"width": width, "height": 900})
        contexts.append(context)
        walker = Walker(context, pages.url, pages.provider, seen)
        assert walker.scripts == "Is it on?\n\nJavaScript is off"
        if subject:
            name = NAMES.get(subject, subject.capitalize())
            number = signed_in(pages.engine, *(grants or ROLES[subject]), subject=subject, name=name)
            context.add_cookies([{"name": "ypsem", "value": number, "url": pages.url}])
        return walker

    yield come
    for context in contexts:
        context.close()
