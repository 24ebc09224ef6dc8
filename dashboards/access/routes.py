"""The page of the roles that were given on a board, and the forms to give, confirm and take them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.access import changes, questions
from dashboards.boards import board_at
from dashboards.forms.desk import Desk
from dashboards.forms.fields import Checked, Form
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.life.states import is_person
from dashboards.people.person import Role
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader
from dashboards.words import day, moment
from models.register import Board
from models.service import clock
from models.store import access
from models.store.access import Granted


def _state(granted: Granted, on: date) -> str:
    if granted.revoked_at is not None:
        return f"taken away {moment(granted.revoked_at)}, by {granted.revoked_by}"
    if granted.ends_on < on:
        return "over"
    if granted.waits:
        return "waits for another administrator"
    return "in force" if granted.in_force(on) else f"from {day(granted.starts_on)}"


def add_access(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    def at(code: str, grant: str) -> tuple[Board, Granted]:
        """Board and grant; raises 404 for one that is not of this board."""
        board = board_at(engine, registry, code)[1]
        with engine.connect() as connection:
            granted = access.find(connection, grant)
        if granted is None or granted.board != code:
            raise HTTPException(404)
        return board, granted

    @app.get("/boards/{code}/access", response_class=HTMLResponse)
    def given(code: str, visitor: Here) -> Response:
        """Every role that was given here on a board."""
        board, today = board_at(engine, registry, code)[1], clock.today()
        with engine.connect() as connection:
            grants = access.of_board(connection, code)
        rows = [
            {
                "id": one.grant_id, "facts": dict(questions.facts(one)), "state": _state(one, today),
                "confirm": one.waits and one.revoked_at is None and one.ends_on >= today
                and visitor.who != one.person,
                "revoke": one.revoked_at is None and one.ends_on >= today,
            }
            for one in grants
        ]  # fmt: skip
        return desk.page("access.html", board, visitor, rows=rows)

    @app.get("/boards/{code}/access/give", response_class=HTMLResponse)
    def giving(code: str, visitor: Here) -> Response:
        """The form to give a role."""
        register, board = board_at(engine, registry, code)
        return desk.ask(questions.to_give(board, register), board, visitor)

    @app.post("/boards/{code}/access/give", response_class=HTMLResponse)
    def give(code: str, visitor: Here, sent: Posted) -> Response:
        """Give it."""
        register, board = board_at(engine, registry, code)
        form = questions.to_give(board, register, sent.one("once"))
        checked, today = Checked(form, sent), clock.today()
        person = sent.one("person")
        if not is_person(person):
            checked.errors["person"] = "Write the code of the person as their page “Your roles” has it: sub:..."
        role = checked.one("role", "Choose a role")
        agency = sent.one("agency")
        if role == Role.VIEWER:
            agency = checked.one("agency", "Choose the agency whose viewer it is")
        elif agency:
            checked.errors["agency"] = "Only a viewer is of an agency: leave this at Choose"
        starts, ends = checked.day("starts", "Say from when"), checked.day("ends", "Say until when")
        if starts is not None and starts < today:
            checked.errors["starts"] = "A role is given from today or later"
        if starts is not None and ends is not None and not starts <= ends <= today + changes.LONGEST:
            checked.errors["ends"] = "A role ends after it begins, and within a year"
        to = f"/boards/{code}/access"

        def do() -> Said:
            new = changes.give(
                engine, register, visitor.who, code, person, Role(role), agency, starts or today, ends or today,
                form.hidden["once"],
            )  # fmt: skip
            return Said.GIVEN_TO_ONESELF if new.waits else Said.GIVEN

        return desk.unready(form, checked, board, visitor) or desk.act(visitor, board, do, to, (to, "See all roles"))

    def deciding(
        path: str, asks: Callable[[Granted, str], Form], does: Callable[[Engine, str, str, str], None], said: Said
    ) -> None:
        """Add the two routes of one decision about a role: its form, and doing it."""

        def form_of(code: str, grant: str, visitor: Here) -> Response:
            board, granted = at(code, grant)
            return desk.ask(asks(granted, code), board, visitor)

        def done(code: str, grant: str, visitor: Here) -> Response:
            board, _ = at(code, grant)
            to = f"/boards/{code}/access"

            def do() -> Said:
                does(engine, visitor.who, code, grant)
                return said

            return desk.act(visitor, board, do, to, (to, "See all roles"))

        address = f"/boards/{{code}}/access/{{grant}}/{path}"
        app.get(address, response_class=HTMLResponse, name=f"access {path} form")(form_of)
        app.post(address, response_class=HTMLResponse, name=f"access {path}")(done)

    deciding("confirm", questions.to_confirm, changes.confirm, Said.CONFIRMED)
    deciding("revoke", questions.to_revoke, changes.revoke, Said.REVOKED)
