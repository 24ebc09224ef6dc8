"""Asking for, approving, refusing, withdrawing, correcting and annotating releases, as people do it on the pages."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, select, update

from dashboards.errors import DecisionRefused
from dashboards.life import changes
from dashboards.life.states import LifeState
from dashboards.life.verify import verify
from models.store import ReleaseAnnotationRow, ReleaseRow, ReleaseStateRow, RequestRow, audit
from tests.dashboards.conftest import TODAY, People, browser, signed_in, store
from tests.dashboards.filling import fill, loaded, send, words
from tests.dashboards.html import Page
from tests.dashboards.life.test_changes import log, request, state_of
from tests.models.store.factories import BOARD, make_cell, make_release

PATH = f"/boards/{BOARD}/releases"
RELEASE = f"{BOARD}.2026Q1.l1"
ONE = f"{PATH}/{RELEASE}"
BUILT = LifeState.BUILT


@pytest.fixture
def people(engine: Engine, register_dir: Path) -> People:
    """Makes somebody's browser: a subject, and their roles on the board."""
    return lambda subject, *roles: browser(
        engine, register_dir, signed_in(engine, *(f"{role}:{BOARD}" for role in roles), subject=subject, name=subject)
    )


def holds(engine: Engine) -> bool:
    with engine.connect() as connection:
        return verify(connection).wrong is None


