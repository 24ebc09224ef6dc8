"""What is missing from a board's figures, agencies by name: a notice on every page that shows those figures."""

from __future__ import annotations

from sqlalchemy import Connection

from models.register import Board, Register
from models.store.remedies import Left, left_out


def left_of(connection: Connection, register: Register, board: Board) -> Left:
    """What is missing from the board's figures as of now."""
    names = {agency.id: agency.name for agency in register.agencies_of(board.code)}
    left = left_out(connection, names, board.partition)
    return left._replace(
        held=tuple(names[agency] for agency in left.held),
        unread=tuple(gap._replace(agency=names.get(gap.agency or "")) for gap in left.unread),
    )
