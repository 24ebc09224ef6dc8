"""A change of an action and its audit row happen together, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Engine, select

from dashboards.actions import changes
from models.register import load_register
from models.service import clock
from models.store import ActionAgencyRow, ActionRow, audit
from models.store.actions import Impact, Source
from tests.models.store.factories import BOARD


def everything(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [
            tuple(row)
            for table in (ActionRow, ActionAgencyRow, audit.AuditRow)
            for row in connection.execute(select(table.__table__))
        ]


def opened(engine: Engine, register_dir: Path) -> str:
    register = load_register(register_dir)
    return changes.add(engine, register, "rita", BOARD, Source.AUDIT, "aldermere-health", "Do it", clock.today())


@pytest.mark.parametrize(
    "act",
    [
        lambda engine, register, action: changes.change(engine, register, "rita", action, tell=["all"]),
        lambda engine, register, action: changes.change(
            engine, register, "rita", action, due_on=clock.today() + timedelta(1)
        ),
        lambda engine, register, action: changes.change(engine, register, "rita", action, impact=Impact.NONE_FOUND),
        lambda engine, register, action: changes.close(engine, "rita", action),
    ],
    ids=["tell", "move", "impact", "close"],
)
def test_a_change_without_its_audit_row_does_not_happen(
    sqlite: Engine, register_dir: Path, act: Callable[..., None]
) -> None:
    register = load_register(register_dir)
    with patch.object(audit, "append", side_effect=RuntimeError), pytest.raises(RuntimeError):
        opened(sqlite, register_dir)
    assert everything(sqlite) == []
    action = opened(sqlite, register_dir)
    before = everything(sqlite)
    with patch.object(audit, "append", side_effect=RuntimeError), pytest.raises(RuntimeError):
        act(sqlite, register, action)
    assert everything(sqlite) == before
    act(sqlite, register, action)
    assert len(everything(sqlite)) > len(before)
