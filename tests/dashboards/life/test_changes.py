"""Approval and withdrawal on real databases: what they store, and that nothing is stored without its audit row."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

import dashboards
from dashboards.errors import DecisionRefused
from dashboards.life import changes
from dashboards.life.states import DecisionReason, Fault, LifeState
from dashboards.life.verify import Mismatch, verify
from models.register import load_register
from models.releases import RequestBuild
from models.store import Base, ReleaseApprovalRow, ReleaseStateRow, RequestRow, audit, writing
from tests.dashboards.conftest import REGISTER, TODAY, store
from tests.models.store.factories import BOARD, make_release

OLD, NEW = f"{BOARD}.2025Q4.l1", f"{BOARD}.2026Q1.l1"
BUILT = LifeState.BUILT


def request(engine: Engine, who: str, *windows: str, at: datetime = TODAY, board: str = BOARD) -> None:
    """A request as `python -m consumers request-release` stores it."""
    body = RequestBuild(request_id=f"r-{re.sub(r'[^a-z]', '-', who)}", board=board, windows=windows, requested_at=at)
    row = {"request_id": body.request_id, "kind": body.kind, "board": board, "body": body.model_dump_json().encode()}
    with engine.begin() as connection:
        connection.execute(insert(RequestRow).values(**row, requested_by=who, requested_at=at))


def state_of(engine: Engine, release_id: str) -> str | None:
    with engine.connect() as connection:
        return connection.scalar(select(ReleaseStateRow.state).where(ReleaseStateRow.release_id == release_id))


def log(engine: Engine) -> list[tuple[str, str, str, str]]:
    with engine.connect() as connection:
        return [(e.who, e.action, e.subject, e.detail) for e in audit.entries(connection)]


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in Base.metadata.sorted_tables
        }


def test_the_life_of_a_requested_release_in_the_log(engine: Engine) -> None:
    store(engine, make_release("2025Q4"), make_release("2026Q1"), state=BUILT)
    request(engine, "rita", "2025Q4", "2026Q1")
    with pytest.raises(DecisionRefused):
        changes.approve(engine, OLD, "rita")
    assert log(engine) == []
    assert changes.approve(engine, OLD, "amir") is LifeState.APPROVED
    assert changes.approve(engine, NEW, "amir") is LifeState.APPROVED
    assert state_of(engine, OLD) == "superseded"
    assert changes.withdraw(engine, NEW, "beth", DecisionReason.WRONG_RETURN) is LifeState.WITHDRAWN
    assert state_of(engine, OLD) == "approved"
    assert log(engine) == [
        ("amir", "approve", OLD, "approved"),
        ("amir", "approve", NEW, "approved"),
        ("amir", "supersede", OLD, ""),
        ("beth", "withdraw", NEW, "wrong_return"),
        ("beth", "restore", OLD, ""),
    ]
    with engine.connect() as connection:
        assert verify(connection).wrong is None


def test_a_scheduled_release_waits_for_a_second_person(engine: Engine) -> None:
    store(engine, make_release("2026Q1"), state=BUILT)
    assert changes.approve(engine, NEW, "amir") is LifeState.APPROVED_ONCE
    with pytest.raises(DecisionRefused):
        changes.approve(engine, NEW, "amir")
    assert changes.approve(engine, NEW, "beth") is LifeState.APPROVED
    with engine.connect() as connection:
        assert verify(connection).wrong is None


LATER, BEFORE_THE_END = TODAY + timedelta(seconds=1), TODAY - timedelta(days=60)


@pytest.mark.parametrize(
    ("windows", "at", "board", "asked"),
    [
        (("2026Q1",), TODAY, BOARD, True),
        ((), TODAY, BOARD, True),
        (("2025Q4",), TODAY, BOARD, False),
        (("2026Q1",), LATER, BOARD, False),
        ((), LATER, BOARD, False),
        ((), BEFORE_THE_END, BOARD, False),
        (("2026Q1",), BEFORE_THE_END, BOARD, True),
        (("2026Q1",), TODAY, "X08000009", False),
    ],
)
def test_who_asked_is_who_named_or_covered_the_window_before_the_release_came(
    sqlite: Engine, windows: tuple[str, ...], at: datetime, board: str, asked: bool
) -> None:
    store(sqlite, make_release("2026Q1"), state=BUILT)
    request(sqlite, "rita", *windows, at=at, board=board)
    after = changes.approve(sqlite, NEW, "amir")
    assert after is (LifeState.APPROVED if asked else LifeState.APPROVED_ONCE)


def test_what_is_not_there_is_refused(sqlite: Engine) -> None:
    before = everything(sqlite)
    with pytest.raises(DecisionRefused, match="no such release"):
        changes.approve(sqlite, "canary-release", "amir")
    with pytest.raises(DecisionRefused, match="no such release") as caught:
        changes.withdraw(sqlite, "canary-release", "amir", DecisionReason.PROTECTION)
    assert "canary" not in str(caught.value)
    assert everything(sqlite) == before


DEMO = load_register(REGISTER, TODAY.date())
ACTS: dict[str, Callable[[Engine], object]] = {
    "approve": lambda engine: changes.approve(engine, NEW, "amir"),
    "request": lambda engine: changes.request(engine, "amir", DEMO.board_by_code[BOARD], ["2025Q3"], "r" * 24),
    "refuse": lambda engine: changes.refuse(engine, NEW, "amir", DecisionReason.WRONG_METHOD),
    "annotate": lambda engine: changes.annotate(engine, NEW, "amir", "the return came late", "a" * 24),
    "withdraw": lambda engine: changes.withdraw(engine, NEW, "amir", DecisionReason.WRONG_METHOD),
    "correct": lambda engine: changes.correct(engine, NEW, "amir", Fault.METHOD),
    "note_reading": lambda engine: changes.note_reading(engine, changes.ReadingKind.DOWNLOAD, NEW, "csv", who="dora"),
}
"""Every function that writes."""


def test_every_function_that_writes_is_walked_here() -> None:
    public = {
        name
        for name, function in inspect.getmembers(changes, inspect.isfunction)
        if function.__module__ == changes.__name__ and not name.startswith("_")
    }
    assert public == set(ACTS)


@pytest.mark.parametrize("name", list(ACTS))
def test_a_change_without_its_audit_row_does_not_happen(engine: Engine, name: str) -> None:
    store(engine, make_release("2026Q1"), state=LifeState.APPROVED if name == "correct" else BUILT)
    before = everything(engine)
    with patch.object(audit, "append", side_effect=RuntimeError), pytest.raises(RuntimeError):
        ACTS[name](engine)
    assert everything(engine) == before
    ACTS[name](engine)
    after = everything(engine)
    assert len(after["audit_log"]) == 1
    assert after != before


def test_no_other_module_of_the_pages_writes_to_the_database() -> None:
    writes = {"insert", "update", "delete", "upsert", "writing", "execute_driver_sql", "exec_driver_sql"}
    found = set()
    folder = Path(dashboards.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "models.store")):
                found |= {path.relative_to(folder).as_posix() for alias in node.names if alias.name in writes}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "begin":
                found.add(path.relative_to(folder).as_posix())
    parts = ("life", "actions", "people", "erasures", "access", "operations", "signals")
    assert found == {f"{part}/changes.py" for part in parts}


TAMPERING = {
    Mismatch.STATE: update(ReleaseStateRow).values(state="approved", reason=None),
    Mismatch.APPROVAL: delete(ReleaseApprovalRow),
}


@pytest.mark.parametrize("wrong", list(TAMPERING))
def test_tables_that_say_something_else_than_the_log_are_found(sqlite: Engine, wrong: Mismatch) -> None:
    store(sqlite, make_release("2026Q1"), state=BUILT)
    changes.approve(sqlite, NEW, "amir")
    with sqlite.begin() as connection:
        connection.execute(TAMPERING[wrong])
    with sqlite.connect() as connection:
        assert verify(connection)[:2] == (wrong, NEW)


def test_rows_cut_off_at_the_end_of_the_log_are_missed_in_it(sqlite: Engine) -> None:
    store(sqlite, make_release("2026Q1"), state=BUILT)
    changes.approve(sqlite, NEW, "amir")
    changes.approve(sqlite, NEW, "beth")
    with sqlite.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_delete"))
        connection.execute(text("DELETE FROM audit_log WHERE number = 2"))
    with sqlite.connect() as connection:
        assert verify(connection)[:2] == (Mismatch.STATE, NEW)


def test_an_act_that_cannot_have_been_is_found(sqlite: Engine) -> None:
    store(sqlite, make_release("2026Q1"), state=BUILT)
    with writing(sqlite).begin() as connection:
        audit.append(connection, "amir", "restore", NEW)
    with sqlite.connect() as connection:
        assert verify(connection)[:2] == (Mismatch.IMPOSSIBLE, "row 1")


def test_acts_of_other_parts_of_the_service_may_stand_between(sqlite: Engine) -> None:
    store(sqlite, make_release("2026Q1"), state=BUILT)
    with writing(sqlite).begin() as connection:
        audit.append(connection, "sink", "receive", NEW)
    changes.approve(sqlite, NEW, "amir")
    with sqlite.connect() as connection:
        assert verify(connection).wrong is None
