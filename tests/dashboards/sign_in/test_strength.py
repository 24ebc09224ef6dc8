"""Where the settings ask for a strong or recent sign-in, no other is taken; what the token does not say is not so."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from dashboards.people.entrance import WithSessions
from dashboards.registry import RegisterReader
from dashboards.sign_in.provider import Provider, Registration
from dashboards.sign_in.routes import SignIn
from dashboards.sign_in.strength import Strength
from dashboards.web import create_app
from tests.dashboards.conftest import HOST
from tests.dashboards.sign_in.conftest import ROOT, back_from, log
from tests.dashboards.sign_in.lying_provider import CLIENT, SECRET, LyingProvider

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("asked", "claims", "enough"),
    [
        (Strength(), {}, True),
        (Strength(max_age=600), {"auth_time": NOW - 600}, True),
        (Strength(max_age=600), {"auth_time": int(NOW) - 659}, True),
        (Strength(max_age=600), {"auth_time": NOW - 661}, False),
        (Strength(max_age=600), {"auth_time": NOW + 61}, False),
        (Strength(max_age=600), {}, False),
        (Strength(max_age=600), {"auth_time": "now"}, False),
        (Strength(max_age=600), {"auth_time": True}, False),
        (Strength(acr=("gold", "silver")), {"acr": "silver"}, True),
        (Strength(acr=("gold",)), {"acr": "silver"}, False),
        (Strength(acr=("gold",)), {"acr": ["gold"]}, False),
        (Strength(acr=("gold",)), {}, False),
        (Strength(amr=frozenset({"mfa"})), {"amr": ["pwd", "mfa"]}, True),
        (Strength(amr=frozenset({"mfa", "hwk"})), {"amr": ["pwd", "mfa"]}, False),
        (Strength(amr=frozenset({"mfa"})), {"amr": "mfa"}, False),
        (Strength(amr=frozenset({"mfa"})), {}, False),
        (Strength(), {"amr": 7, "acr": 7, "auth_time": "x"}, True),
    ],
)
def test_what_is_enough(asked: Strength, claims: dict[str, Any], enough: bool) -> None:
    assert asked.enough(claims, NOW) is enough


def test_a_weak_sign_in_opens_no_session_and_a_strong_one_does(
    sqlite: Engine, register_dir: Path, provider: LyingProvider
) -> None:
    strength = Strength(3600, ("gold",), frozenset({"mfa"}))
    known = Registration(provider.issuer, CLIENT, SECRET, f"{ROOT}/sign-in/back", f"{ROOT}/out", "openid", strength)
    sessions = WithSessions(sqlite, frozenset({HOST}))
    app = create_app(sqlite, RegisterReader(register_dir), sessions, SignIn(Provider(known), "roles"))
    client = TestClient(app, ROOT, follow_redirects=False)
    asked = parse_qs(urlsplit(client.get("/sign-in/start").headers["location"]).query)
    assert (asked["max_age"], asked["acr_values"]) == (["3600"], ["gold"])
    strong = {"auth_time": int(time.time()), "acr": "gold", "amr": ["pwd", "mfa"]}
    weak: tuple[dict[str, Any], ...] = ({"auth_time": 1}, {"acr": "tin"}, {"amr": ["pwd"]}, {"acr": None})
    for change in weak:
        provider.changes = strong | change
        refused = client.get(back_from(client, provider))
        assert refused.status_code == 403
        assert "less than these pages ask for" in " ".join(refused.text.split())
        assert client.get("/account").status_code == 401
    assert log(sqlite) == []
    provider.changes = strong
    assert client.get(back_from(client, provider)).status_code == 303
    assert client.get("/account").status_code == 200


def test_nothing_is_asked_for_unless_it_is_set(provider: LyingProvider) -> None:
    assert Strength().asked() == {}
