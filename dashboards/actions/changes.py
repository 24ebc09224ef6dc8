"""Changes that people make to actions, each in one transaction with its audit row (models/store/actions)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Engine

from dashboards.life.states import check_principal
from models.register import Board, Register
from models.service import clock
from models.store import actions as store
from models.store import writing
from models.store.actions import ActionError, Impact, Source

EVERYONE = "all"
"""Stands for every agency of the board."""


def add(
    engine: Engine,
    register: Register,
    who: str,
    board: str,
    source: Source,
    owner: str,
    title: str,
    due_on: date,
    tell: Iterable[str] = (),
    opened_on: date | None = None,
) -> str:
    """Open an action, today by default, and return its id; raises `ActionError` or `DecisionRefused`."""
    check_principal(who)
    agencies = _agencies(register, _board(register, board), tell)
    _agencies(register, _board(register, board), [owner])
    today = clock.today()
    if opened_on is not None and opened_on > today:
        raise ActionError("an action cannot be opened on a future day")
    with writing(engine).begin() as connection:
        action_id = store.open_action(
            connection,
            who,
            board=board,
            source=source,
            owner=owner,
            title=title,
            opened_on=opened_on or today,
            due_on=due_on,
        )
        store.tell(connection, who, action_id, agencies, today)
    return action_id


def change(
    engine: Engine,
    register: Register,
    who: str,
    action_id: str,
    tell: Iterable[str] = (),
    due_on: date | None = None,
    impact: Impact | None = None,
    evidence: str = "",
) -> None:
    """Record which agencies were told, a new due date, or an impact; raises `ActionError` or `DecisionRefused`."""
    check_principal(who)
    with writing(engine).begin() as connection:
        board = _board(register, store.board_of(connection, action_id))
        store.tell(connection, who, action_id, _agencies(register, board, tell), clock.today())
        if due_on is not None:
            store.move(connection, who, action_id, due_on)
        if impact is not None:
            store.record_impact(connection, who, action_id, impact, evidence)


def close(engine: Engine, who: str, action_id: str, on: date | None = None) -> None:
    """Close an open action, today by default; raises `ActionError` or `DecisionRefused`."""
    check_principal(who)
    day = on or clock.today()
    if day > clock.today():
        raise ActionError("an action cannot be closed on a future day")
    with writing(engine).begin() as connection:
        store.close(connection, who, action_id, day)


def _board(register: Register, code: str) -> Board:
    board = register.board_by_code.get(code)
    if board is None:
        raise ActionError("the register does not list that board")
    return board


def _agencies(register: Register, board: Board, given: Iterable[str]) -> list[str]:
    known = [agency.id for agency in register.agencies_of(board.code)]
    wanted = list(given)
    if EVERYONE in wanted:
        return known
    if not set(wanted) <= set(known):
        raise ActionError("the register does not list that agency for the board")
    return wanted
