"""Keeping actions on the pages: adding, changing, telling, closing, impact, and acknowledging as an agency."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from starlette.testclient import TestClient

from models.store import ActionRow
from models.store.actions import Listed, actions
from tests.dashboards.conftest import People
from tests.dashboards.filling import fill, loaded, send, words
from tests.dashboards.html import Page
from tests.dashboards.life.test_changes import log
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/actions"
ADDED = {
    "title": "Roll out the screening tool", "owner": "aldermere-health", "source": "need", "tell": ["aldermere-police"],
    "due-day": "1", "due-month": "6", "due-year": "2026",
}  # fmt: skip


@pytest.fixture
def chair(people: People) -> TestClient:
    return people("chas", f"chair:{BOARD}")


def listed(engine: Engine) -> list[Listed]:
    with engine.connect() as connection:
        return actions(connection, BOARD)


def acts(engine: Engine) -> list[tuple[str, str, str]]:
    return [(who, act, detail) for who, act, _, detail in log(engine) if act.startswith("action.")]


def added(engine: Engine, client: TestClient) -> str:
    """Add an action by its form; the address of its page."""
    assert fill(client, f"{PATH}/add", **ADDED).status_code == 303
    return f"{PATH}/{listed(engine)[-1].action_id}"


def test_the_life_of_an_action(engine: Engine, chair: TestClient) -> None:
    page = added(engine, chair)
    assert "The action was added." in words(chair.get(PATH))
    (action,) = listed(engine)
    assert (action.title, action.owner, action.source) == (ADDED["title"], "aldermere-health", "need")
    assert (str(action.opened_on), str(action.due_on), set(action.told)) == (
        "2026-05-11", "2026-06-01", {"aldermere-police"},
    )  # fmt: skip
    date = {"due-day": "30", "due-month": "6", "due-year": "2026"}
    assert fill(chair, f"{page}/change", **date).status_code == 303
    assert fill(chair, f"{page}/tell", tell=["aldermere-health"]).status_code == 303
    evidence = {"impact": "evidenced", "evidence": "screening rose by a third"}
    assert fill(chair, f"{page}/impact", **evidence).status_code == 303
    on = {"on-day": "10", "on-month": "5", "on-year": "2026"}
    wrong = fill(chair, f"{page}/close", **on)
    assert wrong.status_code == 409
    assert "opened later" in words(wrong)
    on["on-day"] = "11"
    assert fill(chair, f"{page}/close", **on).status_code == 303
    text = words(chair.get(page))
    assert "The action was closed." in text
    assert "Closed 11 May 2026, in time" in text
    assert "Evidence recorded: screening rose by a third" in text
    assert "due date changed (was 2026-06-01), by sub:chas" in text
    assert acts(engine) == [
        ("sub:chas", "action.open", "need"),
        ("sub:chas", "action.tell", "aldermere-police"),
        ("sub:chas", "action.move", "was 2026-06-01"),
        ("sub:chas", "action.tell", "aldermere-health"),
        ("sub:chas", "action.impact", "evidenced"),
        ("sub:chas", "action.close", ""),
    ]
    assert not [a for a in Page(chair.get(page).text).having("a") if a["href"].endswith(("/close", "/change"))]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"title": ""}, "title", "Say what is to be done"),
    ({"title": "Ring Jane Smith"}, "title", "looks like somebody's name"),
    ({"title": "Ring 07700 900123"}, "title", "telephone number"),
    ({"title": "x" * 281}, "title", "Shorten the text to 280 characters. It has 281"),
    ({"owner": ""}, "owner", "Choose the agency"),
    ({"owner": "zz-canary"}, "owner", "Choose the agency"),
    ({"source": "zz"}, "source-1", "Choose where it comes from"),
    ({"due-day": "31"}, "due-day", "give a real day"),
    ({"due-day": "x"}, "due-day", "give a real day"),
    ({"due-day": "9" * 5000}, "due-day", "give a real day"),
    ({"due-day": "", "due-month": "", "due-year": ""}, "due-day", "Say by when"),
    ({"due-month": "1"}, "due-day", "cannot be before the day"),
    ({"opened-day": "1", "opened-month": "7", "opened-year": "2026"}, "opened-day", "cannot be in the future"),
]


@pytest.mark.parametrize(("changed", "target", "why"), WRONG)
def test_what_is_wrong_is_said_at_the_top_and_what_was_typed_is_kept(
    changed: dict[str, Any], target: str, why: str, engine: Engine, chair: TestClient
) -> None:
    typed = {**ADDED, **changed}
    answer = fill(chair, f"{PATH}/add", **typed)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "<title>Error: " in answer.text
    (link,) = [a for a in page.having("a") if a["href"] == f"#{target}"]
    assert link
    assert [a for _, a in page.elements if a.get("id") == target]
    assert why in words(answer)
    assert page.having("input", name="due-year", value=typed["due-year"])
    assert page.having("input", name="tell", value="aldermere-police", checked="")
    if "title" not in changed:
        assert str(ADDED["title"]) in words(answer)
    assert listed(engine) == []
    assert acts(engine) == []


def test_evidence_is_asked_for_where_there_is_some(engine: Engine, chair: TestClient) -> None:
    page = added(engine, chair)
    for typed, why in (
        ({}, "Choose what is known"), ({"impact": "evidenced"}, "Say what the evidence is"),
        ({"impact": "evidenced", "evidence": "Ask Jane Smith"}, "looks like somebody's name"),
        ({"impact": "not_recorded"}, "Choose what is known"),
    ):  # fmt: skip
        answer = fill(chair, f"{page}/impact", **typed)
        assert answer.status_code == 422
        assert why in words(answer)
    assert fill(chair, f"{page}/impact", impact="none_found", evidence="left over").status_code == 303
    (action,) = listed(engine)
    assert (action.impact, action.evidence) == ("none_found", "")


def test_a_form_sent_twice_adds_one_action(engine: Engine, chair: TestClient) -> None:
    carried = loaded(chair, f"{PATH}/add")
    assert [send(chair, f"{PATH}/add", carried, **ADDED).status_code for _ in range(2)] == [303, 303]
    assert "the form was sent twice" in words(chair.get(PATH))
    assert len(listed(engine)) == 1
    page = f"{PATH}/{listed(engine)[0].action_id}"
    on = {"on-day": "11", "on-month": "5", "on-year": "2026"}
    carried = loaded(chair, f"{page}/close")
    assert [send(chair, f"{page}/close", carried, **on).status_code for _ in range(2)] == [303, 303]
    assert len(acts(engine)) == 3


def test_the_number_of_another_boards_action_tells_nothing(engine: Engine, chair: TestClient) -> None:
    page = added(engine, chair)
    with engine.begin() as connection:
        connection.execute(ActionRow.__table__.update().values(board="X08000002"))  # type: ignore[attr-defined]
    for path in ("", "/change", "/tell", "/impact", "/close"):
        assert chair.get(f"{page}{path}").status_code == 404
    token = loaded(chair, f"{PATH}/add")["form_token"]
    for path in ("/change", "/tell", "/impact", "/close"):
        assert chair.post(f"{page}{path}", data={"form_token": token}).status_code == 404


def test_two_chairs_at_once_and_one_is_told(engine: Engine, people: People, chair: TestClient) -> None:
    page = added(engine, chair)
    other = people("chris", f"chair:{BOARD}")
    browsers = {"20": chair, "25": other}
    carried = {day: loaded(client, f"{page}/change") for day, client in browsers.items()}
    start = Barrier(2)

    def press(day: str) -> tuple[int, str]:
        start.wait(10)
        typed = {"due-day": day, "due-month": "6", "due-year": "2026"}
        answer = browsers[day].post(f"{page}/change", data={**carried[day], **typed})
        return answer.status_code, words(answer) if answer.status_code == 409 else ""

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(browsers, pool.map(press, browsers), strict=True))
    (won,) = [day for day, (status, _) in answers.items() if status == 303]
    (lost,) = [text for status, text in answers.values() if status == 409]
    assert "due date changed (was 2026-06-01), by sub:ch" in lost
    assert str(listed(engine)[0].due_on) == f"2026-06-{won}"


def test_an_agency_acknowledges_for_itself_alone(engine: Engine, people: People, chair: TestClient) -> None:
    page = added(engine, chair)
    viewer = people("vic", f"viewer:{BOARD}:aldermere-health")
    (link,) = [a["href"] for a in Page(viewer.get(page).text).having("a") if "/acknowledge/" in a["href"]]
    assert link == f"{page}/acknowledge/aldermere-health"
    for _ in range(2):
        assert fill(viewer, link).status_code == 303
    text = words(viewer.get(page))
    assert "has acknowledged it." in text
    other = f"{page}/acknowledge/aldermere-police"
    assert viewer.get(other).status_code == 403
    token = loaded(viewer, link)["form_token"]
    assert viewer.post(other, data={"form_token": token}).status_code == 403
    assert chair.get(link).status_code == 403, "nobody acknowledges for an agency that is not theirs"
    strange = people("vera", f"viewer:{BOARD}:zz-agency")
    assert strange.get(f"{page}/acknowledge/zz-agency").status_code == 404
    stale = loaded(chair, f"{page}/change")
    assert acts(engine)[2:] == [("sub:vic", "action.acknowledge", "aldermere-health")]
    third = people("val", f"viewer:{BOARD}:aldermere-police")
    assert fill(third, other).status_code == 303
    date = {"due-day": "30", "due-month": "6", "due-year": "2026"}
    assert send(chair, f"{page}/change", stale, **date).status_code == 303, "an acknowledgement overtakes nobody"
    rows = {row[0]: row[1:] for row in Page(viewer.get(page).text).tables[0]}
    assert rows["Aldermere Police (synthetic)"] == ["yes", "yes"]
    assert len([who for who, act, _ in acts(engine) if act == "action.acknowledge"]) == 2


def test_markup_in_a_title_is_text(engine: Engine, chair: TestClient) -> None:
    fill(chair, f"{PATH}/add", **{**ADDED, "title": "<img src=x onerror=y> the tool"})
    for path in (PATH, f"{PATH}/{listed(engine)[0].action_id}"):
        answer = chair.get(path)
        assert "<img" not in answer.text
        assert "&lt;img" in answer.text


def test_what_no_database_keeps_is_left_out_or_not_found(engine: Engine, chair: TestClient) -> None:
    assert fill(chair, f"{PATH}/add", **{**ADDED, "title": "Roll out\x00 the\x1b tool"}).status_code == 303
    assert listed(engine)[0].title == "Roll out the tool"
    for path in (f"{PATH}/%00", f"/boards/{BOARD}/releases/%00", f"/releases/{BOARD}.%00.csv"):
        assert chair.get(path).status_code == 404


def test_rows_hold_what_was_typed_and_the_log_none_of_it(engine: Engine, chair: TestClient) -> None:
    added(engine, chair)
    with engine.connect() as connection:
        assert connection.scalars(select(ActionRow.title)).all() == [ADDED["title"]]
    assert "screening" not in str(log(engine))
