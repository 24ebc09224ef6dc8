"""The pages of the sections."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards import states
from dashboards.boards import board_at
from dashboards.life import changes
from dashboards.measures.known import known_at
from dashboards.measures.notices import notices_of
from dashboards.order import KINDS, RECOGNITION, RESPONSES, Section
from dashboards.pages import Pages
from dashboards.people.visitor import Here
from dashboards.pictures import flow
from dashboards.queries.left import left_of
from dashboards.queries.overview import shown_quarters
from dashboards.queries.returns import BoardReturns, submitted_returns
from dashboards.registry import RegisterReader
from dashboards.sections.view import section_page


def add_sections(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    def page(section: Section, code: str, visitor: Here, window: str) -> Response:
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            known = known_at(connection, register, board, window)
            page_of = section_page(known, section)
            view: dict[str, object] = {"page": page_of, "beside": known.beside}
            left = left_of(connection, register, board)
            view |= {"corrections": notices_of(connection, code), "left": left}
            view |= {
                "steps_key": flow.KEY,
                "key": states.used(states.key(known.rules), page_of.texts),
                "errors": states.errors(known.rules),
            }
            if section is RECOGNITION:
                quarters = shown_quarters(board, known.today)
                returns = BoardReturns(register, code, submitted_returns(connection, code), known.today)
                view |= {"agencies": returns.rows(quarters, left), "quarters": quarters}
                view |= {"return_key": states.RETURN_KEY}
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, section.key, who=visitor.who)
        return HTMLResponse(pages.render("section.html", register, board, visitor, **view))

    @app.get("/boards/{code}/kinds", response_class=HTMLResponse)
    def kinds(code: str, visitor: Here, window: str = "") -> Response:
        """What kind of exploitation and missing is recorded."""
        return page(KINDS, code, visitor, window)

    @app.get("/boards/{code}/recognition", response_class=HTMLResponse)
    def recognition(code: str, visitor: Here, window: str = "") -> Response:
        """Who sees what others see, and who does not."""
        return page(RECOGNITION, code, visitor, window)

    @app.get("/boards/{code}/responses", response_class=HTMLResponse)
    def responses(code: str, visitor: Here, window: str = "") -> Response:
        """What was done."""
        return page(RESPONSES, code, visitor, window)
