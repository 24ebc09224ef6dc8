"""The pages of a board's actions, and the forms by which people keep them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.actions import changes, questions
from dashboards.actions.view import ActionView, action_view, actions_page
from dashboards.boards import board_at
from dashboards.forms.desk import Desk
from dashboards.forms.fields import Checked, Form
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.life.changes import ReadingKind, note_reading
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader
from models.register import Board, Register
from models.service import clock
from models.store import audit
from models.store.actions import Impact, Source

FORMS = (
    ("change", "Change the due date", True),
    ("tell", "Say who was told", False),
    ("impact", "Record its impact", False),
    ("close", "Close it", True),
)
"""End of the address, words, and whether it is for open actions only."""


def add_actions(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    def at(code: str, action: str) -> tuple[Register, Board, ActionView, int]:
        """Register, board, action and the newest row about it; raises 404 for an action that is not of this board."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            view = action_view(connection, register, board, action, clock.today())
            seen = audit.newest(connection, action, changes.UNIMPORTANT)
        if view is None:
            raise HTTPException(404)
        return register, board, view, seen

    @app.get("/boards/{code}/actions", response_class=HTMLResponse)
    def actions(code: str, visitor: Here) -> Response:
        """Overdue, open and closed actions of one board."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            page = actions_page(connection, register, board, clock.today())
        note_reading(engine, ReadingKind.VIEW, code, "actions", who=visitor.who)
        return desk.page("actions.html", board, visitor, page=page, may_add=visitor.may(Act.CHANGE_ACTIONS, code))

    @app.get("/boards/{code}/actions/add", response_class=HTMLResponse)
    def adding(code: str, visitor: Here) -> Response:
        """The form of a new action."""
        register, board = board_at(engine, registry, code)
        return desk.ask(questions.to_add(board, list(register.agencies_of(code))), board, visitor)

    @app.post("/boards/{code}/actions/add", response_class=HTMLResponse)
    def added(code: str, visitor: Here, sent: Posted) -> Response:
        """Add an action."""
        register, board = board_at(engine, registry, code)
        form = questions.to_add(board, list(register.agencies_of(code)), sent.one("once"))
        checked, today = Checked(form, sent), clock.today()
        title = checked.text("title", "Say what is to be done")
        owner = checked.one("owner", "Choose the agency that owes it")
        source = checked.one("source", "Choose where it comes from")
        opened = checked.day("opened") or today
        due = checked.day("due", "Say by when it is to be done")
        tell = checked.some("tell")
        if "opened" not in checked.errors and opened > today:
            checked.errors["opened"] = "The day on which it was agreed cannot be in the future"
        if due is not None and due < opened and "opened" not in checked.errors:
            checked.errors["due"] = "The due date cannot be before the day on which it was agreed"
        to = f"/boards/{code}/actions"

        def do() -> Said:
            changes.add(
                engine, register, visitor.who, code, Source(source), owner, title, due or today, tell, opened,
                form.hidden["once"],
            )  # fmt: skip
            return Said.ACTION_ADDED

        return desk.unready(form, checked, board, visitor) or desk.act(visitor, board, do, to, (to, "See all actions"))

    @app.get("/boards/{code}/actions/{action}", response_class=HTMLResponse)
    def one(code: str, action: str, visitor: Here) -> Response:
        """One action: who was told, who acknowledged it, what was done, and what may be."""
        _, board, view, _ = at(code, action)
        may_change = visitor.may(Act.CHANGE_ACTIONS, code)
        allowed = [(path, words) for path, words, open_only in FORMS if may_change and (view.is_open or not open_only)]
        own = [
            (agency, name, known)
            for agency, name, _, known in view.agencies
            if agency in visitor.agencies(code) and visitor.may(Act.ACKNOWLEDGE_ACTION, code, agency)
        ]
        note_reading(engine, ReadingKind.VIEW, code, "action", who=visitor.who)
        return desk.page("action.html", board, visitor, action=view, allowed=allowed, own=own)

    def keeping(
        path: str,
        asks: Callable[[ActionView, str, int], Form],
        does: Callable[[Checked, ActionView, Register, str, int], Callable[[], Said]],
    ) -> None:
        """Add the two routes of one change of an action: its form, and making it."""

        def form_of(code: str, action: str, visitor: Here) -> Response:
            _, board, view, seen = at(code, action)
            return desk.ask(asks(view, code, seen), board, visitor)

        def done(code: str, action: str, visitor: Here, sent: Posted) -> Response:
            register, board, view, _ = at(code, action)
            seen = sent.number("seen")
            form = asks(view, code, seen)
            checked = Checked(form, sent)
            act = does(checked, view, register, visitor.who, seen)
            to = f"/boards/{code}/actions/{action}"
            unready = desk.unready(form, checked, board, visitor)
            return unready or desk.act(visitor, board, act, to, (to, "See this action"))

        address = f"/boards/{{code}}/actions/{{action}}/{path}"
        app.get(address, response_class=HTMLResponse, name=f"action {path} form")(form_of)
        app.post(address, response_class=HTMLResponse, name=f"action {path}")(done)

    def changing(checked: Checked, view: ActionView, register: Register, who: str, seen: int) -> Callable[[], Said]:
        due = checked.day("due", "Say by when it is to be done")

        def do() -> Said:
            changes.change(engine, register, who, view.action_id, due_on=due, seen=seen)
            return Said.ACTION_CHANGED

        return do

    def telling(checked: Checked, view: ActionView, register: Register, who: str, seen: int) -> Callable[[], Said]:
        tell = checked.some("tell", "Choose who was told") if checked.asks("tell") else ()

        def do() -> Said:
            changes.change(engine, register, who, view.action_id, tell, seen=seen)
            return Said.TOLD

        return do

    def finding(checked: Checked, view: ActionView, register: Register, who: str, seen: int) -> Callable[[], Said]:
        impact = checked.one("impact", "Choose what is known of its impact")
        evidence = checked.text("evidence")
        if impact == Impact.EVIDENCED and not evidence and "evidence" not in checked.errors:
            checked.errors["evidence"] = "Say what the evidence is"

        def do() -> Said:
            kept = evidence if impact == Impact.EVIDENCED else ""
            changes.change(engine, register, who, view.action_id, impact=Impact(impact), evidence=kept, seen=seen)
            return Said.IMPACT

        return do

    def closing(checked: Checked, view: ActionView, _: Register, who: str, seen: int) -> Callable[[], Said]:
        on = checked.day("on", "Say when it was done")
        if on is not None and on > clock.today():
            checked.errors["on"] = "The day on which it was done cannot be in the future"

        def do() -> Said:
            changes.close(engine, who, view.action_id, on or date.min, seen)
            return Said.ACTION_CLOSED

        return do

    keeping("change", questions.to_change, changing)
    keeping("tell", questions.to_tell, telling)
    keeping("impact", questions.to_impact, finding)
    keeping("close", questions.to_close, closing)

    def named(view: ActionView, agency: str) -> str:
        """The agency's name; raises 404 for an agency that is not of this board."""
        name = next((name for code, name, _, _ in view.agencies if code == agency), None)
        if name is None:
            raise HTTPException(404)
        return name

    @app.get("/boards/{code}/actions/{action}/acknowledge/{agency}", response_class=HTMLResponse)
    def acknowledging(code: str, action: str, agency: str, visitor: Here) -> Response:
        """The form by which an agency says that it knows of an action."""
        _, board, view, _ = at(code, action)
        return desk.ask(questions.to_acknowledge(view, code, named(view, agency)), board, visitor)

    @app.post("/boards/{code}/actions/{action}/acknowledge/{agency}", response_class=HTMLResponse)
    def acknowledged(code: str, action: str, agency: str, visitor: Here) -> Response:
        """Say so."""
        register, board, view, _ = at(code, action)
        named(view, agency)
        to = f"/boards/{code}/actions/{action}"

        def do() -> Said:
            changes.acknowledge(engine, register, visitor.who, action, agency)
            return Said.ACKNOWLEDGED

        return desk.act(visitor, board, do, to, (to, "See this action"))
