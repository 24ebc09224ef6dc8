"""The pages of a board's releases, and the forms by which people decide about them."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.boards import board_at
from dashboards.forms.desk import Desk
from dashboards.forms.fields import Checked, Form
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.life import changes
from dashboards.life.listing import newest_act
from dashboards.life.requests import closed
from dashboards.life.states import DecisionReason, Fault, LifeState
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.queries.releases import every_release
from dashboards.registry import RegisterReader
from dashboards.releases import questions
from dashboards.releases.view import (
    ReleaseView,
    annotations_of,
    history,
    measures_of,
    release_view,
    releases_page,
)
from models.register import Board

APPROVED = {LifeState.APPROVED_ONCE: Said.APPROVED_ONCE}
"""What is said after an approval, where it is not yet the last."""


def add_releases(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    def at(code: str, release: str) -> tuple[Board, ReleaseView, int]:
        """Board, release and the newest act on it; raises 404 for a release that is not of this board."""
        board = board_at(engine, registry, code)[1]
        with engine.connect() as connection:
            view = release_view(connection, code, release)
            seen = newest_act(connection, release)
        if view is None:
            raise HTTPException(404)
        return board, view, seen

    @app.get("/boards/{code}/releases", response_class=HTMLResponse)
    def releases(code: str, visitor: Here) -> Response:
        """What waits, what was asked for, and what became of every release."""
        board = board_at(engine, registry, code)[1]
        with engine.connect() as connection:
            page = releases_page(connection, code)
        may_ask = visitor.may(Act.REQUEST_RELEASE, code)
        return desk.page("releases.html", board, visitor, page=page, may_ask=may_ask)

    @app.get("/boards/{code}/releases/ask", response_class=HTMLResponse)
    def ask(code: str, visitor: Here) -> Response:
        """The form to ask for releases."""
        board = board_at(engine, registry, code)[1]
        return desk.ask(questions.to_ask(board, offered(board)), board, visitor)

    @app.post("/boards/{code}/releases/ask", response_class=HTMLResponse)
    def asked(code: str, visitor: Here, sent: Posted) -> Response:
        """Ask for releases."""
        board = board_at(engine, registry, code)[1]
        form = questions.to_ask(board, offered(board), sent.one("once"))
        checked = Checked(form, sent)
        windows = checked.some("windows", "Choose at least one period")
        to = f"/boards/{code}/releases"

        def do() -> Said:
            changes.request(engine, visitor.who, board, windows, form.hidden["once"])
            return Said.ASKED

        return desk.unready(form, checked, board, visitor) or desk.act(visitor, board, do, to, (to, "Releases"))

    def offered(board: Board) -> list[str]:
        """The closed periods that have no release."""
        with engine.connect() as connection:
            has = {row.window for row in every_release(connection, board.code)}
        return [window for window in closed(board) if window not in has]

    @app.get("/boards/{code}/releases/{release}", response_class=HTMLResponse)
    def one(code: str, release: str, visitor: Here) -> Response:
        """One release: everything but its figures, what may be done with it, and what was."""
        board, view, _ = at(code, release)
        with engine.connect() as connection:
            past, said = history(connection, release), annotations_of(connection, release)
        allowed = [(path, words) for path, words, act, fits in questions.ACTS if visitor.may(act, code) and fits(view)]
        return desk.page("release.html", board, visitor, release=view, history=past, annotations=said, allowed=allowed)

    def decision(
        path: str,
        asks: Callable[[ReleaseView, str, int], Form],
        does: Callable[[Checked, ReleaseView, str, int], Callable[[], Said]],
    ) -> None:
        """Add the two routes of one decision about a release: its form, and doing it."""

        def form_of(code: str, release: str, visitor: Here) -> Response:
            board, view, seen = at(code, release)
            return desk.ask(asks(view, code, seen), board, visitor)

        def done(code: str, release: str, visitor: Here, sent: Posted) -> Response:
            board, view, _ = at(code, release)
            seen = sent.number("seen")
            form = asks(view, code, seen)
            checked = Checked(form, sent)
            act = does(checked, view, visitor.who, seen)
            to = f"/boards/{code}/releases/{release}"
            unready = desk.unready(form, checked, board, visitor)
            return unready or desk.act(visitor, board, act, to, (to, "See this release"))

        address = f"/boards/{{code}}/releases/{{release}}/{path}"
        app.get(address, response_class=HTMLResponse, name=f"{path} form")(form_of)
        app.post(address, response_class=HTMLResponse, name=path)(done)

    def approving(_: Checked, view: ReleaseView, who: str, seen: int) -> Callable[[], Said]:
        return lambda: APPROVED.get(changes.approve(engine, view.release_id, who, seen), Said.APPROVED)

    def refusing(checked: Checked, view: ReleaseView, who: str, seen: int) -> Callable[[], Said]:
        reason = checked.one("reason", "Choose why you refuse it")

        def do() -> Said:
            changes.refuse(engine, view.release_id, who, DecisionReason(reason), seen)
            return Said.REFUSED

        return do

    def withdrawing(checked: Checked, view: ReleaseView, who: str, seen: int) -> Callable[[], Said]:
        reason = checked.one("reason", "Choose why you withdraw it")

        def do() -> Said:
            changes.withdraw(engine, view.release_id, who, DecisionReason(reason), seen)
            return Said.WITHDRAWN

        return do

    def correcting(checked: Checked, view: ReleaseView, who: str, seen: int) -> Callable[[], Said]:
        fault = checked.one("reason", "Choose why the figures are wrong")
        measure = checked.one("measure", "Choose which figures are wrong")

        def do() -> Said:
            of = "" if measure == questions.ALL else measure
            changes.correct(engine, view.release_id, who, Fault(fault), of, seen)
            return Said.CORRECTED

        return do

    def measures(view: ReleaseView) -> tuple[str, ...]:
        with engine.connect() as connection:
            return measures_of(connection, view.release_id)

    decision("approve", questions.to_approve, approving)
    decision("refuse", questions.to_refuse, refusing)
    decision("withdraw", questions.to_withdraw, withdrawing)
    decision("correct", lambda view, code, seen: questions.to_correct(view, code, seen, measures(view)), correcting)

    @app.get("/boards/{code}/releases/{release}/annotate", response_class=HTMLResponse)
    def annotate(code: str, release: str, visitor: Here) -> Response:
        """The form to write something beside a release."""
        board, view, _ = at(code, release)
        return desk.ask(questions.to_annotate(view, code), board, visitor)

    @app.post("/boards/{code}/releases/{release}/annotate", response_class=HTMLResponse)
    def annotated(code: str, release: str, visitor: Here, sent: Posted) -> Response:
        """Write it."""
        board, view, _ = at(code, release)
        form = questions.to_annotate(view, code, sent.one("once"))
        checked = Checked(form, sent)
        text = checked.text("text", "Write the annotation")
        to = f"/boards/{code}/releases/{release}"

        def do() -> Said:
            changes.annotate(engine, release, visitor.who, text, form.hidden["once"])
            return Said.ANNOTATED

        unready = desk.unready(form, checked, board, visitor)
        return unready or desk.act(visitor, board, do, to, (to, "See this release"))
