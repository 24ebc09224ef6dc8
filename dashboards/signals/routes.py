"""The page of a board's signals, and the form that asks for the full scan."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from analysis.signals.sentences import CAUTION, NO_ONE_AGENCY, NOT_A_COUNT, WHERE_IT_HAPPENED
from dashboards.boards import board_at
from dashboards.forms.desk import Desk
from dashboards.forms.fields import Form
from dashboards.forms.once import once
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.life import changes
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.pictures.timeline import KEY
from dashboards.registry import RegisterReader
from dashboards.signals.changes import request_scan
from dashboards.signals.view import signals_page
from models.register import Board
from models.service import clock
from models.store import SchemaState, schema_state


def to_scan(board: Board, given: str = "") -> Form:
    """Ask for the full scan."""
    return Form(
        title="Ask for the full scan",
        button="Ask for it",
        back=(f"/boards/{board.code}/signals", "signals"),
        text=(
            "The ledger looks at the board again in full, with all that it has by now. It does so by itself every day.",
            "Signals are still published at six in the morning, London time. So nobody learns from their time what was "
            "just recorded. Only while a board's history is being loaded do they come at once.",
        ),
        hidden={"once": once(given)},
    )


def add_signals(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    @app.get("/boards/{code}/signals", response_class=HTMLResponse)
    def signals(code: str, visitor: Here) -> Response:
        """Open and closed signals of one board, and how to read them."""
        register = registry.current()
        board = register.board_by_code.get(code)
        if board is None or schema_state(engine) is not SchemaState.CURRENT:
            raise HTTPException(404)
        with engine.connect() as connection:
            page = signals_page(connection, register, board, clock.today())
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "signals", who=visitor.who)
        view: dict[str, Any] = {
            "page": page,
            "may_ask": visitor.may(Act.REQUEST_SCAN, code),
            "may_add": visitor.may(Act.CHANGE_ACTIONS, code),
            "caution": CAUTION,
            "not_a_count": NOT_A_COUNT,
            "no_one_agency": NO_ONE_AGENCY,
            "where_it_happened": WHERE_IT_HAPPENED,
            "picture_key": KEY,
        }
        return desk.page("signals.html", board, visitor, **view)

    @app.get("/boards/{code}/signals/scan", response_class=HTMLResponse)
    def scan(code: str, visitor: Here) -> Response:
        """The form."""
        board = board_at(engine, registry, code)[1]
        return desk.ask(to_scan(board), board, visitor)

    @app.post("/boards/{code}/signals/scan", response_class=HTMLResponse)
    def scanned(code: str, visitor: Here, sent: Posted) -> Response:
        """Ask for it."""
        board = board_at(engine, registry, code)[1]
        form = to_scan(board, sent.one("once"))
        to = f"/boards/{code}/signals"

        def do() -> Said:
            request_scan(engine, visitor.who, board, form.hidden["once"])
            return Said.SCAN_ASKED

        return desk.act(visitor, board, do, to, (to, "See the signals"))
