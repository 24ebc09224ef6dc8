"""The page of a board's signals."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from analysis.signals.sentences import CAUTION, NOT_A_COUNT
from dashboards.life import changes
from dashboards.pages import Pages
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader
from dashboards.signals.view import signals_page
from models.service import clock
from models.store import SchemaState, schema_state


def add_signals(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the route to the application."""

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
        return HTMLResponse(
            pages.render("signals.html", register, board, visitor, page=page, caution=CAUTION, not_a_count=NOT_A_COUNT)
        )
