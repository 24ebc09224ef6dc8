"""The pages of a board's measures: the list of all, and each by itself."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from analysis.measures.registry import BY_ID
from analysis.shown.measure import columns_of
from dashboards import states
from dashboards.boards import board_at
from dashboards.life import changes
from dashboards.measures.known import Known, known_at
from dashboards.measures.notices import notices_of
from dashboards.measures.view import BY, SPANS, measure_page, summaries
from dashboards.order import belongs_to
from dashboards.pages import Pages
from dashboards.people.visitor import Here
from dashboards.queries.left import left_of
from dashboards.registry import RegisterReader


def add_measures(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    @app.get("/boards/{code}/measures", response_class=HTMLResponse)
    def measures(code: str, visitor: Here) -> Response:
        """Every measure, with the newest year's figures."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            known = Known(connection, register, board)
            listed = summaries(known)
            notices = notices_of(connection, code)
            left = left_of(connection, register, board)
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "measures", who=visitor.who)
        return HTMLResponse(
            pages.render(
                "measures.html",
                register,
                board,
                visitor,
                window=known.headline,
                span=SPANS[known.longest],
                by=BY[known.board.releases],
                measures=listed,
                key=states.key(known.rules),
                errors=states.errors(known.rules),
                corrections=notices,
                left=left,
            )
        )

    @app.get("/boards/{code}/measures/{measure}", response_class=HTMLResponse)
    def single_measure(code: str, measure: str, visitor: Here, window: str = "") -> Response:
        """One measure by quarter, year and sector, with its definition and what it cannot know.

        `window` is the year to end with, or the pair of years; by default the newest.
        """
        register, board = board_at(engine, registry, code)
        if measure not in BY_ID:
            raise HTTPException(404)
        with engine.connect() as connection:
            known = known_at(connection, register, board, window)
            page = measure_page(known, measure)
            notices = notices_of(connection, code, measure)
            left = left_of(connection, register, board)
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, measure, who=visitor.who)
        view: dict[str, object] = {"beside": known.beside, "window": known.headline}
        view |= {"page": page, "belongs": belongs_to(measure), "corrections": notices, "left": left}
        # What holds no figures of children has no key to them.
        view["key"] = states.used(states.key(known.rules), page.texts) if columns_of(measure) else ()
        view["errors"] = states.errors(known.rules) if columns_of(measure) else ()
        return HTMLResponse(pages.render("measure.html", register, board, visitor, **view))
