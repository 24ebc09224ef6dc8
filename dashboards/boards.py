"""The board of an address: what every page of one board begins with."""

from __future__ import annotations

from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from dashboards.registry import RegisterReader
from models.register import Board, Register
from models.store import SchemaState, schema_state


def board_at(engine: Engine, registry: RegisterReader, code: str) -> tuple[Register, Board]:
    """The register in force and one of its boards; 404 for another, or while the database has no tables."""
    register = registry.current()
    found = register.board_by_code.get(code)
    if found is None or schema_state(engine) is not SchemaState.CURRENT:
        raise HTTPException(404)
    return register, found
