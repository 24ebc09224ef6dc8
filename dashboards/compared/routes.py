"""The page that compares a board, without ranking."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards import states
from dashboards.boards import board_at
from dashboards.compared.view import candidates_of, chosen, compared_page
from dashboards.life import changes
from dashboards.measures.known import Known
from dashboards.measures.notices import notices_of
from dashboards.pages import Pages
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.queries.left import left_of
from dashboards.registry import RegisterReader


def add_compared(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the route to the application."""

    @app.get("/boards/{code}/compared", response_class=HTMLResponse)
    def compared(code: str, visitor: Here, beside: str = "") -> Response:
        """A board beside its own past, what we expect, and another board that the visitor sees (`beside`)."""
        register, board = board_at(engine, registry, code)
        seen = [one for one in register.boards if one != board and visitor.may(Act.SEE_FIGURES, one.code)]
        candidates = candidates_of(board, seen)
        try:
            other = chosen(candidates, beside)
        except KeyError:
            raise HTTPException(404) from None
        with engine.connect() as connection:
            pair = (other, Known(connection, register, register.board_by_code[other.code])) if other else None
            page = compared_page(known := Known(connection, register, board), candidates, pair)
            view: dict[str, object] = {"page": page, "errors": states.errors(known.rules)}
            view |= {"corrections": notices_of(connection, code), "left": left_of(connection, register, board)}
        for read in (code, *((other.code,) if other else ())):
            changes.note_reading(engine, changes.ReadingKind.VIEW, read, "compared", who=visitor.who)
        return HTMLResponse(pages.render("compared.html", register, board, visitor, here="compared", **view))
