"""What a board's overview says is to be decided: the first training needs, and actions that are overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboards.actions.view import ActionView, actions_page
from dashboards.queries.documents import documents
from dashboards.training.view import NeedRow, need_rows, of
from models.register import Board, Duties, Register

NEEDS_SHOWN = 3


@dataclass(frozen=True)
class ToDecide:
    """What the board should talk about first."""

    year: str
    """Of the needs; empty when no financial year is released, or none with figures by sector."""
    needs: tuple[NeedRow, ...]
    overdue: tuple[ActionView, ...]


def to_decide(connection: Connection, register: Register, board: Board, today: date, texts: bool) -> ToDecide:
    """As things stand now."""
    released = documents(connection, board.code)
    found = of(released, Duties.of(register, board)) if board.has_sectors else None
    overdue = actions_page(connection, register, board, today, texts).overdue
    return ToDecide(found.year if found else "", tuple(need_rows(found)[:NEEDS_SHOWN]) if found else (), overdue)
