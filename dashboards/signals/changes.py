"""Asks the ledger for the full scan of a board, in one transaction with its audit row."""

from __future__ import annotations

from sqlalchemy import Engine

from dashboards.errors import DecisionRefused, DoneAlready
from dashboards.life.changes import ASK_AGAIN
from dashboards.life.states import check_principal
from models.register import Board
from models.service import clock
from models.signals import RequestScan
from models.store import audit, writing
from models.store.requests import add_request, asked

SCAN = "full_scan"
"""The kind of these requests."""


def request_scan(engine: Engine, who: str, board: Board, request_id: str) -> None:
    """Ask for the full scan; the sink passes it on.

    Raises `DoneAlready` for a form that was sent twice, and `DecisionRefused` if somebody asked within the last hour.
    """
    check_principal(who)
    now = clock.now()
    with writing(engine).begin() as connection:
        audit.hold(connection)
        earlier = asked(connection, board.code, SCAN)
        if any(one.request_id == request_id for one in earlier):
            raise DoneAlready("you asked for this already")
        if any(now - one.requested_at < ASK_AGAIN for one in earlier):
            raise DecisionRefused("somebody asked for the full scan within the last hour. Nothing more was asked for")
        add_request(connection, RequestScan(request_id=request_id, board=board.code, requested_at=now), who)
