"""Somebody sees where they are signed in, and ends sessions of their own and nobody else's."""

from __future__ import annotations

from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from dashboards.people.cookies import SESSION
from models.store import AuditRow
from models.store.hashes import hash_of
from models.store.sessions import HANDLE
from tests.dashboards.conftest import People
from tests.dashboards.filling import fill, loaded, send, words
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD


def number(client: TestClient) -> str:
    return str(client.cookies[SESSION])


def offered(client: TestClient) -> list[str]:
    return [box["value"] for box in Page(client.get("/sessions").text).having("input", type="checkbox")]


def test_one_sees_ones_sessions_and_ends_those_elsewhere(engine: Engine, people: People) -> None:
    here, left, lost = (people("rita", f"chair:{BOARD}") for _ in range(3))
    other = people("omar", f"chair:{BOARD}")
    assert here.get("/account").text.count('href="/sessions"') == 1
    assert set(offered(here)) == {hash_of(number(one))[:HANDLE] for one in (left, lost)}
    page = here.get("/sessions").text
    for one in (here, left, lost):
        assert number(one) not in page
        assert hash_of(number(one)) not in page, "no more of it than names it"
    answer = fill(here, "/sessions", end=[hash_of(number(lost))[:HANDLE]])
    assert (answer.status_code, answer.headers["location"]) == (303, "/sessions")
    assert "The sessions were ended" in words(here.get("/sessions"))
    assert [one.get("/account").status_code for one in (here, left, lost, other)] == [200, 200, 401, 200]
    with engine.connect() as connection:
        rows = connection.execute(select(AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.detail)).all()
    assert [tuple(row) for row in rows] == [("sub:rita", "end-sessions", "sub:rita", "1")]


def test_nobody_ends_somebody_elses_nor_the_one_they_are_in(people: People) -> None:
    here, left, other = people("rita", "operations:*"), people("rita", "operations:*"), people("omar", "operations:*")
    carried = loaded(here, "/sessions")
    for wanted in (other, here):
        answer = send(here, "/sessions", carried, end=[hash_of(number(wanted))[:HANDLE]])
        assert answer.status_code == 422
    assert "Choose at least one" in words(fill(here, "/sessions"))
    assert [one.get("/account").status_code for one in (here, left, other)] == [200, 200, 200]


def test_somebody_who_is_signed_in_once_is_told_so(people: People) -> None:
    here = people("rita", "operations:*")
    assert "You are signed in nowhere else" in words(here.get("/sessions"))
    assert offered(here) == []
