"""The page of what children and others say to a board."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards import states, themes
from dashboards.boards import board_at
from dashboards.exports import formats
from dashboards.life import changes
from dashboards.measures.known import Known
from dashboards.measures.notices import notices_of
from dashboards.measures.view import SPANS
from dashboards.pages import Pages
from dashboards.people.visitor import Here
from dashboards.queries.left import left_of
from dashboards.registry import RegisterReader
from dashboards.voices.view import voices_page


def add_voices(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the route to the application."""

    @app.get("/boards/{code}/voices", response_class=HTMLResponse)
    def voices(code: str, visitor: Here) -> Response:
        """What groups of people said, by theme and voice, beside the measures that answer to it."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            known = Known(connection, register, board)
            page = voices_page(known)
            notices = notices_of(connection, code)
            left = left_of(connection, register, board)
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "voices", who=visitor.who)
        view: dict[str, object] = {
            "page": page,
            "window": known.headline if known.release else "",
            "span": SPANS[known.longest],
            "kind": known.longest,
            "voices_key": themes.key(states.word),
            "key": states.key(known.rules),
            "notes": themes.NOTES,
            "voices_file": formats.VOICES,
        }
        view |= {"corrections": notices, "left": left}
        return HTMLResponse(pages.render("voices.html", register, board, visitor, **view))
