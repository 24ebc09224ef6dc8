"""The page of a board."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards import states
from dashboards.exports.document import notice
from dashboards.findings.board import findings_of
from dashboards.life import changes
from dashboards.life.listing import of_board
from dashboards.measures.known import Known
from dashboards.overview.trends import trends
from dashboards.pages import Pages
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.queries import board_page
from dashboards.registry import RegisterReader
from dashboards.signals.view import signals_page
from models.store import SchemaState, schema_state


def add_overview(
    app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader, no_tables: Mapping[SchemaState, str]
) -> None:
    """Add the route to the application. `no_tables` says what to do about a database without our tables."""

    @app.get("/boards/{code}", response_class=HTMLResponse)
    def board(code: str, visitor: Here) -> Response:
        """One board: what is new, what changed, what to decide, what to doubt, and its main figures."""
        register = registry.current()
        chosen = register.board_by_code.get(code)
        if chosen is None:
            raise HTTPException(404)
        state = schema_state(engine)
        if state is not SchemaState.CURRENT:
            return HTMLResponse(pages.render("no_data.html", register, chosen, visitor, what_to_do=no_tables[state]))
        with engine.connect() as connection:
            known = Known(connection, register, chosen)
            page = board_page(connection, register, chosen)
            notices = [(window, notice(correction)) for window, correction in of_board(connection, code)]
            signals = signals_page(connection, register, chosen, known.today)
            sees_waiting = visitor.may(Act.SEE_WAITING, code)
            sees_actions = visitor.may(Act.SEE_ACTIONS, code)
            found = findings_of(connection, known, page, signals, sees_waiting=sees_waiting, sees_actions=sees_actions)
            pictures = trends(known)
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "overview", who=visitor.who)
        view = {"page": page, "findings": found, "signals": signals, "corrections": notices, "pictures": pictures}
        view |= {"errors": states.errors(page.rules), "changes": states.change_words(page.rules)}
        view |= {"key": states.used(states.key(page.rules), page.texts)}
        return HTMLResponse(pages.render("board.html", register, chosen, visitor, **view))
