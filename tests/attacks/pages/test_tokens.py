"""Tokens of service accounts: only in their header, only for what and where they were made for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dashboards.people.mapped import ROUTES
from dashboards.people.permissions import Act
from demo.boards import LARGE, SMALL
from models.service import clock
from models.store import service_tokens, writing
from models.store.service_tokens import PREFIX, make
from tests.attacks.pages.world import World, dump

PATH = f"/boards/{LARGE}"
NUMBERS: Iterator[int] = iter(range(1000))


def made(pages: World, act: Act = Act.SEE_FIGURES, board: str = LARGE) -> tuple[str, str]:
    """A token and its account's name."""
    name = f"program-{next(NUMBERS)}"
    with writing(pages.engine).begin() as connection:
        return make(connection, name, acts=[act.name.lower()], boards=[board], days=1, who="adam"), name


def test_a_token_is_taken_from_its_header_alone(pages: World) -> None:
    token, _ = made(pages)
    client = pages.browser()
    assert client.get(PATH, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    for parameter in ("access_token", "token", "bearer", "authorization", "api_key"):
        assert client.get(PATH, params={parameter: token}).status_code == 401
        assert client.post("/typed", data={parameter: token}).status_code == 401
    for header in ("X-Api-Key", "X-Authorization", "Proxy-Authorization", "X-Auth-Token"):
        assert client.get(PATH, headers={header: token}).status_code == 401
        assert client.get(PATH, headers={header: f"Bearer {token}"}).status_code == 401
    for value in (token, f"Basic {token}", f"Token {token}", f"Bearer{token}", f"Bearer {token}, Bearer {token}"):
        assert client.get(PATH, headers={"Authorization": value}).status_code == 401, value
    for cookie in ("__Host-ypsem", "ypsem", "Authorization"):
        assert client.get(PATH, headers={"Cookie": f"{cookie}={token}"}).status_code == 401


@pytest.mark.parametrize("how", ["forged", "revoked", "expired"])
def test_a_token_that_is_not_in_force_is_refused_everywhere(
    how: str, pages: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, name = made(pages)
    if how == "forged":
        token = PREFIX + token[len(PREFIX) :][::-1]
    elif how == "revoked":
        with writing(pages.engine).begin() as connection:
            service_tokens.revoke(connection, name, "adam")
    else:
        real, day = clock.now, 86_401
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=day))
    before = dump(pages.engine)
    for method, path in sorted(ROUTES):
        answer = pages.browser().request(method, pages.address(path), headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, (method, path)
    assert dump(pages.engine) == before


def test_a_token_of_one_act_and_board_opens_no_other(pages: World) -> None:
    token, _ = made(pages, Act.TAKE_FILES)
    client = pages.browser()
    for method, path in sorted(ROUTES):
        for board in (LARGE, SMALL):
            answer = client.request(method, pages.address(path, board), headers={"Authorization": f"Bearer {token}"})
            allowed = method == "GET" and ROUTES[method, path] is Act.TAKE_FILES and board == LARGE
            assert answer.status_code == (200 if allowed else 403), (method, path, board)
