"""Asks the ledger to erase all that an agency sent, in one transaction with its audit row."""

from __future__ import annotations

from sqlalchemy import Engine

from dashboards.erasures.view import agencies_of, agency_erasures
from dashboards.errors import DecisionRefused, DoneAlready
from dashboards.life.states import check_principal
from models.register import Board, Register
from models.releases.requests import RequestErase
from models.service import clock
from models.store import audit, writing
from models.store.requests import add_request


def erase_agency(engine: Engine, register: Register, who: str, board: Board, agency: str, request_id: str) -> None:
    """Ask for the erasure of all that an agency published for a board; the sink passes it on.

    Raises `DoneAlready` for a form that was sent twice, and `DecisionRefused` if the board has no such agency, or if
    the same was asked for and is not done.
    """
    check_principal(who)
    with writing(engine).begin() as connection:
        audit.hold(connection)
        if agency not in dict(agencies_of(connection, register, board)):
            raise DecisionRefused("the board has no such agency")
        earlier = agency_erasures(connection, register, board)
        if any(one.request_id == request_id for one in earlier):
            raise DoneAlready("you asked for this already")
        if any(one.agency == agency and not one.done for one in earlier):
            raise DecisionRefused("somebody has asked for this already, and it is not done yet")
        wanted = {"request_id": request_id, "board": board.code, "agency": agency, "requested_at": clock.now()}
        add_request(connection, RequestErase.model_validate(wanted), who)
