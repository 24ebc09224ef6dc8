"""`/sessions`: where somebody sees in how many browsers they are signed in, and ends what is not wanted."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.responses import Response

from dashboards.forms.desk import Desk
from dashboards.forms.fields import Checked, Choice, Field, Form, Input
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.people import changes
from dashboards.people.visitor import Here, Visitor
from dashboards.words import moment
from models.store.sessions import OpenSession

BACK = ("/account", "your roles")


def to_end(found: list[OpenSession]) -> Form:
    """End sessions of one's own in other browsers. Each goes by a part of its hash, which opens nothing."""
    own = next((session for session in found if session.own), None)
    others = tuple(
        Choice(session.handle, f"Signed in {moment(session.opened_at)}", f"Last page {moment(session.seen_at)}.")
        for session in found
        if not session.own
    )
    return Form(
        title="Where you are signed in",
        button="End these sessions",
        back=BACK,
        fields=(Field("end", "In other browsers", Input.SOME, "End what you do not know.", others),) if others else (),
        text=() if others else ("You are signed in nowhere else, so there is nothing to end.",),
        facts=(("In this browser", f"Signed in {moment(own.opened_at)}. “Sign out” ends it"),) if own else (),
        warning="What somebody had typed there and not sent is lost." if others else "",
    )


def add_own_sessions(app: FastAPI, desk: Desk, engine: Engine) -> None:
    """Add the two routes: the list, and ending some."""

    def form_for(visitor: Visitor) -> Form:
        return to_end(changes.own_sessions(engine, visitor.who, visitor.number))

    @app.get("/sessions", response_class=HTMLResponse)
    def sessions(visitor: Here) -> Response:
        """One's sessions."""
        return desk.ask(form_for(visitor), None, visitor)

    @app.post("/sessions", response_class=HTMLResponse)
    def end(visitor: Here, sent: Posted) -> Response:
        """End some of them."""
        form = form_for(visitor)
        checked = Checked(form, sent)
        chosen = checked.some("end", "Choose at least one") if checked.asks("end") else ()

        def do() -> Said:
            changes.ended_own(engine, visitor.who, visitor.number, chosen)
            return Said.SESSIONS_ENDED

        return desk.unready(form, checked, None, visitor) or desk.act(visitor, None, do, "/sessions", BACK)
