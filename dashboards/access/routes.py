"""The page of the roles that were given on a board, and the forms to give, confirm and take them."""

from __future__ import annotations

from datetime import date

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.access import changes
from dashboards.boards import board_at
from dashboards.forms.desk import Desk
from dashboards.forms.fields import Checked, Choice, Field, Form, Kind, radios
from dashboards.forms.once import once
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.life.states import is_person
from dashboards.people.person import Role
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader
from dashboards.words import capital, day, moment
from models.register import Board, Register
from models.service import clock
from models.store import access
from models.store.access import Granted


def to_give(board: Board, register: Register, given: str = "") -> Form:
    """Give somebody a role."""
    agencies = tuple(Choice(agency.id, agency.name) for agency in register.agencies_of(board.code))
    today = clock.today()
    return Form(
        title="Give somebody a role",
        button="Give the role",
        back=(f"/boards/{board.code}/access", "access"),
        fields=(
            Field("person", "Who?", Kind.LINE, "The code on their page “Your roles”, which begins with sub. "
                  "The audit log has it for somebody whose sign-in was refused."),
            radios("role", "Which role?", [(role.value, capital(role.words)) for role in changes.ROLES],
                   "Two people still have to agree to a release, whatever roles one person has."),
            Field("agency", "For which agency?", Kind.PICK, "For a viewer only.", agencies),
            Field("starts", "From", Kind.DAY, start=today.isoformat()),
            Field("ends", "Up to and including", Kind.DAY, "A year from today at most. It then has to be given again."),
        ),
        text=("Your organisation's sign-in gives most roles. Give one here where it does not.",),
        hidden={"once": once(given)},
        check=True,
    )  # fmt: skip


def to_confirm(granted: Granted, code: str) -> Form:
    """Agree to a role that somebody gave themselves."""
    return Form(
        title="Confirm a role",
        button="Confirm it",
        back=(f"/boards/{code}/access", "access"),
        text=("Somebody asked for this role for themselves. It counts once you confirm it.",),
        facts=_facts(granted),
    )


def to_revoke(granted: Granted, code: str) -> Form:
    """Take a role away."""
    return Form(
        title="Take a role away",
        button="Take it away",
        back=(f"/boards/{code}/access", "access"),
        facts=_facts(granted),
        warning="It stops counting at once, also for somebody who is signed in. It can be given again.",
    )


def _facts(granted: Granted) -> tuple[tuple[str, str], ...]:
    return (
        ("Who", granted.person),
        ("Role", _role(granted)),
        ("From", day(granted.starts_on)),
        ("Up to and including", day(granted.ends_on)),
        ("Given", f"by {granted.given_by}, {moment(granted.given_at)}"),
    )


def _role(granted: Granted) -> str:
    of = f" for {granted.agency}" if granted.agency else ""
    return capital(Role(granted.role).words) + of


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
                "id": one.grant_id, "facts": dict(_facts(one)), "state": _state(one, today),
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
        return desk.ask(to_give(board, register), board, visitor)

    @app.post("/boards/{code}/access/give", response_class=HTMLResponse)
    def give(code: str, visitor: Here, sent: Posted) -> Response:
        """Give it."""
        register, board = board_at(engine, registry, code)
        form = to_give(board, register, sent.one("once"))
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

    @app.get("/boards/{code}/access/{grant}/confirm", response_class=HTMLResponse)
    def confirming(code: str, grant: str, visitor: Here) -> Response:
        """The form to confirm a role."""
        board, granted = at(code, grant)
        return desk.ask(to_confirm(granted, code), board, visitor)

    @app.post("/boards/{code}/access/{grant}/confirm", response_class=HTMLResponse)
    def confirm(code: str, grant: str, visitor: Here) -> Response:
        """Confirm it."""
        board, _ = at(code, grant)
        to = f"/boards/{code}/access"

        def do() -> Said:
            changes.confirm(engine, visitor.who, code, grant)
            return Said.CONFIRMED

        return desk.act(visitor, board, do, to, (to, "See all roles"))

    @app.get("/boards/{code}/access/{grant}/revoke", response_class=HTMLResponse)
    def revoking(code: str, grant: str, visitor: Here) -> Response:
        """The form to take a role away."""
        board, granted = at(code, grant)
        return desk.ask(to_revoke(granted, code), board, visitor)

    @app.post("/boards/{code}/access/{grant}/revoke", response_class=HTMLResponse)
    def revoke(code: str, grant: str, visitor: Here) -> Response:
        """Take it away."""
        board, _ = at(code, grant)
        to = f"/boards/{code}/access"

        def do() -> Said:
            changes.revoke(engine, visitor.who, code, grant)
            return Said.REVOKED

        return desk.act(visitor, board, do, to, (to, "See all roles"))
