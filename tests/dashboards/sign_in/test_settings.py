"""The pages start with sign-in or on this machine alone, and roles are read as the settings say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from dashboards.people.entrance import WithoutSignIn, WithSessions
from dashboards.people.person import Grant, Role
from dashboards.settings import PageSettings
from dashboards.sign_in.claims import grant_of, grants_in, name_in, read_translation
from dashboards.sign_in.configured import door
from models.service.errors import SettingsError
from models.store import make_engine

ANYWHERE = "0.0.0.0"  # noqa: S104 (nothing is bound)
GOOD: dict[str, Any] = {
    "web_url": "https://ypsem.example.org", "sign_in_issuer": "https://login.example.org/t/v2.0",
    "sign_in_client_id": "ypsem", "web_host": ANYWHERE,
}  # fmt: skip
ENGINE = make_engine("sqlite://")


def settings(**given: Any) -> PageSettings:
    """Good ones, but for what is given."""
    return PageSettings.model_validate(GOOD | given)


def test_with_a_provider_they_start_anywhere() -> None:
    sessions, sign_in = door(settings(), ENGINE)
    assert isinstance(sessions, WithSessions)
    assert sessions.hosts == {"ypsem.example.org"}
    assert sign_in is not None
    assert sign_in.provider.issuer == GOOD["sign_in_issuer"]
    more, _ = door(settings(web_hosts="Other.example:8443, [::1]:80"), ENGINE)
    assert more.hosts == {"ypsem.example.org", "other.example:8443", "[::1]:80"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
def test_without_sign_in_they_start_on_a_loopback_address(host: str) -> None:
    sessions, sign_in = door(PageSettings(sign_in="off", web_host=host), ENGINE)
    assert isinstance(sessions, WithoutSignIn)
    assert sign_in is None


@pytest.mark.parametrize("host", [ANYWHERE, "::", "192.168.1.5", "ypsem.example.org", "", "127.0.0.1.evil.example"])
def test_without_sign_in_they_start_nowhere_else(host: str) -> None:
    with pytest.raises(SettingsError, match="loopback"):
        door(PageSettings(sign_in="off", web_host=host), ENGINE)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"web_url": None}, "missing: YPSEM_WEB_URL"),
        ({"sign_in_issuer": ""}, "missing: YPSEM_SIGN_IN_ISSUER"),
        ({"sign_in_client_id": None}, "missing: YPSEM_SIGN_IN_CLIENT_ID"),
        ({"web_url": "http://ypsem.example.org"}, "YPSEM_WEB_URL is https"),
        ({"web_url": "https://ypsem.example.org/path"}, "YPSEM_WEB_URL is https"),
        ({"web_url": "https://somebody@ypsem.example.org"}, "YPSEM_WEB_URL is https"),
        ({"sign_in_issuer": "http://login.example.org"}, "YPSEM_SIGN_IN_ISSUER has to be"),
        ({"sign_in_scopes": "profile"}, "openid"),
        ({"web_hosts": "*"}, "YPSEM_WEB_HOSTS"),
        ({"sign_in_client_secret_file": Path("nowhere")}, "no readable file"),
        ({"sign_in_roles_file": Path("nowhere")}, "no readable YAML"),
    ],
)
def test_a_setting_that_would_be_unsafe_stops_them(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        door(settings(**given), ENGINE)


def test_a_secret_that_others_can_read_stops_them(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("synthetic\n")
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        door(settings(sign_in_client_secret_file=path), ENGINE)
    path.chmod(0o600)
    door(settings(sign_in_client_secret_file=path), ENGINE)


@pytest.mark.parametrize(
    ("text", "grant"),
    [
        ("analyst:X08000001", Grant(Role.ANALYST, "X08000001")),
        ("information-governance:*", Grant(Role.GOVERNANCE, "*")),
        ("viewer:X08000001:aldermere-police", Grant(Role.VIEWER, "X08000001", "aldermere-police")),
        ("analyst", None), ("analyst:", None), ("analyst:X08000001:", None), ("analyst:X08000001:police", None),
        ("viewer:X08000001", None), ("viewer:*:aldermere-police", None), ("viewer:X08000001:*", None),
        ("Analyst:X08000001", None), (" analyst:X08000001", None), ("analyst:X08000001 operations:*", None),
        ("analyst:x08000001", None), ("root:*", None), ("", None), ("analyst:X08000001\n", None),
    ],
)  # fmt: skip
def test_a_role_is_written_in_one_way(text: str, grant: Grant | None) -> None:
    assert grant_of(text) == grant


ANALYST = frozenset({Grant(Role.ANALYST, "X08000001")})


@pytest.mark.parametrize(
    ("claims", "claim"),
    [
        ({"roles": ["analyst:X08000001", "offline_access"]}, "roles"),
        ({"roles": "analyst:X08000001"}, "roles"),
        ({"realm_access": {"roles": ["analyst:X08000001"]}}, "realm_access.roles"),
        ({"https://ypsem.example/roles": ["analyst:X08000001"]}, "https://ypsem.example/roles"),
    ],
)
def test_roles_are_found_where_providers_put_them(claims: dict[str, Any], claim: str) -> None:
    assert grants_in(claims, claim) == ANALYST


@pytest.mark.parametrize(
    "claims", [{}, {"roles": None}, {"roles": {"a": 1}}, {"roles": [[["x"]], 7, None]}, {"roles": 7}]
)
def test_a_claim_of_another_form_holds_no_role(claims: dict[str, Any]) -> None:
    assert grants_in(claims, "roles") == frozenset()
    assert grants_in(claims, "roles.a.b") == frozenset()


def test_a_translation_is_the_only_way_in_where_there_is_one(tmp_path: Path) -> None:
    path = tmp_path / "roles.yaml"
    path.write_text("0f3a: analyst:X08000001\n77: [x]\n")
    with pytest.raises(SettingsError, match="entry 2"):
        read_translation(path)
    path.write_text("0f3a: analyst:X08000001\nb: [operations:*, administrator:*]\n")
    translated = read_translation(path)
    assert grants_in({"groups": ["0f3a", "chair:X08000001"]}, "groups", translated) == ANALYST
    assert len(grants_in({"groups": ["b"]}, "groups", translated)) == 2
    path.write_text("- a list")
    with pytest.raises(SettingsError, match="provider's value"):
        read_translation(path)


def test_a_name_is_one_short_line_or_none() -> None:
    assert name_in({"name": " Rita\n\x00 Reader\u202e "}) == "Rita Reader"
    assert len(name_in({"name": "x" * 500})) == 80
    assert name_in({"name": 7}) == name_in({}) == ""


def test_cookies_are_for_tls_alone_but_on_this_machine() -> None:
    """Some browsers keep no `Secure` cookie of plain HTTP, so on this machine they would sign nobody in."""
    told = {url: door(settings(web_url=url), ENGINE)[0].cookies for url in (GOOD["web_url"], "http://127.0.0.1:8080")}
    answers = {url: Response() for url in told}
    for url, answer in answers.items():
        told[url].keep(answer, told[url].session, "number")
    assert [answer.headers["set-cookie"] for answer in answers.values()] == [
        "__Host-ypsem=number; HttpOnly; Path=/; SameSite=lax; Secure", "ypsem=number; HttpOnly; Path=/; SameSite=lax",
    ]  # fmt: skip
    assert {cookies.attempt for cookies in told.values()} == {"__Host-ypsem-sign-in", "ypsem-sign-in"}
