"""What a board's overview lists for decision: the first training needs, and the overdue actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboards.actions.view import ActionView, overdue_of
from dashboards.queries.conclusions import of_board
from dashboards.queries.documents import documents
from dashboards.training.view import NeedRow, need_rows
from models.register import Board, Register

NEEDS_SHOWN = 3


@dataclass(frozen=True)
class ToDecide:
    """What the board should discuss first."""

    year: str
    """The year of the needs; empty when no financial year with figures by sector is released."""
    needs: tuple[NeedRow, ...]
    overdue: tuple[ActionView, ...]


def first_needs(connection: Connection, register: Register, board: Board) -> tuple[str, tuple[NeedRow, ...]]:
    """The year of the newest needs, and the first of them; no year without a financial year by sector."""
    findings = of_board(documents(connection, board.code), register, board)
    return (findings.year, tuple(need_rows(findings)[:NEEDS_SHOWN])) if findings else ("", ())


def to_decide(connection: Connection, register: Register, board: Board, today: date) -> ToDecide:
    """What the board has to decide today."""
    year, needs = first_needs(connection, register, board)
    return ToDecide(year, needs, overdue_of(connection, register, board, today))
