"""Looks up the board that a page's address names."""

from __future__ import annotations

from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from dashboards.registry import RegisterReader
from models.register import Board, Register
from models.store import SchemaState, schema_state


def tables_or_404(engine: Engine) -> None:
    """Raise 404 without tables."""
    if schema_state(engine) is not SchemaState.CURRENT:
        raise HTTPException(404)


def board_at(engine: Engine, registry: RegisterReader, code: str) -> tuple[Register, Board]:
    """Return the register in force and its board of this code; raises 404 for any other, and without tables."""
    register = registry.current()
    board = register.board_by_code.get(code)
    if board is None or schema_state(engine) is not SchemaState.CURRENT:
        raise HTTPException(404)
    return register, board
