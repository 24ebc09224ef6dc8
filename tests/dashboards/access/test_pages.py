"""Roles that an administrator gives: they count at once, end by date or at once, and one's own needs two people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from dashboards.people import changes
from dashboards.people.person import Person
from models.service import clock
from models.store import GrantRow
from tests.dashboards.audit.test_pages import clock_offset
from tests.dashboards.conftest import People
from tests.dashboards.filling import fill, loaded, send, words
from tests.dashboards.html import Page
from tests.dashboards.life.test_changes import log
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/access"
OTHER = "X08000002"
TYPED: dict[str, Any] = {
    "person": "sub:rita", "role": "chair", "ends-day": "30", "ends-month": "6", "ends-year": "2026",
    "starts-day": "11", "starts-month": "5", "starts-year": "2026",
}  # fmt: skip


@pytest.fixture
def ada(people: People) -> TestClient:
    return people("ada", f"administrator:{BOARD}")


def acts(engine: Engine) -> list[tuple[str, str, str, str]]:
    return [row for row in log(engine) if row[1].startswith("access.")]


def address_of(engine: Engine, act: str) -> str:
    with engine.connect() as connection:
        return f"{PATH}/{connection.scalar(select(GrantRow.grant_id))}/{act}"


def test_a_role_counts_at_once_and_is_gone_at_once(engine: Engine, people: People, ada: TestClient) -> None:
    rita = people("rita", f"analyst:{OTHER}")
    assert rita.get(f"/boards/{BOARD}").status_code == 403
    assert fill(ada, f"{PATH}/give", **TYPED).status_code == 303
    page = words(ada.get(PATH))
    assert "The role was given." in page
    assert "In force" in page
    assert rita.get(f"/boards/{BOARD}").status_code == 200
    assert rita.get(f"/boards/{BOARD}/releases/ask").status_code == 200, "as a chair"
    assert rita.get(f"{PATH}").status_code == 403
    revoke = address_of(engine, "revoke")
    for _ in range(2):
        assert send(ada, revoke, loaded(ada, revoke)).status_code == 303
    assert rita.get(f"/boards/{BOARD}").status_code == 403, "in a session that was open before"
    assert acts(engine) == [
        ("sub:ada", "access.give", "sub:rita", f"chair:{BOARD}"),
        ("sub:ada", "access.revoke", "sub:rita", f"chair:{BOARD}"),
    ]


def test_a_role_of_ones_own_needs_a_second_administrator(engine: Engine, people: People, ada: TestClient) -> None:
    assert fill(ada, f"{PATH}/give", **{**TYPED, "person": "sub:ada", "role": "publisher"}).status_code == 303
    assert "Another administrator has to confirm it" in words(ada.get(PATH))
    confirm = address_of(engine, "confirm")
    assert ada.get(f"/boards/{BOARD}").status_code == 403
    refused = fill(ada, confirm)
    assert refused.status_code == 409
    assert "Nobody confirms a role of their own" in words(refused)
    assert not [a for a in Page(ada.get(PATH).text).having("a") if a["href"] == confirm]
    alan = people("alan", f"administrator:{BOARD}")
    for _ in range(2):
        assert fill(alan, confirm).status_code == 303
    assert ada.get(f"/boards/{BOARD}").status_code == 200
    assert [row[:2] for row in acts(engine)] == [("sub:ada", "access.give"), ("sub:alan", "access.confirm")]


def test_a_role_begins_and_ends_with_its_days(
    engine: Engine, people: People, ada: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = {"starts-day": "20", "ends-month": "5", "ends-day": "21"}
    assert fill(ada, f"{PATH}/give", **{**TYPED, **later}).status_code == 303
    assert "From 20 May 2026" in words(ada.get(PATH))
    for days, status in ((0, 403), (9, 200), (10, 200), (11, 403)):
        monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(clock_offset(timedelta(0))))
        on = clock.now() + timedelta(days=days)
        monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(clock_offset(on - clock.now())))
        rita = people("rita", f"analyst:{OTHER}")
        assert rita.get(f"/boards/{BOARD}").status_code == status, days
        monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(clock_offset(-timedelta(days=days))))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"person": "rita"}, "sub:..."), ({"person": "sub:a b"}, "sub:..."), ({"person": ""}, "sub:..."),
    ({"role": ""}, "Choose a role"), ({"role": "operations"}, "Choose a role"),
    ({"role": "key-custodian"}, "Choose a role"),
    ({"role": "viewer"}, "Choose the agency"), ({"role": "viewer", "agency": "zz"}, "Choose the agency"),
    ({"agency": "aldermere-police"}, "Only a viewer is of an agency"),
    ({"starts-day": "10"}, "from today or later"), ({"ends-day": "31"}, "give a real day"),
    ({"ends-year": "2028"}, "within a year"), ({"ends-month": "4"}, "ends after it begins"),
    ({"ends-day": "", "ends-month": "", "ends-year": ""}, "Say until when"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "why"), WRONG)
def test_what_may_not_be_given(changed: dict[str, Any], why: str, engine: Engine, ada: TestClient) -> None:
    answer = fill(ada, f"{PATH}/give", **{**TYPED, **changed})
    assert answer.status_code == 422
    assert why in words(answer)
    assert acts(engine) == []


def test_an_administrator_gives_on_the_own_board_alone(engine: Engine, people: People, ada: TestClient) -> None:
    assert fill(ada, f"{PATH}/give", **TYPED).status_code == 303
    with engine.begin() as connection:
        connection.execute(GrantRow.__table__.update().values(board=OTHER))  # type: ignore[attr-defined]
    token = loaded(ada, f"{PATH}/give")["form_token"]
    for act in ("confirm", "revoke"):
        assert ada.get(address_of(engine, act)).status_code == 404
        assert ada.post(address_of(engine, act), data={"form_token": token}).status_code == 404
    assert ada.get(f"/boards/{OTHER}/access").status_code == 403
    assert OTHER not in words(ada.get(PATH))
    assert ada.get("/").status_code == 200
    assert Page(ada.get("/").text).having("a", href=PATH)
    assert not Page(ada.get(PATH).text).having("a", href=f"/boards/{BOARD}/figures"), "it leads nowhere they may not go"


def test_a_form_sent_twice_gives_once(engine: Engine, ada: TestClient) -> None:
    carried = loaded(ada, f"{PATH}/give")
    assert [send(ada, f"{PATH}/give", carried, **TYPED).status_code for _ in range(2)] == [303, 303]
    assert fill(ada, f"{PATH}/give", **TYPED).status_code == 303
    assert len(acts(engine)) == 1


def test_somebody_with_a_role_from_here_alone_can_sign_in(engine: Engine, ada: TestClient) -> None:
    nobody = Person("https://provider.example", "rita", "Rita", frozenset())
    assert changes.signed_in(engine, "answer 1", nobody, None) is None
    assert fill(ada, f"{PATH}/give", **TYPED).status_code == 303
    opened = changes.signed_in(engine, "answer 2", nobody, None)
    assert opened is not None
    session = changes.seen(engine, opened.number)
    assert session is not None
    assert session.grants == f"chair:{BOARD}"
