"""What was typed when a session had ended comes back after sign-in: to its own person, once, and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from starlette.testclient import TestClient

from dashboards.people import typed
from dashboards.people.cookies import SESSION, form_token
from dashboards.people.mapped import ROUTES
from models.service import clock
from models.store import TypedFormRow, writing
from models.store import typed as waiting_forms
from models.store.sessions import IDLE, LONGEST, end_sessions_of
from tests.dashboards.html import Page
from tests.dashboards.sign_in.conftest import Browser, back_from
from tests.dashboards.sign_in.lying_provider import LyingProvider
from tests.models.store.factories import BOARD

STYLE = Path(__file__).parents[3] / "dashboards" / "static" / "ypsem.css"
TEXT = "first line\n<b>second</b> & café"
Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Let time pass."""
    passed = [timedelta()]
    real: Callable[[], datetime] = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + passed[0])

    def pass_by(time: timedelta) -> None:
        passed[0] += time

    return pass_by


def sent(client: TestClient, number: str, **fields: str) -> tuple[int, str]:
    """Send a form from a page of this session; status and text."""
    answer = client.post("/typed", data={"form_token": form_token(number), "text": TEXT, "empty": "", **fields})
    return answer.status_code, " ".join(Page(answer.text).text.split())


def come_in(browser: Browser, provider: LyingProvider, client: TestClient | None = None) -> tuple[TestClient, str]:
    """Sign in; the browser and the number of its session."""
    client = client or browser()
    client.get(back_from(client, provider))
    return client, str(client.cookies[SESSION])


def kept(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(TypedFormRow)) or 0


@pytest.mark.parametrize("time", [IDLE, LONGEST])
def test_it_comes_back_after_sign_in_and_is_sent_once(
    time: timedelta, browser: Browser, provider: LyingProvider, sqlite: Engine, later: Later
) -> None:
    client, number = come_in(browser, provider)
    later(time)
    status, text = sent(client, number)
    assert status == 401
    assert "What you typed is kept for an hour, for you alone" in text
    with sqlite.connect() as connection:
        row = connection.execute(select(TypedFormRow)).one()
    assert b"second" not in row.sealed
    assert number not in str(row)

    came = client.get(back_from(client, provider))
    assert came.headers["location"] == "/typed", "wherever the sign-in was to lead"
    page = Page(client.get("/typed").text)
    assert TEXT in page.text
    assert "nothing has been done yet" in page.text
    fields = {i["name"]: i["value"] for i in page.having("input", type="hidden") if i["name"] != "form_token"}
    assert fields == {"text": TEXT, "empty": ""}
    new = str(client.cookies[SESSION])
    assert {i["value"] for i in page.having("input", name="form_token")} == {form_token(new)}
    assert [form["action"] for form in page.having("form")] == ["/sign-out", "/typed", "/typed"]

    assert sent(client, new)[0] == 303, "it goes to where it was to go"
    assert "Nothing waits to be sent" in client.get("/typed").text
    assert kept(sqlite) == 0


def test_somebody_else_on_the_same_machine_never_gets_it(
    browser: Browser, provider: LyingProvider, sqlite: Engine, later: Later
) -> None:
    client, number = come_in(browser, provider)
    later(IDLE)
    assert sent(client, number)[0] == 401
    provider.claims["sub"] = "s-2"
    assert client.get(back_from(client, provider)).headers["location"] == "/"
    assert "Nothing waits" in client.get("/typed").text
    assert kept(sqlite) == 0


def test_its_own_person_elsewhere_does_not_get_it_without_the_browser(
    browser: Browser, provider: LyingProvider, later: Later
) -> None:
    client, number = come_in(browser, provider)
    later(IDLE)
    assert sent(client, number)[0] == 401
    elsewhere, _ = come_in(browser, provider)
    assert "Nothing waits" in elsewhere.get("/typed").text


def test_after_an_hour_it_is_gone(browser: Browser, provider: LyingProvider, sqlite: Engine, later: Later) -> None:
    client, number = come_in(browser, provider)
    never, left = come_in(browser, provider)
    later(IDLE)
    sent(client, number)
    sent(never, left)
    assert kept(sqlite) == 2
    later(waiting_forms.KEPT)
    assert client.get(back_from(client, provider)).headers["location"] == "/"
    other, its = come_in(browser, provider)
    later(IDLE)
    sent(other, its)
    assert kept(sqlite) == 1, "what nobody came back for goes when another one comes"


