"""The page of a board's actions."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards.actions.view import actions_page
from dashboards.boards import board_at
from dashboards.life import changes
from dashboards.pages import Pages
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader
from models.service import clock


def add_actions(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the route to the application."""

    @app.get("/boards/{code}/actions", response_class=HTMLResponse)
    def actions(code: str, visitor: Here) -> Response:
        """Overdue, open and closed actions of one board."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            page = actions_page(connection, register, board, clock.today())
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "actions", who=visitor.who)
        return HTMLResponse(pages.render("actions.html", register, board, visitor, page=page))
