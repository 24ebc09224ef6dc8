"""Sessions: none that somebody chose or knew before the sign-in, none that outlives its end, none of elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboards.people.cookies import ATTEMPT, SESSION
from dashboards.people.person import Role
from demo.boards import LARGE
from models.service import clock
from models.store import access, writing
from models.store.access import Granted
from models.store.sessions import end_sessions_of
from tests.attacks.pages.world import World, grant, token_of, world
from tests.dashboards.conftest import HOST

PATH = f"/boards/{LARGE}"


def test_the_number_before_sign_in_is_not_the_one_after(pages: World) -> None:
    for before in ("chosen-by-somebody", "x" * 43):
        client = pages.browser(before)
        assert client.get(PATH).status_code == 401
        pages.signed_in(grant(Role.CHAIR, LARGE), client=client)
        kept = [cookie.value for cookie in client.cookies.jar if cookie.name == SESSION]
        assert before not in kept[-1:]
        assert pages.browser(before).get(PATH).status_code == 401, "what somebody planted opens nothing"


def test_signing_in_again_as_somebody_else_makes_the_first_number_worthless(pages: World) -> None:
    client = pages.signed_in(grant(Role.CHAIR, LARGE), sub="first")
    stolen = str(client.cookies[SESSION])
    pages.signed_in(grant(Role.CHAIR, LARGE), sub="second", client=client)
    assert client.cookies[SESSION] != stolen
    assert pages.browser(stolen).get(PATH).status_code == 401


@pytest.mark.parametrize("how", ["sign-out", "ended", "other roles"])
def test_a_stolen_cookie_is_dead(how: str, pages: World) -> None:
    subject = f"victim-{how.replace(' ', '-')}"
    client = pages.signed_in(grant(Role.CHAIR, LARGE), sub=subject)
    thief = pages.browser(str(client.cookies[SESSION]))
    token = token_of(client)
    assert thief.get(PATH).status_code == 200, "until then it is as good as its person's"
    if how == "sign-out":
        client.post("/sign-out", data={"form_token": token})
    elif how == "ended":
        with writing(pages.engine).begin() as connection:
            end_sessions_of(connection, f"sub:{subject}")
    else:
        pages.signed_in(grant(Role.KEYS, LARGE), sub=subject)
    assert thief.get(PATH).status_code == 401
    assert thief.post("/sign-out", data={"form_token": token}).status_code == 401


def test_a_second_sign_in_with_the_same_roles_ends_nothing(pages: World) -> None:
    first, second = (pages.signed_in(grant(Role.CHAIR, LARGE), sub="two-browsers") for _ in range(2))
    assert first.get(PATH).status_code == second.get(PATH).status_code == 200


def test_a_role_that_is_taken_away_here_is_gone_with_the_next_request(pages: World) -> None:
    day = clock.today()
    given = Granted("h" * 24, "sub:given", "chair", LARGE, "", day, day, "sub:a", clock.now(), None, None, None, None)
    with writing(pages.engine).begin() as connection:
        access.give(connection, "sub:a", given)
    client = pages.signed_in(grant(Role.KEYS, LARGE), sub="given")
    assert client.get(PATH).status_code == 200
    with writing(pages.engine).begin() as connection:
        access.revoke(connection, "sub:a", given, clock.now())
    assert client.get(PATH).status_code == 403


def test_a_cookie_of_another_deployment_is_nothing_here(pages: World, tmp_path: Path) -> None:
    with world(tmp_path) as other:
        elsewhere = other.everyone()
        number = str(elsewhere.cookies[SESSION])
        assert elsewhere.get(PATH).status_code == 200
        assert pages.browser(number).get(PATH).status_code == 401
        stranger = pages.browser()
        stranger.cookies.set(ATTEMPT, str(other.browser().get("/sign-in/start").cookies[ATTEMPT]), domain=HOST)
        answer = other.provider.authorised(other.browser().get("/sign-in/start").headers["location"])
        assert stranger.get(answer).status_code == 400, "nor is a sign-in that was begun there"


def test_a_cookie_is_for_this_host_over_tls_and_no_script(pages: World) -> None:
    client = pages.browser()
    begun = client.get("/sign-in/start")
    came = client.get(pages.provider.authorised(begun.headers["location"]))
    kept = [*begun.headers.get_list("set-cookie"), *came.headers.get_list("set-cookie")]
    assert len(kept) == 3
    for cookie in kept:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert cookie.startswith("__Host-"), "no other name of the domain can set it"
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)


@pytest.mark.parametrize("name", ["ypsem", "__Host-ypsem-said", "__Secure-ypsem", "__host-ypsem"])
def test_a_number_under_another_name_is_no_session(name: str, pages: World) -> None:
    number = str(pages.everyone().cookies[SESSION])
    for header in (f"{name}={number}", f'{name}="{number}"', f"x=y; {name}={number}"):
        assert pages.browser().get(PATH, headers={"Cookie": header}).status_code == 401, header


def test_the_number_is_taken_from_no_other_place(pages: World) -> None:
    number = str(pages.everyone().cookies[SESSION])
    assert pages.browser().get(PATH, params={SESSION: number}).status_code == 401
    for headers in ({SESSION: number}, {"Authorization": f"Bearer {number}"}, {"Authorization": number}):
        assert pages.browser().get(PATH, headers=headers).status_code == 401
