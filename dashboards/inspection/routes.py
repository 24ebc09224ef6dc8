"""The page for inspectors, and the same as a file."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards.boards import board_at
from dashboards.exports import formats
from dashboards.inspection import csv_file
from dashboards.inspection.paragraphs import SOURCE
from dashboards.inspection.view import inspection_rows
from dashboards.life import changes
from dashboards.measures.known import Known
from dashboards.measures.notices import notices_of
from dashboards.pages import Pages
from dashboards.people.visitor import Here
from dashboards.queries.left import left_of
from dashboards.registry import RegisterReader


def add_inspection(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    @app.get("/boards/{code}/inspection", response_class=HTMLResponse)
    def inspection(code: str, visitor: Here) -> Response:
        """Each paragraph of the review beside what the board can show."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            rows = inspection_rows(Known(connection, register, board))
            view: dict[str, object] = {"rows": rows, "source": SOURCE}
            view |= {"corrections": notices_of(connection, code), "left": left_of(connection, register, board)}
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "inspection", who=visitor.who)
        return HTMLResponse(pages.render("inspection.html", register, board, visitor, here="inspection", **view))

    @app.get("/boards/{code}/inspection/csv")
    def inspection_file(code: str, visitor: Here) -> Response:
        """The same, a line for each piece of evidence."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            rows = inspection_rows(Known(connection, register, board))
        changes.note_reading(engine, changes.ReadingKind.DOWNLOAD, code, "inspection", who=visitor.who)
        # The code is one of the register's, so the name needs no quoting.
        attached = {"Content-Disposition": f'attachment; filename="{code}.inspection.csv"'}
        return Response(csv_file.write(board.name, rows), media_type=formats.media_type("csv"), headers=attached)
