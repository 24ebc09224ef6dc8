"""What the provider says of a session that ended is obeyed; a message that somebody forged or sends again is not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from starlette.testclient import TestClient

from dashboards.people.person import Role
from dashboards.sign_in.logout_token import EVENT
from demo.boards import LARGE
from models.store import AuditRow
from tests.attacks.pages.world import World, grant
from tests.dashboards.sign_in.lying_provider import CLIENT

PATH = f"/boards/{LARGE}"


def message(pages: World, header: dict[str, Any] | None = None, key: RSAKey | None = None, **claims: Any) -> str:
    """A logout token; a claim that is None is left out."""
    now = int(time.time())
    whole = {"iss": pages.provider.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "events": {EVENT: {}},
             "jti": f"{time.monotonic_ns()}", "sub": "gone"} | claims  # fmt: skip
    said = {name: value for name, value in whole.items() if value is not None}
    headers = {"alg": "RS256", "kid": pages.provider.key.kid, "typ": "logout+jwt"} | (header or {})
    return jwt.encode(headers, said, key or pages.provider.key)


def send(pages: World, *tokens: str) -> int:
    """The provider's server sends it, without any cookie; the status."""
    return pages.browser().post("/back-channel-logout", data={"logout_token": list(tokens)}).status_code


def come_in(pages: World, sub: str = "gone", **claims: Any) -> TestClient:
    client = pages.signed_in(grant(Role.CHAIR, LARGE), sub=sub, **claims)
    assert client.get(PATH).status_code == 200
    return client


def rows(pages: World) -> int:
    with pages.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(AuditRow)) or 0


def test_every_session_of_a_subject_ends_and_nobody_elses(pages: World) -> None:
    first, second, other = come_in(pages), come_in(pages, sid="b"), come_in(pages, "stays")
    before = rows(pages)
    assert send(pages, message(pages)) == 200
    assert [client.get(PATH).status_code for client in (first, second, other)] == [401, 401, 200]
    assert rows(pages) == before + 1, "one row for the person"
    assert send(pages, message(pages)) == 200
    assert rows(pages) == before + 1, "and none where nothing ended"


def test_one_session_of_the_provider_ends_by_its_number(pages: World) -> None:
    first, second = come_in(pages, sid="browser-1"), come_in(pages, sid="browser-2")
    assert send(pages, message(pages, sid="browser-1")) == 200
    assert [client.get(PATH).status_code for client in (first, second)] == [401, 200]
    assert send(pages, message(pages, sub=None, sid="browser-2")) == 200
    assert second.get(PATH).status_code == 401


def test_an_old_message_does_not_end_a_new_session(pages: World) -> None:
    """Nor does it when it was sent again: what is used is remembered, and younger sessions stay in any case."""
    token = message(pages)
    come_in(pages)
    assert send(pages, token) == 200
    client = come_in(pages)
    assert send(pages, token) == 400, "sent again"
    assert client.get(PATH).status_code == 200
    assert send(pages, message(pages, iat=int(time.time()) - 200)) == 200
    assert client.get(PATH).status_code == 200, "it is older than the session"


def test_a_provider_that_sends_no_expiry_is_obeyed(pages: World) -> None:
    client = come_in(pages)
    assert send(pages, message(pages, exp=None, aud=[CLIENT, "another"])) == 200
    assert client.get(PATH).status_code == 401


STRANGER = RSAKey.generate_key(2048, {"kid": "one"})
FORGED: dict[str, dict[str, Any]] = {
    "signed by a stranger": {"key": STRANGER}, "of another issuer": {"iss": "https://other.example"},
    "of no issuer": {"iss": None}, "for others": {"aud": "another"}, "for nobody": {"aud": None},
    "without a time": {"iat": None}, "from the future": {"iat": int(time.time()) + 36_000},
    "old": {"iat": int(time.time()) - 36_000}, "expired": {"exp": int(time.time()) - 3_600},
    "without an event": {"events": None}, "about something else": {"events": {"https://x.example/e": {}}},
    "with an event in words": {"events": {EVENT: "yes"}}, "with events in a list": {"events": [EVENT]},
    "with a nonce, so the token of a sign-in": {"nonce": "n"}, "without a number": {"jti": None},
    "about nobody": {"sub": None}, "about a number": {"sub": 7}, "of another type": {"header": {"typ": "at+jwt"}},
    "of the type of any token": {"header": {"typ": "JWT"}},
    "with a very long subject": {"sub": "x" * 300}, "with times in words": {"iat": "now"},
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_message_ends_nothing(how: str, pages: World) -> None:
    client, before = come_in(pages), rows(pages)
    assert send(pages, message(pages, **FORGED[how])) == 400
    assert client.get(PATH).status_code == 200
    assert rows(pages) == before, "and writes nothing"


def test_what_is_no_message_is_refused(pages: World) -> None:
    client = come_in(pages)
    whole = message(pages)
    head, body, _ = whole.split(".")
    for tokens in ((), ("",), ("x.y.z",), (f"{head}.{body}.",), (f"{head}.{body}",), (whole, whole), ("a" * 70_000,)):
        assert send(pages, *tokens) == 400
    assert send(pages, "a" * 300_000) == 413
    assert pages.browser().get("/back-channel-logout", params={"logout_token": whole}).status_code in (401, 405)
    assert pages.browser().post("/back-channel-logout", json={"logout_token": whole}).status_code == 400
    assert client.get(PATH).status_code == 200
