"""The page of actions: overdue ones are loud, texts are for people with a role there, and monitoring hears of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from dashboards import health, metrics
from models.store import writing
from models.store.actions import Impact, Source, close, open_action, record_impact, tell
from tests.dashboards.conftest import Visit, browser, signed_in, store
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_release

PATH = f"/boards/{BOARD}/actions"
TITLE = "Roll out the screening tool"


def opened(engine: Engine, due: date, title: str = TITLE) -> str:
    with writing(engine).begin() as connection:
        since = date(2026, 1, 5)
        return open_action(
            connection, "chair", board=BOARD, source=Source.NEED, owner="aldermere-health", title=title,
            opened_on=since, due_on=due,
        )  # fmt: skip


def seen(engine: Engine, visit: Visit) -> Page:
    return Page(visit(engine).get(PATH).text)


def test_overdue_open_and_closed_actions_stand_apart(engine: Engine, visit: Visit) -> None:
    late, done = opened(engine, date(2026, 4, 30)), opened(engine, date(2026, 4, 1), "Share what was learnt")
    opened(engine, date(2026, 6, 1), "Agree a form of words")
    with writing(engine).begin() as connection:
        tell(connection, "chair", late, ["aldermere-police"], date(2026, 2, 1))
        close(connection, "beth", done, date(2026, 3, 31))
        record_impact(connection, "beth", done, Impact.EVIDENCED, "Staff say so")
    page = seen(engine, visit)
    overdue, open_, closed = page.tables
    assert overdue[1][0].startswith(TITLE)
    assert overdue[1][4] == "Overdue by 11 days"
    assert overdue[1][5].startswith("1 of 8 agencies")
    assert "told (Aldermere Police (synthetic)), by chair" in overdue[1][0]
    assert "Aldermere Police" not in overdue[1][5]  # the list of those who were not told
    assert (open_[1][4], open_[1][6]) == ("Open", "Not recorded")
    assert (closed[1][4], closed[1][6]) == ("Closed 31 March 2026, in time", "Evidence recorded Staff say so")
    assert "1 action is overdue." in " ".join(page.text.split())


def test_without_a_session_or_a_role_no_text_of_anybodys_is_on_a_page(sqlite: Engine, register_dir: Path) -> None:
    action = opened(sqlite, date(2026, 4, 30))
    with writing(sqlite).begin() as connection:
        record_impact(connection, "chair", action, Impact.EVIDENCED, "Staff say so")
    elsewhere = signed_in(sqlite, "chair:X08000002", "operations:*", "administrator:*")
    for number, status in ((None, 401), (elsewhere, 403)):
        for path in (PATH, f"/boards/{BOARD}"):
            answer = browser(sqlite, register_dir, number).get(path)
            assert answer.status_code == status
            assert TITLE not in answer.text
            assert "Staff say so" not in answer.text
            assert "overdue" not in answer.text


def test_the_overview_is_loud_about_what_is_overdue_and_silent_about_the_rest(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"))
    opened(sqlite, date(2026, 6, 1))
    assert "no action is overdue" in visit(sqlite).get(f"/boards/{BOARD}").text
    opened(sqlite, date(2026, 5, 10))
    page = Page(visit(sqlite).get(f"/boards/{BOARD}").text)
    assert "One action is overdue: what happens?" in " ".join(page.text.split())


def test_monitoring_is_told_how_many_and_of_which_board_never(sqlite: Engine) -> None:
    opened(sqlite, date(2026, 5, 10))
    opened(sqlite, date(2026, 5, 11))
    assert health.look(sqlite) is None
    (family,) = metrics.OVERDUE_ACTIONS.collect()
    assert [(sample.labels, sample.value) for sample in family.samples] == [({}, 1.0)]


def test_no_action_is_no_failure(sqlite: Engine, visit: Visit) -> None:
    page = Page(visit(sqlite).get(PATH).text)
    assert page.tables == []
    assert "No action is overdue." in page.text


def test_a_strange_board_is_not_found(sqlite: Engine, visit: Visit) -> None:
    assert visit(sqlite).get("/boards/X99999999/actions").status_code == 404
