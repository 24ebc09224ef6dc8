"""The page for operations."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards.boards import tables_or_404
from dashboards.forms.desk import Desk
from dashboards.operations.view import operations_page
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader


def add_operations(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the route to the application."""

    @app.get("/operations", response_class=HTMLResponse)
    def operations(visitor: Here) -> Response:
        """What stands still or is missing. It shows coordinates and reasons, and nothing of a record or a figure."""
        tables_or_404(engine)
        with engine.connect() as connection:
            page = operations_page(connection, registry.current())
        return desk.page("operations.html", None, visitor, page=page)
