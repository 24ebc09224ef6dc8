"""No form is taken that was not sent from a page of its own session: every form, each way to forge one (CSRF)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from dashboards.people.cookies import form_token
from dashboards.people.mapped import ROUTES
from tests.attacks.pages.world import World, dump, token_of

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EVERY = sorted(path for method, path in ROUTES if method == "POST")


@pytest.mark.slow
def test_no_form_is_taken_that_somebody_forged(pages: World) -> None:
    client, other = pages.everyone(), pages.everyone(sub="s-2")
    own, strange = token_of(client), token_of(other)
    whole = {"confirmed": "yes", "text": "x", "reason": "wrong_return", "seen": "0"}
    forged: dict[str, dict[str, Any]] = {
        "without a token": {"data": whole},
        "with another session's": {"data": whole | {"form_token": strange}},
        "with the token of no session": {"data": whole | {"form_token": form_token("")}},
        "with two": {"content": urlencode([*whole.items(), ("form_token", own), ("form_token", own)]), "headers": FORM},
        "with the token in the address": {"params": {"form_token": own}, "data": whole},
        "with the token in a header": {"data": whole, "headers": {"X-CSRF-Token": own}},
        "with the token in a cookie": {"data": whole, "headers": {"Cookie": f"form_token={own}"}},
        "of another site": {"data": whole | {"form_token": own}, "headers": {"Sec-Fetch-Site": "cross-site"}},
        "of another name of the site": {
            "data": whole | {"form_token": own},
            "headers": {"Sec-Fetch-Site": "same-site"},
        },
        "as JSON": {"json": whole | {"form_token": own}},
        "as plain text": {"content": urlencode(whole | {"form_token": own}), "headers": {"Content-Type": "text/plain"}},
        "in parts": {"files": {"form_token": (None, own), "confirmed": (None, "yes")}},
        "without a type": {"content": urlencode(whole | {"form_token": own}), "headers": {"Content-Type": ""}},
    }
    before = dump(pages.engine)
    for path in EVERY:
        for how, sent in forged.items():
            answer = client.post(pages.address(path), **sent)
            assert answer.status_code in (401, 403, 415), (path, how, answer.status_code)
    assert dump(pages.engine) == before
    assert client.get("/account").status_code == 200, "nobody was signed out either"


def test_nothing_is_done_by_looking(pages: World) -> None:
    """A link or a picture elsewhere makes a browser send GET, with its cookie (`SameSite=Lax`)."""
    client = pages.everyone()
    before = dump(pages.engine)
    asked = {"confirmed": "yes", "form_token": token_of(client), "_method": "POST"}
    for path in EVERY:
        for method in ("GET", "HEAD", "PUT"):
            answer = client.request(
                method, pages.address(path), params=asked, headers={"X-HTTP-Method-Override": "POST"}
            )
            assert answer.status_code < 500, (path, method)
    assert dump(pages.engine) == before
    assert client.get("/account").status_code == 200
