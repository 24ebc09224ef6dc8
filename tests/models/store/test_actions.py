"""Actions on both databases: every change audited, texts that name someone refused, and M14 counted from the rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from analysis.measures import m14
from analysis.measures.figures import DateSpan
from models.store import audit
from models.store.actions import (
    ActionError,
    Impact,
    Source,
    actions,
    board_of,
    close,
    history,
    move,
    open_action,
    overdue,
    record_impact,
    tell,
)
from models.store.chain import first_breach
from models.store.engine import writing
from tests.models.store.factories import DATABASES, database

BOARD = "X08000001"
OPENED, DUE = date(2026, 1, 5), date(2026, 2, 1)


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Any:
    with database(request.param, request) as found:
        yield found


def opened(engine: Engine, title: str = "roll out the screening tool", due: date = DUE) -> str:
    with writing(engine).begin() as connection:
        return open_action(
            connection, "chair", board=BOARD, source=Source.AUDIT, owner="aldermere-health", title=title,
            opened_on=OPENED, due_on=due,
        )  # fmt: skip


def test_the_life_of_an_action_is_in_the_audit_log(engine: Engine) -> None:
    action = opened(engine)
    with writing(engine).begin() as connection:
        tell(connection, "chair", action, ["aldermere-police", "aldermere-health"], date(2026, 1, 6))
        tell(connection, "chair", action, ["aldermere-police"], date(2026, 1, 9))
        close(connection, "chair", action, date(2026, 1, 30))
        record_impact(connection, "chair", action, Impact.EVIDENCED, "screening rose by a third")
    with engine.connect() as connection:
        (listed,) = actions(connection, BOARD)
        log = audit.entries(connection)
        assert first_breach(log) is None
        assert actions(connection, "X08000002") == []
    assert listed.told == {"aldermere-police", "aldermere-health"}
    assert (listed.closed_on, listed.impact) == (date(2026, 1, 30), "evidenced")
    assert [entry.action for entry in log] == [
        "action.open", "action.tell", "action.tell", "action.close", "action.impact",
    ]  # fmt: skip
    assert all("screening" not in entry.detail for entry in log)


@pytest.mark.parametrize("text", ["speak with Jane Smith", "see 943 476 5919", "call 07700 900123", "x" * 281])
def test_a_text_that_may_name_someone_is_refused(engine: Engine, text: str) -> None:
    with pytest.raises(ActionError) as error:
        opened(engine, text)
    assert text not in str(error.value)
    with engine.connect() as connection:
        assert actions(connection, BOARD) == []
        assert audit.entries(connection) == []


def test_what_may_not_happen(engine: Engine) -> None:
    action = opened(engine)
    with pytest.raises(ActionError), writing(engine).begin() as connection:
        close(connection, "chair", action, date(2026, 1, 4))
    with pytest.raises(ActionError), writing(engine).begin() as connection:
        close(connection, "chair", "act-none", DUE)
    with pytest.raises(ActionError), writing(engine).begin() as connection:
        record_impact(connection, "chair", action, Impact.EVIDENCED, " ")
    with pytest.raises(ActionError):
        opened(engine, due=date(2026, 1, 4))


def test_a_due_date_may_move_and_the_log_keeps_the_one_before(engine: Engine) -> None:
    action, other = opened(engine), opened(engine)
    with engine.connect() as connection:
        assert (overdue(connection, DUE), overdue(connection, date(2026, 2, 2))) == (0, 2)
        assert board_of(connection, action) == BOARD
    with writing(engine).begin() as connection:
        move(connection, "chair", action, date(2026, 3, 1))
        close(connection, "beth", other, DUE)
    with engine.connect() as connection:
        assert (overdue(connection, date(2026, 2, 2)), overdue(connection, date(2026, 3, 2))) == (0, 1)
        told = history(connection, [action, other])
    assert [(act.who, act.action, act.detail) for act in told[action]] == [
        ("chair", "action.open", "audit"),
        ("chair", "action.move", "was 2026-02-01"),
    ]
    assert [act.action for act in told[other]] == ["action.open", "action.close"]
    for wrong, day in ((other, DUE), (action, date(2026, 1, 4)), ("act-none", DUE)):
        with pytest.raises(ActionError), writing(engine).begin() as connection:
            move(connection, "chair", wrong, day)
    with pytest.raises(ActionError), engine.connect() as connection:
        board_of(connection, "act-none")


def test_m14_counts_the_rows(engine: Engine) -> None:
    done, late = opened(engine), opened(engine, due=date(2026, 3, 1))
    with writing(engine).begin() as connection:
        close(connection, "chair", done, DUE)
        tell(connection, "chair", late, ["aldermere-police", "aldermere-health"], DUE)
    with engine.connect() as connection:
        found = actions(connection, BOARD)
    on = date(2026, 5, 12)
    assert [listed.action_id for listed in found if listed.overdue(on)] == [late]
    taken = [
        m14.Action(a.source, a.owner, a.due_on, a.closed_on, a.impact == Impact.EVIDENCED.value, a.told) for a in found
    ]
    agencies = frozenset({"aldermere-police", "aldermere-health"})
    whole = m14.figures(taken, agencies, DateSpan(date(2026, 1, 1), date(2026, 4, 1)), on)[0]
    assert (whole.counts["due"], whole.counts["closed_in_time"], whole.counts["overdue_open"]) == (2, 1, 1)
    assert (whole.counts["disseminated_to_all"], whole.counts["oldest_open_days"]) == (1, 72)
