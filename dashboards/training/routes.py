"""The page of a board's training."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards import breaks, states
from dashboards.boards import board_at
from dashboards.life import changes
from dashboards.measures.coverage import coverage_heat
from dashboards.measures.known import Known
from dashboards.measures.notices import notices_of
from dashboards.pages import Pages
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.pictures import before_after, needs
from dashboards.queries.left import left_of
from dashboards.registry import RegisterReader
from dashboards.training.view import NOT_PROOF, of, training_page
from models.register import Duties


def add_training(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the route to the application."""

    @app.get("/boards/{code}/training", response_class=HTMLResponse)
    def training(code: str, visitor: Here) -> Response:
        """Ranked needs, what was trained, and whether anything changed."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            known = Known(connection, register, board)
            # Needs and effects compare sectors.
            apart = breaks.years_apart(board, known.documents.shown)
            findings = of(known.documents, Duties.of(register, board), apart) if board.has_sectors else None
            page = training_page(findings) if findings else None
            coverage = coverage_heat(known)
            notices = notices_of(connection, code)
            left = left_of(connection, register, board)
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "training", who=visitor.who)
        view: dict[str, object] = {
            "page": page,
            "coverage": coverage,
            "key": states.used(states.release_key(known.rules), coverage.texts if coverage else ()),
            "errors": states.errors(known.rules),
            "not_proof": NOT_PROOF,
            "needs_key": needs.KEY,
            "pictures_key": before_after.KEY,
        }
        view["may_add"] = visitor.may(Act.CHANGE_ACTIONS, code)
        view |= {"corrections": notices, "left": left, "breaks": breaks.of_years(board, known.headline)}
        return HTMLResponse(pages.render("training.html", register, board, visitor, **view))