def test_two_publishers_approve_what_was_built_on_schedule(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    first, second = people("pia", "publisher"), people("pat", "publisher")
    assert "two publishers: it was built on schedule" in words(first.get(PATH))
    once = fill(first, f"{ONE}/approve")
    assert (once.status_code, once.headers["location"]) == (303, ONE)
    assert "Your approval is recorded. A second person has to approve" in words(first.get(ONE))
    assert "Your approval is recorded" not in words(first.get(ONE)), "it is said once"
    assert "another publisher than the first" in words(second.get(PATH))
    again = fill(first, f"{ONE}/approve")
    assert again.status_code == 409
    assert "The same person cannot approve twice" in words(again)
    assert fill(second, f"{ONE}/approve").status_code == 303
    assert "You approved the release. Its figures are shown from now on." in words(second.get(ONE))
    assert [row[:2] for row in log(engine) if row[1] == "approve"] == [("sub:pia", "approve"), ("sub:pat", "approve")]
    assert first.get(f"/boards/{BOARD}/figures?window=2026Q1").status_code == 200
    assert holds(engine)


def test_whoever_asked_cannot_approve_whatever_roles_they_have(engine: Engine, people: People) -> None:
    both, other = people("rita", "analyst", "publisher"), people("pat", "publisher")
    asked = fill(both, f"{PATH}/ask", windows=["2025Q4"])
    assert (asked.status_code, asked.headers["location"]) == (303, PATH)
    page = words(both.get(PATH))
    assert "You asked for the release." in page
    assert "October to December 2025: asked for by sub:rita" in page
    store(engine, make_release("2025Q4"), state=BUILT)
    with engine.begin() as connection:
        connection.execute(update(ReleaseRow).values(received_at=TODAY + timedelta(minutes=5)))
    path = f"{PATH}/{BOARD}.2025Q4.l1"
    assert "one publisher who did not ask for it" in words(both.get(path))
    refused = fill(both, f"{path}/approve")
    assert refused.status_code == 409
    assert "Whoever asked for a release cannot approve it" in words(refused)
    assert fill(other, f"{path}/approve").status_code == 303
    assert state_of(engine, f"{BOARD}.2025Q4.l1") == "approved"
    assert [row[1] for row in log(engine)] == ["request", "approve"]


def test_a_typed_name_is_nobody_beside_people_who_signed_in(engine: Engine, people: People) -> None:
    """Somebody asks at the terminal under any name, and approves on the pages: that is not yet two people."""
    store(engine, make_release("2026Q1"), state=BUILT)
    request(engine, "same.person", "2026Q1")
    pia = people("pia", "publisher")
    assert "two publishers: whoever asked only typed a name" in words(pia.get(ONE))
    assert fill(pia, f"{ONE}/approve").status_code == 303
    assert state_of(engine, RELEASE) == "approved_once"
    with pytest.raises(DecisionRefused, match="a typed name approves nothing here"):
        changes.approve(engine, RELEASE, "same.person2")
    assert fill(people("pat", "publisher"), f"{ONE}/approve").status_code == 303
    assert state_of(engine, RELEASE) == "approved"
    assert holds(engine)


def test_after_a_typed_approval_two_people_are_still_needed(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    changes.approve(engine, RELEASE, "typed.name")
    for subject, after in (("pia", "approved_once"), ("pat", "approved")):
        assert fill(people(subject, "publisher"), f"{ONE}/approve").status_code == 303
        assert state_of(engine, RELEASE) == after
    assert holds(engine)


def test_typed_names_approve_no_release_of_real_children(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1", synthetic=False), state=BUILT)
    with pytest.raises(DecisionRefused, match="sign in to the pages"):
        changes.approve(engine, RELEASE, "amir")
    assert log(engine) == []
    assert fill(people("pia", "publisher"), f"{ONE}/approve").status_code == 303


@pytest.mark.parametrize(
    ("act", "role", "before", "after", "said"),
    [
        ("refuse", "publisher", BUILT, "refused", "You refused the release"),
        ("withdraw", "publisher", LifeState.APPROVED, "withdrawn", "You withdrew the release"),
        ("withdraw", "information-governance", BUILT, "withdrawn", "You withdrew the release"),
    ],
)
def test_what_cannot_be_undone_is_checked_before_it_is_done(
    act: str, role: str, before: LifeState, after: str, said: str, engine: Engine, people: People
) -> None:
    store(engine, make_release("2026Q1"), state=before)
    client, path = people("gil", role), f"{ONE}/{act}"
    was = state_of(engine, RELEASE)
    missing = client.post(path, data=loaded(client, path))
    assert missing.status_code == 422
    page = Page(missing.text)
    assert "Error: " in missing.text[missing.text.index("<title>") : missing.text.index("</title>")]
    (link,) = [a["href"] for a in page.having("a") if a["href"].startswith("#reason")]
    assert page.having("input", id=link.removeprefix("#")), "the error leads to the question"
    check = client.post(path, data={**loaded(client, path), "reason": "wrong_return"})
    assert check.status_code == 200
    assert "An agency's return was wrong" in words(check)
    assert "This cannot be undone" in words(check)
    assert state_of(engine, RELEASE) == was
    changed = client.post(path, data={**loaded(client, path), "reason": "wrong_return", "confirmed": "no"})
    assert Page(changed.text).having("input", value="wrong_return", checked=""), "the answer is kept"
    done = fill(client, path, reason="wrong_return")
    assert (done.status_code, state_of(engine, RELEASE)) == (303, after)
    assert said in words(client.get(ONE))
    assert log(engine) == [("sub:gil", act, RELEASE, "wrong_return")]
    assert client.get(f"/releases/{RELEASE}.csv").status_code == 404


def test_a_release_that_was_refused_says_so_on_the_boards_page(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    client = people("pia", "publisher")
    fill(client, f"{ONE}/refuse", reason="wrong_method")
    page = words(client.get(f"/boards/{BOARD}"))
    assert "refused on 11 May 2026 (a figure was worked out wrongly)" in page
    assert fill(client, f"{ONE}/approve").status_code == 409


def test_a_notice_and_an_annotation_stand_beside_a_release(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1", cells=(make_cell("m9_children", 45),)))
    ana = people("ana", "analyst")
    wrong = fill(ana, f"{ONE}/correct", reason="return")
    assert wrong.status_code == 422
    assert "Choose which figures are wrong" in words(wrong)
    assert fill(ana, f"{ONE}/correct", reason="return", measure="m9_children").status_code == 303
    assert "The correction notice stands beside the figures" in words(ana.get(ONE))
    assert fill(ana, f"{ONE}/correct", reason="return", measure="all").status_code == 409
    for text, why in (
        ("", "Write the annotation"),
        ("ring Jane Smith about it", "two words with capital letters"),
        ("ring 07700 900123", "telephone number"),
        ("x" * 281, "Shorten the text to 280 characters. It has 281"),
    ):
        refused = fill(ana, f"{ONE}/annotate", text=text)
        assert refused.status_code == 422
        assert why in words(refused)
        assert text in refused.text, "what was typed is kept"
    text = "<script>alert(1)</script> the police return came late"
    assert fill(ana, f"{ONE}/annotate", text=text).status_code == 303
    page = ana.get(ONE)
    assert "the police return came late" in words(page)
    assert "<script" not in page.text
    assert [row[1:] for row in log(engine)] == [("correct", RELEASE, "return m9_children"), ("annotate", RELEASE, "")]
    assert "the police return came late" in words(ana.get(f"/boards/{BOARD}/figures?window=2026Q1"))
    assert text not in str(log(engine))
    assert ana.get(f"/releases/{RELEASE}.json").text.find("police return") == -1
    viewer = people("vic", "viewer")
    assert viewer.get(ONE).status_code == 403


ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "approve": ("publisher", {}),
    "refuse": ("publisher", {"reason": "agreement"}),
    "withdraw": ("publisher", {"reason": "agreement"}),
    "annotate": ("publisher", {"text": "the return came late"}),
}


@pytest.mark.parametrize("act", ACTS)
def test_the_same_form_sent_twice_counts_once(act: str, engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    role, typed = ACTS[act]
    client, path = people("pia", role), f"{ONE}/{act}"
    carried = loaded(client, path)
    assert send(client, path, carried, **typed).status_code == 303
    before = log(engine)
    second = send(client, path, carried, **typed)  # the back button, and the same button again
    assert (second.status_code, second.headers["location"]) == (303, ONE)
    assert "the form was sent twice, and the first time counted" in words(client.get(ONE))
    assert log(engine) == before


def test_whoever_is_overtaken_is_told_what_happened(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    first, second = people("pia", "publisher"), people("gil", "information-governance")
    stale = loaded(first, f"{ONE}/approve")
    fill(second, f"{ONE}/withdraw", reason="protection")
    answer = send(first, f"{ONE}/approve", stale)
    assert answer.status_code == 409
    said = words(answer)
    assert "Somebody acted on this after you had loaded the page" in said
    assert "withdrawn (its protection of children is in doubt), by sub:gil" in said
    assert state_of(engine, RELEASE) == "withdrawn"
    without = {"form_token": stale["form_token"]}
    assert send(first, f"{ONE}/approve", without).status_code == 409, "a form that does not say what it saw"


def test_two_who_press_at_the_same_moment_are_one_and_the_other(engine: Engine, people: People) -> None:
    """Two browsers, two connections: one refuses while the other approves. One of them is told."""
    store(engine, make_release("2026Q1"), state=BUILT)
    request(engine, "sub:rita", "2026Q1")
    browsers = {"approve": people("pia", "publisher"), "refuse": people("pat", "publisher")}
    carried = {act: loaded(client, f"{ONE}/{act}") for act, client in browsers.items()}
    start = Barrier(2)

    def press(act: str) -> int:
        start.wait(10)
        answer = browsers[act].post(f"{ONE}/{act}", data={**carried[act], "reason": "agreement", "confirmed": "yes"})
        return int(answer.status_code)

    with ThreadPoolExecutor(2) as pool:
        statuses = dict(zip(browsers, pool.map(press, browsers), strict=True))
    assert sorted(statuses.values()) == [303, 409]
    (won,) = [act for act, status in statuses.items() if status == 303]
    assert state_of(engine, RELEASE) == {"approve": "approved", "refuse": "refused"}[won]
    assert [row[1] for row in log(engine)] == [won]
    assert holds(engine)


def test_two_who_approve_a_scheduled_release_at_the_same_moment(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    browsers = [people("pia", "publisher"), people("pat", "publisher")]
    carried = [loaded(client, f"{ONE}/approve") for client in browsers]
    start = Barrier(2)

    def press(number: int) -> int:
        start.wait(10)
        return int(browsers[number].post(f"{ONE}/approve", data=carried[number]).status_code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == [303, 409], "the second is told that the first approved meanwhile"
    assert state_of(engine, RELEASE) == "approved_once"


def test_a_request_is_made_once_and_only_for_what_may_be_asked_for(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    ana, chas, path = people("ana", "analyst"), people("chas", "chair"), f"{PATH}/ask"
    assert "January to March 2026" not in words(ana.get(path)), "it has a release"
    assert fill(ana, path).status_code == 422
    for strange in ("2026Q1", "2026Q2", "2025-10", "zz"):
        assert fill(ana, path, windows=[strange]).status_code == 422
    carried = loaded(ana, path)
    assert [send(ana, path, carried, windows=["2025Q4"]).status_code for _ in range(2)] == [303, 303]
    other = fill(chas, path, windows=["2025Q4"])
    assert other.status_code == 409
    assert "within the last hour" in words(other)
    assert fill(chas, path, windows=["2025Q3"]).status_code == 303
    with engine.connect() as connection:
        rows = connection.execute(select(RequestRow.requested_by, RequestRow.kind, RequestRow.board)).all()
    assert sorted(map(tuple, rows)) == [
        ("sub:ana", "build_releases", BOARD), ("sub:chas", "build_releases", BOARD),
    ]  # fmt: skip


def test_a_release_of_another_board_is_not_found_under_ones_own(engine: Engine, people: People) -> None:
    other = make_release("2026Q1", board="X08000002", release_id="X08000002.2026Q1.l1")
    store(engine, other, state=BUILT)
    client = people("pia", "publisher", "analyst", "information-governance")
    for act in ("", "/approve", "/refuse", "/withdraw", "/correct", "/annotate"):
        assert client.get(f"{PATH}/{other.release_id}{act}").status_code == 404
    token = loaded(client, f"{PATH}/ask")["form_token"]
    for act in ("approve", "refuse", "withdraw", "correct", "annotate"):
        answer = client.post(f"{PATH}/{other.release_id}/{act}", data={"form_token": token, "confirmed": "yes"})
        assert answer.status_code == 404
    assert log(engine) == []


def test_without_the_form_token_nothing_is_done(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    client = people("pia", "publisher")
    carried = loaded(client, f"{ONE}/approve")
    assert client.post(f"{ONE}/approve", data={"seen": carried["seen"]}).status_code == 403
    assert state_of(engine, RELEASE) is None


def test_what_a_page_says_once_cannot_be_written_by_somebody_else(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    client = people("pia", "publisher")
    client.cookies.set("__Host-ypsem-said", "zz-canary-zz")
    assert "canary" not in client.get(ONE).text


def test_the_log_is_complete_and_no_figure_is_on_these_pages(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1", cells=(make_cell("m1_children", 7745),)), state=BUILT)
    client = people("pia", "publisher", "analyst", "information-governance")
    for path in (PATH, ONE, *(f"{ONE}/{act}" for act in ("approve", "refuse", "withdraw", "correct", "annotate"))):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "7745" not in answer.text
        assert "7,745" not in answer.text


def test_a_look_is_noted_once_in_a_quarter_of_an_hour(
    engine: Engine, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(engine, make_release("2026Q1"))
    ana, pia = people("ana", "analyst"), people("pia", "publisher")
    for _ in range(5):
        ana.get(f"/boards/{BOARD}/figures?window=2026Q1&view=board")
        ana.get(f"/releases/{RELEASE}.csv")
    pia.get(f"/releases/{RELEASE}.csv")
    looks = [("sub:ana", "view", RELEASE, "board"), ("sub:ana", "download", RELEASE, "csv")]
    assert log(engine) == [*looks, ("sub:pia", "download", RELEASE, "csv")]
    at = TODAY + timedelta(minutes=16)
    with engine.connect() as connection:
        assert not audit.noted_since(connection, at - audit.AGAIN, "sub:ana", "view", RELEASE, "board")


def test_many_looks_at_one_moment_are_one_row(engine: Engine) -> None:
    """All of them find nothing before any of them has written."""
    store(engine, make_release("2026Q1"))
    looks, start, real = 4, Barrier(4), audit.noted_since
    first = threading.local()

    def all_look(*given: Any, **told: Any) -> bool:
        found = real(*given, **told)
        if not getattr(first, "done", False):
            first.done = True
            start.wait(10)
        return found

    with patch.object(audit, "noted_since", all_look), ThreadPoolExecutor(looks) as pool:
        for done in [
            pool.submit(changes.note_reading, engine, changes.ReadingKind.VIEW, RELEASE, "board", who="sub:ana")
            for _ in range(looks)
        ]:
            done.result(60)
    assert log(engine) == [("sub:ana", "view", RELEASE, "board")]


def test_rows_of_annotations_are_what_was_written(engine: Engine, people: People) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    fill(people("ana", "analyst"), f"{ONE}/annotate", text="two  spaces stay\nand a line")
    with engine.connect() as connection:
        row = ReleaseAnnotationRow
        assert connection.execute(select(row.by, row.text)).all() == [("sub:ana", "two  spaces stay\nand a line")]
        assert connection.execute(select(ReleaseStateRow)).all() == []
