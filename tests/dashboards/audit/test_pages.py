"""The log's pages: whose rows, filters, paging, the file, and whether the log holds."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update
from starlette.testclient import TestClient

from dashboards.audit import chain
from dashboards.life.states import LifeState
from models.contract import topics
from models.service import clock
from models.store import ReleaseStateRow, audit, writing
from models.store.actions import Source, open_action
from tests.dashboards.conftest import People, browser, signed_in, store
from tests.dashboards.filling import words
from tests.dashboards.html import Page
from tests.dashboards.life.test_changes import log
from tests.models.store.factories import BOARD, make_release

OTHER = "X08000002"
PATH = f"/boards/{BOARD}/audit"


@pytest.fixture
def gil(people: People) -> TestClient:
    return people("gil", f"information-governance:{BOARD}")


def write(engine: Engine, *rows: tuple[str, str, str, str]) -> None:
    with writing(engine).begin() as connection:
        for row in rows:
            audit.append(connection, *row)


def rows(answer: object) -> list[list[str]]:
    tables = Page(answer.text).tables  # type: ignore[attr-defined]
    return tables[0][1:] if tables else []


def test_a_boards_page_has_its_rows_and_no_others(engine: Engine, gil: TestClient) -> None:
    with writing(engine).begin() as connection:
        action = open_action(
            connection, "chair", board=BOARD, source=Source.AUDIT, owner="aldermere-police", title="x",
            opened_on=clock.today(), due_on=clock.today(),
        )  # fmt: skip
    raw = topics.raw("aldermere-police").removeprefix("cse.events.")
    own = [
        BOARD, f"{BOARD}.2026Q1.l5", f"{BOARD}:aldermere-police", "aldermere-police", f"{raw}:1:77",
        f"{topics.ACCEPTED}:3:12",
    ]  # fmt: skip
    strange = [
        OTHER, f"{OTHER}.2026Q1.l5", f"{OTHER}:aldermere-police", "pages", "act-ffffffffffffffff", f"{BOARD}9",
        "zz-police", f"{topics.ACCEPTED}:33:12", f"{topics.ACCEPTED}:4:12",
    ]  # fmt: skip
    write(engine, *((f"sub:p{n}", "view", subject, "") for n, subject in enumerate([*own, *strange])))
    write(
        engine,
        ("sub:admin", "access.give", "sub:x", f"viewer:{BOARD}"),
        ("sub:a", "access.give", "sub:y", f"viewer:{OTHER}"),
    )
    found = {row[4] for row in rows(gil.get(PATH))}
    name = "Aldermere (synthetic)"
    said = {BOARD: name, own[1]: f"{name}, release of January to March 2026", own[2]: f"{name}:aldermere-police"}
    assert found == {*(said.get(subject, subject) for subject in own), action, "sub:x"}
    text_ = gil.get(PATH).text
    assert OTHER not in text_
    assert "sub:p7" not in text_


def test_filters_and_paging(engine: Engine, gil: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    write(engine, *(("sub:ana", "view", BOARD, "overview") for _ in range(130)), ("sub:<pia>", "approve", BOARD, ""))
    monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(clock_offset(timedelta(days=40))))
    gil = gil_again(engine, gil)
    write(engine, ("sub:ana", "withdraw", BOARD, "agreement"))
    first = gil.get(PATH)
    assert len(rows(first)) == 100
    assert "133 rows" in words(first)
    (older,) = [a["href"] for a in Page(first.text).having("a") if "before=" in a["href"]]
    second = gil.get(older)
    assert len(rows(second)) == 33
    assert not [a for a in Page(second.text).having("a") if "before=" in a["href"]]
    numbers = [int(row[0]) for row in (*rows(first), *rows(second))]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 133
    assert [row[3] for row in rows(gil.get(f"{PATH}?act=withdraw"))] == ["Withdrawn"]
    by = {o["value"] for o in Page(first.text).having("option")}
    assert "sub:ana" not in by, "no address names a person"
    ana = gil.get(f"{PATH}?person=1")
    assert "131 rows" in words(ana)
    assert "1 row." in words(gil.get(f"{PATH}?person=1&act=withdraw"))
    assert "131 rows" in words(gil.get(f"{PATH}?until=2026-05-11"))
    assert "2 rows" in words(gil.get(f"{PATH}?since=2026-05-12"))
    wrong = gil.get(f"{PATH}?since=31.2.&until=zz-canary")
    assert wrong.status_code == 422
    assert "From: give a real day" in words(wrong)
    assert "<title>Error: " in wrong.text
    assert gil.get(f"{PATH}?person=99999999999999999999999&before=x&act=zz&board=zz").status_code == 200
    assert rows(gil.get(f"{PATH}?person=4711")) == []


def clock_offset(more: timedelta) -> int:
    return int((clock.now() + more - datetime.now(UTC)).total_seconds())


def gil_again(engine: Engine, gil: TestClient) -> TestClient:
    """A session of the new day in the same browser."""
    gil.cookies.set("__Host-ypsem", signed_in(engine, f"information-governance:{BOARD}", subject="gil"))
    return gil


def test_somebody_elses_row_leads_to_nobody(engine: Engine, gil: TestClient) -> None:
    """The number of a row that the reader may not see says nothing about who wrote it."""
    write(engine, ("sub:ana", "view", OTHER, ""), ("sub:ana", "view", BOARD, ""))
    assert rows(gil.get(f"{PATH}?person=1")) == []
    assert len(rows(gil.get(f"{PATH}?person=2"))) == 1


def test_the_file_has_all_rows_and_no_formula(engine: Engine, gil: TestClient) -> None:
    write(
        engine, ("sub:ana", "=cmd|' /C calc'!A0", BOARD, "@SUM(1)"), *(("sub:b", "view", BOARD, "") for _ in range(600))
    )
    answer = gil.get(f"{PATH}/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-log.csv"'
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert table[0] == ["number", "at", "who", "action", "subject", "detail", "previous", "hash"]
    assert len(table) == 1 + 602, "the rows, and that it was taken"
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert table[-1][3].startswith("'=cmd")
    filtered = gil.get(f"{PATH}/csv?person=1").content.decode("utf-8-sig").splitlines()
    assert len(filtered) == 2
    assert log(engine)[-1] == ("sub:gil", "download", BOARD, "audit.csv")


def test_the_whole_log_has_sign_ins_and_narrows_to_a_board(engine: Engine, people: People) -> None:
    write(
        engine,
        ("sub:ana", "sign-in", "pages", ""),
        ("sub:ana", "view", BOARD, ""),
        ("sub:ana", "refused", "pages", "mend"),
    )
    everything = people("gus", "information-governance:*")
    page = everything.get("/audit")
    assert [row[3] for row in rows(page)] == ["Viewed", "Refused, for want of a role", "Viewed", "Signed in"]
    assert len(rows(everything.get(f"/audit?board={BOARD}"))) == 1
    assert everything.get("/audit/csv").content.count(b"\r\n") == 6
    one = people("gil", f"information-governance:{BOARD}")
    for path in ("/audit", "/audit/csv", "/audit/chain"):
        assert one.get(path).status_code == 403


def test_the_page_says_whether_the_log_holds(engine: Engine, gil: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    store(engine, make_release("2026Q1"), state=LifeState.BUILT)
    holds = gil.get(f"{PATH}/chain")
    assert "Yes: no row was changed" in words(holds)
    (head,) = log(engine)
    assert head == ("sub:gil", "view", BOARD, "audit.chain")
    assert f"{1}:" in words(holds)
    with engine.begin() as connection:
        values = {"release_id": f"{BOARD}.2026Q1.l1", "state": "approved", "since": clock.now()}
        connection.execute(ReleaseStateRow.__table__.insert().values(values))  # type: ignore[attr-defined]
    assert "Yes" in words(gil.get(f"{PATH}/chain")), "a check stands for a minute"
    monkeypatch.setattr(chain, "STANDS_SECONDS", 0.0)
    assert "No: a release has a state that the log does not have." in words(gil.get(f"{PATH}/chain"))


def test_a_row_that_was_changed_is_found(sqlite: Engine, register_dir: Path) -> None:
    write(sqlite, ("sub:ana", "view", BOARD, ""))
    with sqlite.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_update"))
        connection.execute(update(audit.AuditRow).values(who="sub:eve"))
    client = browser(sqlite, register_dir, signed_in(sqlite, f"information-governance:{BOARD}"))
    assert "No: a row was changed after it was written. It was found at row 1." in words(client.get(f"{PATH}/chain"))


def test_looking_at_the_log_does_not_fill_it(engine: Engine, gil: TestClient) -> None:
    for _ in range(5):
        gil.get(PATH)
        gil.get(f"{PATH}?act=view")
        gil.get(f"{PATH}/csv")
        gil.get(f"{PATH}/chain")
        gil.get(f"/boards/{OTHER}")
    assert [row[1:] for row in log(engine)] == [
        ("view", BOARD, "audit"), ("download", BOARD, "audit.csv"), ("view", BOARD, "audit.chain"),
        ("refused", "pages", "see_figures"),
    ]  # fmt: skip