def test_a_session_that_was_ended_keeps_nothing(
    browser: Browser, provider: LyingProvider, sqlite: Engine, later: Later
) -> None:
    out, number = come_in(browser, provider)
    out.post("/sign-out", data={"form_token": form_token(number)})
    out.cookies.set(SESSION, number, domain="pages.example")
    revoked, its = come_in(browser, provider)
    with writing(sqlite).begin() as connection:
        end_sessions_of(connection, "sub:s-1")
    for client, its_number in ((out, number), (revoked, its)):
        status, text = sent(client, its_number)
        assert status == 401
        assert "Sign in, and fill in the form again" in text
    later(IDLE)
    assert sent(revoked, its)[0] == 401
    assert kept(sqlite) == 0


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}), ("another", {}), ("own", {"Sec-Fetch-Site": "cross-site"}), ("own", {"Content-Type": "text/plain"}),
        ("too long", {}), ("unknown session", {}),
    ],
)  # fmt: skip
def test_only_a_form_of_ones_own_page_is_kept(
    token: str, headers: dict[str, str], browser: Browser, provider: LyingProvider, sqlite: Engine, later: Later
) -> None:
    client, number = come_in(browser, provider)
    later(IDLE)
    if token == "unknown session":
        number = "n" * 43
        client.cookies.set(SESSION, number, domain="pages.example")
    given = {"another": form_token("x"), "": ""}.get(token, form_token(number))
    body = f"form_token={given}&text={'x' * (70_000 if token == 'too long' else 1)}"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/typed", content=body, headers=kind | headers).status_code == 401
    assert kept(sqlite) == 0


def test_signing_out_is_not_kept_nor_what_has_no_route(
    browser: Browser, provider: LyingProvider, sqlite: Engine, later: Later
) -> None:
    client, number = come_in(browser, provider)
    later(IDLE)
    for path in ("/sign-out", "/nowhere", f"/boards/{BOARD}"):
        assert client.post(path, data={"form_token": form_token(number), "text": "x"}).status_code == 401
    assert kept(sqlite) == 0
    assert ("POST", "/typed") in ROUTES


def test_letting_go_and_signing_out_remove_it(
    browser: Browser, provider: LyingProvider, sqlite: Engine, later: Later
) -> None:
    for path in ("/typed", "/sign-out"):
        client, number = come_in(browser, provider)
        later(IDLE)
        sent(client, number)
        _, new = come_in(browser, provider, client)
        assert kept(sqlite) == 1
        assert client.post(path, data={"form_token": form_token(new)}).status_code == 303
        assert kept(sqlite) == 0


def test_a_seal_opens_with_its_number_person_and_path_alone() -> None:
    sealed = typed.seal("number", "sub:s-1", "/boards/x/actions", b"text=x")
    assert typed.unseal("number", "sub:s-1", "/boards/x/actions", sealed) == b"text=x"
    assert typed.seal("number", "sub:s-1", "/boards/x/actions", b"text=x") != sealed
    wrong = (("other", "sub:s-1", "/boards/x/actions"), ("number", "sub:s-2", "/boards/x/actions"),
             ("number", "sub:s-1", "/boards/y/actions"))  # fmt: skip
    for number, who, path in wrong:
        assert typed.unseal(number, who, path, sealed) is None
    assert typed.unseal("number", "sub:s-1", "/boards/x/actions", sealed[:-1] + bytes([sealed[-1] ^ 1])) is None
    assert typed.unseal("number", "sub:s-1", "/boards/x/actions", b"short") is None


def test_the_warning_comes_two_minutes_before_and_needs_no_script(
    browser: Browser, provider: LyingProvider, sqlite: Engine
) -> None:
    style, idle = STYLE.read_text("utf-8"), int(IDLE.total_seconds())
    shown, hidden = f"now-shown 0s linear {idle - 120}s forwards", f"now-hidden 0s linear {idle}s forwards"
    assert re.search(rf"\.idle p {{[^}}]*visibility: hidden;[^}}]*animation: {shown};", style)
    assert f".idle .soon {{ animation: {shown}, {hidden}; }}" in style
    assert f".idle .over {{ animation-delay: {idle}s; }}" in style
    client, _ = come_in(browser, provider)
    page = Page(client.get("/account").text)
    assert page.having("div", role="status")
    assert "Two minutes are left" in page.text
    assert [a["target"] for a in page.having("a", href="/account") if "target" in a] == ["_blank"]
    assert "Two minutes" not in browser().get("/sign-in").text, "nobody is warned who has no session"
