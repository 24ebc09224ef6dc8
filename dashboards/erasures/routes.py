"""The page of a board's erasures, and the form that asks for one."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards.boards import board_at
from dashboards.erasures import changes
from dashboards.erasures.view import agencies_of, agency_erasures, child_erasures
from dashboards.forms.desk import Desk
from dashboards.forms.fields import Checked, Choice, Field, Form, Input
from dashboards.forms.once import once
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.life.changes import ReadingKind, note_reading
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader


def to_erase(code: str, agencies: list[tuple[str, str]], given: str = "") -> Form:
    """Ask for the erasure of all that an agency sent."""
    choices = tuple(Choice(agency, f"{agency}: {name}") for agency, name in agencies)
    return Form(
        title="Erase all that an agency sent",
        button="Ask for the erasure",
        back=(f"/boards/{code}/erasures", "erasures"),
        fields=(
            Field("agency", "Which agency?", Input.PICK, choices=choices),
            Field(
                "again",
                "Type the agency's id",
                Input.LINE,
                "It stands before the name in the list above. So nobody erases another agency by a slip of the hand.",
            ),
        ),
        text=(
            "The ledger removes every event that this agency sent for this board, and what was worked out from it. "
            "Releases that are out stay as they are.",
            "To erase one child's events, ask the agency: it knows the child, and its own tool does it.",
        ),
        warning="This cannot be undone. The agency would have to send everything again.",
        hidden={"once": once(given)},
        check=True,
    )


def add_erasures(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    @app.get("/boards/{code}/erasures", response_class=HTMLResponse)
    def erasures(code: str, visitor: Here) -> Response:
        """How far each erasure is."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            agencies = agency_erasures(connection, register, board)
            children = child_erasures(connection, board)
        note_reading(engine, ReadingKind.VIEW, code, "erasures", who=visitor.who)
        may_ask = visitor.may(Act.ERASE_AGENCY, code)
        return desk.page("erasures.html", board, visitor, agencies=agencies, children=children, may_ask=may_ask)

    @app.get("/boards/{code}/erasures/ask", response_class=HTMLResponse)
    def asking(code: str, visitor: Here) -> Response:
        """The form."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            form = to_erase(code, agencies_of(connection, register, board))
        return desk.ask(form, board, visitor)

    @app.post("/boards/{code}/erasures/ask", response_class=HTMLResponse)
    def asked(code: str, visitor: Here, sent: Posted) -> Response:
        """Ask for it."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            form = to_erase(code, agencies_of(connection, register, board), sent.one("once"))
        checked = Checked(form, sent)
        agency = checked.one("agency", "Choose the agency")
        if sent.one("again") != agency and "agency" not in checked.errors:
            checked.errors["again"] = "That is not the id of the agency that you chose"
        to = f"/boards/{code}/erasures"

        def do() -> Said:
            changes.erase_agency(engine, register, visitor.who, board, agency, form.hidden["once"])
            return Said.ERASURE_ASKED

        return desk.unready(form, checked, board, visitor) or desk.act(visitor, board, do, to, (to, "See all erasures"))
