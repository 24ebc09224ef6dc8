"""Every answer of every route, whatever its status, can be neither framed, kept, sniffed nor read by other sites."""

from __future__ import annotations

import pytest

from dashboards.people.limits import Limits, Rates
from tests.attacks.pages.world import World, routes, token_of

EVIL = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}


def assert_closed(answer: object, place: object) -> int:
    """Headers that have to be on it; its status."""
    headers = answer.headers  # type: ignore[attr-defined]
    policy = {part.strip().partition(" ")[0]: part.strip().partition(" ")[2]
              for part in headers["content-security-policy"].split(";")}  # fmt: skip
    assert policy["frame-ancestors"] == policy["default-src"] == policy["base-uri"] == "'none'", place
    assert policy["form-action"] == "'self'"
    assert not any("unsafe" in value or "*" in value for value in policy.values())
    assert "script-src" not in policy, "no script at all"
    assert headers["cache-control"] == "no-store", place
    assert headers["x-content-type-options"] == "nosniff", place
    assert headers["x-frame-options"] == "DENY", "for browsers that do not know the policy"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("access-control-")], place
    assert not {"server", "x-powered-by", "etag", "last-modified"} & set(headers) or "/static" in str(place), place
    return int(answer.status_code)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_every_answer_is_closed(pages: World) -> None:
    statuses = set()
    client = pages.everyone()
    for path in routes("GET"):
        asked = [(client, method) for method in ("GET", "HEAD", "OPTIONS")] + [(pages.browser(), "GET")]
        for browser, method in asked:
            answer = browser.request(method, pages.address(path), headers=EVIL)
            statuses.add(assert_closed(answer, (method, path)))
    for path in routes("POST"):
        for sent in ({}, {"form_token": "x"}, {"form_token": token_of(client)}):
            statuses.add(assert_closed(client.post(pages.address(path), data=sent), path))
        if path == "/sign-out":
            client = pages.everyone()
    for address in ("/nowhere", "/static/ypsem.css", "/static/none", "/boards/%00"):
        statuses.add(assert_closed(client.get(address), address))
    statuses.add(assert_closed(client.get("/", headers={"Host": "evil.example"}), "host"))
    assert statuses >= {200, 303, 400, 401, 403, 404, 405, 422}


def test_an_answer_to_somebody_who_asked_too_often_is_closed_too(pages: World) -> None:
    slow = World(pages.engine, pages.register_dir, pages.provider, Limits(Rates(strangers=1)), pages.releases)
    statuses = [assert_closed(slow.browser().get("/sign-in"), "often") for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_what_follows_a_sign_out_shows_nothing_of_before(pages: World) -> None:
    """The back button asks again, because nothing was kept, and is told to sign in."""
    client = pages.everyone()
    assert assert_closed(client.get("/account"), "account") == 200
    out = client.post("/sign-out", data={"form_token": token_of(client)})
    assert_closed(out, "out")
    assert client.get("/account").status_code == 401
