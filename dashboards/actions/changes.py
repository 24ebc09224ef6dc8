"""Changes that people make to actions, each in one transaction with its audit row (models/store/actions)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Engine

from dashboards.errors import DoneAlready
from dashboards.life.states import check_principal
from dashboards.overtaken import check_as_seen
from models.register import Board, Register
from models.service import clock
from models.store import actions as store
from models.store import writing
from models.store.actions import ActionError, ActionTaken, Impact, Source

UNIMPORTANT = ("action.acknowledge",)
"""What may happen to an action while somebody fills in a form about it."""
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
    action_id: str | None = None,
) -> str:
    """Open an action, today by default, and return its id; raises `ActionError` or `DecisionRefused`.

    A form that was sent twice brings the same `action_id` twice: then this raises `DoneAlready`.
    """
    check_principal(who)
    agencies = _agencies(register, _board(register, board), tell)
    _agencies(register, _board(register, board), [owner])
    today = clock.today()
    if opened_on is not None and opened_on > today:
        raise ActionError("an action cannot be opened on a future day")
    with writing(engine).begin() as connection:
        try:
            action_id = store.open_action(
                connection,
                who,
                board=board,
                source=source,
                owner=owner,
                title=title,
                opened_on=opened_on or today,
                due_on=due_on,
                action_id=action_id,
            )
        except ActionTaken:
            raise DoneAlready("you added this already") from None
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
    seen: int | None = None,
) -> None:
    """Record which agencies were told, a new due date, or an impact; raises `ActionError` or `DecisionRefused`.

    `seen` is the newest row about the action when the person looked. If others acted since, this raises `Overtaken`;
    if this person did the same since, `DoneAlready`.
    """
    check_principal(who)
    with writing(engine).begin() as connection:
        board = _board(register, store.board_of(connection, action_id))
        check_as_seen(connection, action_id, seen, who, {"action.tell", "action.move", "action.impact"}, UNIMPORTANT)
        store.tell(connection, who, action_id, _agencies(register, board, tell), clock.today())
        if due_on is not None:
            store.move(connection, who, action_id, due_on)
        if impact is not None:
            store.record_impact(connection, who, action_id, impact, evidence)


def close(engine: Engine, who: str, action_id: str, on: date | None = None, seen: int | None = None) -> None:
    """Close an open action, today by default; raises as `change`."""
    check_principal(who)
    day = on or clock.today()
    if day > clock.today():
        raise ActionError("an action cannot be closed on a future day")
    with writing(engine).begin() as connection:
        check_as_seen(connection, action_id, seen, who, {"action.close"}, UNIMPORTANT)
        store.close(connection, who, action_id, day)


def acknowledge(engine: Engine, register: Register, who: str, action_id: str, agency: str) -> None:
    """Say that an agency knows of an action; raises `DoneAlready` if it has said so, else `ActionError`."""
    check_principal(who)
    with writing(engine).begin() as connection:
        _agencies(register, _board(register, store.board_of(connection, action_id)), [agency])
        if not store.acknowledge(connection, who, action_id, agency, clock.now()):
            raise DoneAlready("your agency has acknowledged it")


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
