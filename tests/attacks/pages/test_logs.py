"""Whatever a request holds, the log gets one line for it at most, and nothing of it: no token, cookie, code or text."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from dashboards.people.cookies import ATTEMPT, SESSION
from models.service.logs import CHATTER, LogLine
from tests.attacks.pages.world import World, routes, token_of
from tests.dashboards.conftest import HOST

LINE = "zq-canary\r\n2026-05-11T10:00:00.000Z WARNING dashboards: forged\x1b[31m\u2028\x00"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the process would write to standard error."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(LogLine())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    quieter = {name: logging.getLogger(name).level for name in (*CHATTER, "httpx", "httpx2", "httpcore")}
    for name in quieter:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield out
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        for name, before in quieter.items():
            logging.getLogger(name).setLevel(before)


@pytest.mark.slow
def test_one_request_is_one_line_at_most_and_none_of_its_words(pages: World, lines: io.StringIO) -> None:
    client = pages.everyone(sub=LINE, name=LINE, sid=LINE)
    number, token = str(client.cookies[SESSION]), token_of(client)
    agent = {"User-Agent": "zq-canary agent", "Referer": "https://zq-canary.example", "X-Forwarded-For": "zq-canary"}
    bearer = {"Authorization": "Bearer ypsem-st-" + "zqcanary" * 5 + "xyz"}
    told = lines.getvalue()

    def once(method: str, address: str, **sent: object) -> None:
        nonlocal told
        for browser in (client, pages.browser()):
            browser.request(method, address, **{"headers": agent, **sent})  # type: ignore[arg-type]
            new, told = lines.getvalue()[len(told) :], lines.getvalue()
            assert new.count("\n") <= 1, (address, new)
            assert not new or new.endswith("\n")

    for path in routes("GET"):
        once("GET", pages.address(path), params={"next": LINE, "code": LINE, "state": LINE, "act": LINE, "iss": LINE})
    for path in routes("POST"):
        if path != "/sign-out":
            once("POST", pages.address(path), data={"form_token": token, "text": LINE, "logout_token": LINE})
    once("GET", f"/boards/{quote(LINE)}")
    once("GET", f"/{quote(LINE)}")
    once("GET", f"/{quote(LINE)}", headers=bearer)
    client.cookies.set(ATTEMPT, quote(LINE), domain=HOST)
    once("GET", "/sign-in/back", params={"code": LINE, "state": LINE, "error": LINE, "error_description": LINE})
    pages.provider.token_answer = (400, {"error": LINE, "error_description": LINE})
    try:
        stranger = pages.browser()
        answer = pages.provider.authorised(stranger.get("/sign-in/start").headers["location"])
        kept = str(stranger.cookies[ATTEMPT])
        stranger.get(answer)
    finally:
        pages.provider.token_answer = None
    begun = stranger.get("/sign-in/start")
    also = str(stranger.cookies[ATTEMPT])
    assert stranger.get(pages.provider.authorised(begun.headers["location"])).status_code == 303
    told = lines.getvalue()
    assert "somebody was not signed in: token" in told, "something was logged at all"
    for secret in (
        "canary",
        number,
        kept,
        also,
        token,
        "forged",
        "\x1b",
        "\x00",
        "\u2028",
        pages.provider.issuer,
        "code=",
        "state=",
    ):
        assert secret not in told
