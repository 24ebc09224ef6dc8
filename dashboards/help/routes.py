"""The pages of help. They show nothing of a board but its name, and link to the boards that the visitor sees."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards import states
from dashboards.help.glossary import glossary
from dashboards.help.places import ANSWERS, ASK
from dashboards.help.tour import TOUR
from dashboards.pages import Pages
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here, Visitor
from dashboards.registry import RegisterReader
from models.register import Board, Register


def add_help(app: FastAPI, pages: Pages, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    @app.get("/help", response_class=HTMLResponse)
    def how_to_read(visitor: Here) -> Response:
        """How to read a page, where is what, and whom to ask."""
        register = registry.current()
        view: dict[str, Any] = {"answers": ANSWERS, "ask": ASK, "boards": boards_of(register, visitor)}
        view |= {"errors": states.errors(), "key": states.release_key(), "changes": states.change_words()}
        return HTMLResponse(pages.render("help.html", register, visitor=visitor, here="help", **view))

    @app.get("/help/tour/{number}", response_class=HTMLResponse)
    def tour(number: str, visitor: Here) -> Response:
        """One step of the tour."""
        numbers = {str(at): step for at, step in enumerate(TOUR, 1)}
        if number not in numbers:
            raise HTTPException(404)
        register = registry.current()
        view: dict[str, Any] = {"step": numbers[number], "number": int(number), "steps": len(TOUR)}
        view["boards"] = boards_of(register, visitor)
        return HTMLResponse(pages.render("tour.html", register, visitor=visitor, here="tour", **view))

    @app.get("/glossary", response_class=HTMLResponse)
    def words(visitor: Here) -> Response:
        """What the words of the pages mean."""
        register = registry.current()
        return HTMLResponse(
            pages.render("glossary.html", register, visitor=visitor, here="glossary", groups=glossary())
        )


def boards_of(register: Register, visitor: Visitor) -> tuple[Board, ...]:
    """The boards whose figures the visitor sees, by name."""
    own = (board for board in register.boards if visitor.may(Act.SEE_FIGURES, board.code))
    return tuple(sorted(own, key=lambda board: board.name.casefold()))
