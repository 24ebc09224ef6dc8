"""What is missing from a board's figures, agencies by name: a notice on every page that shows those figures."""

from __future__ import annotations

from sqlalchemy import Connection

from models.register import Board, Register
from models.store.remedies import Left, left_out


def left_of(connection: Connection, register: Register, board: Board) -> Left:
    """What is left out of the board's figures as things stand now."""
    names = {agency.id: agency.name for agency in register.agencies_of(board.code)}
    left = left_out(connection, names, board.partition)
    return left._replace(
        held=tuple(names[agency] for agency in left.held),
        unread=tuple(one._replace(agency=names.get(one.agency or "")) for one in left.unread),
    )
