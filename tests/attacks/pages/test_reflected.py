"""Nothing that a request brings becomes a part of the answer: every parameter, path part and field of a form."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from dashboards.people.mapped import ROUTES
from tests.attacks.pages.parsed import broken_into, fields, words_of
from tests.attacks.pages.world import POISON, World, dump, routes, token_of
from tests.dashboards.people.test_permissions import application

HOSTILE = (POISON, "a\r\nSet-Cookie: zq=1", "\x00", "../../etc/passwd", "9" * 400, "\u202e")
WITHOUT_FORM = {"/sign-out", "/typed", "/back-channel-logout"}
"""What is sent without a form of its own: two buttons, and the provider's message."""


def asked_for(dependant: Dependant) -> set[str]:
    """The parameters of a query that a handler reads, itself or by what it depends on."""
    own = {parameter.alias for parameter in dependant.query_params}
    return own.union(*(asked_for(below) for below in dependant.dependencies))


def parameters(pages: World) -> Iterator[tuple[str, str]]:
    """Every route that is read, with every parameter of its query, and one that it does not know."""
    app = application(pages.engine, pages.register_dir)
    for route in app.routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
            for parameter in sorted(asked_for(route.dependant)):
                yield route.path, parameter
            yield route.path, "zq-unknown"


def assert_harmless(answer: object, place: object) -> None:
    """Whatever it is, it holds no part of the attack."""
    status, headers, text = answer.status_code, answer.headers, answer.text  # type: ignore[attr-defined]
    assert status < 500, (place, status)
    assert "zq" not in headers.get("set-cookie", "").partition("sign-in=")[0], place
    assert not any("\r" in value or "\n" in value for value in headers.values()), place
    assert headers.get("location", "/").startswith(("/", "http://127.0.0.1:")), place
    if "html" in headers.get("content-type", ""):
        assert broken_into(text) == [], place


@pytest.mark.slow
def test_no_parameter_of_an_address_is_echoed_as_markup(pages: World) -> None:
    client, tried = pages.everyone(), 0
    for path, parameter in parameters(pages):
        for value in HOSTILE[:1] if parameter == "zq-unknown" else HOSTILE:
            answer = client.get(pages.address(path), params={parameter: value})
            assert_harmless(answer, (path, parameter, value))
            tried += 1
    assert tried > 100


@pytest.mark.slow
def test_no_part_of_a_path_is_echoed_as_markup(pages: World) -> None:
    client, tried = pages.everyone(), 0
    for path in routes("GET"):
        for part in (name for name in pages.filled() if f"{{{name}}}" in path):
            for value in HOSTILE:
                address = pages.address(path, **{part: quote(value, safe="")})
                for browser in (client, pages.browser()) if value == POISON else (client,):
                    answer = browser.get(address)
                    assert_harmless(answer, (path, part, value))
                    assert answer.status_code in (401, 403, 404), (path, part, value, answer.status_code)
                    tried += 1
    assert tried > 200


def test_the_names_of_parameters_and_cookies_and_agents_are_not_echoed(pages: World) -> None:
    client = pages.everyone()
    for name in ("User-Agent", "Referer", "X-Forwarded-Host", "X-Forwarded-For", "Accept-Language", "Cookie", "Origin"):
        answer = client.get("/account", headers={name: f"zq-header {POISON}"})
        assert_harmless(answer, name)
        assert "zq-header" not in answer.text


def forms() -> list[str]:
    """The addresses that both show a form and take it."""
    return sorted(path for method, path in ROUTES if method == "POST" and ("GET", path) in ROUTES)


def test_every_form_is_among_those_that_are_attacked() -> None:
    assert {path for method, path in ROUTES if method == "POST"} - set(forms()) == {"/sign-out"}


def filled_in(client: TestClient, address: str) -> dict[str, list[str]]:
    """The fields of a form as they are sent when somebody chose the first of everything."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, words_of(answer))
    found: dict[str, list[str]] = {}
    for name, kinds in fields(answer.text).items():
        values = [value for _, value in kinds if value]
        many = kinds[0][0] in ("checkbox", "radio")
        found[name] = values[:1] if many else values or ["x"]
        if name.endswith(("-day", "-month", "-year")) and not values:
            found[name] = [{"day": "11", "month": "5", "year": "2026"}[name.rpartition("-")[2]]]
    return found


@pytest.mark.slow
def test_no_field_of_a_form_is_echoed_as_markup(pages: World) -> None:
    """Whatever of it a form takes is stored from here on, and comes back on the pages after it."""
    client, tried = pages.everyone(), 0
    for path in forms():
        if path in WITHOUT_FORM:
            continue
        address = pages.address(path)
        whole = filled_in(client, address)
        names = [*sorted(set(whole) - {"form_token"}), "zq-unknown", "confirmed"]
        attacks = [({name: [POISON, POISON]}, name) for name in names]
        attacks += [({name: [value] for name in names}, value) for value in HOSTILE]
        for attack, what in attacks:
            for confirmed in ({}, {"confirmed": ["yes"]}):
                sent = {**whole, **attack, **confirmed, "form_token": [token_of(client)]}
                assert_harmless(client.post(address, data=sent), (path, what))
                tried += 1
    assert tried > 300


def test_what_was_typed_too_late_comes_back_as_text_alone(pages: World) -> None:
    before = dump(pages.engine)
    client = pages.everyone()
    answer = client.post("/typed", data={"form_token": token_of(client), POISON: POISON})
    assert_harmless(answer, "typed")
    assert dump(pages.engine) == before
