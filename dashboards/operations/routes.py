"""The page for operations, and its forms."""

from __future__ import annotations

from datetime import date

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.boards import tables_or_404
from dashboards.forms.desk import Desk
from dashboards.forms.fields import Checked, Form
from dashboards.forms.said import Said
from dashboards.forms.sent import Posted
from dashboards.operations import changes
from dashboards.operations.questions import BACK, to_close, to_confirm, to_redrive, to_resume, to_skip
from dashboards.operations.view import held_agencies, open_gaps, operations_page, request_line
from dashboards.people.visitor import Here, Visitor
from dashboards.registry import RegisterReader
from models.service import clock
from models.store import remedy_requests
from models.store.remedy_requests import RemedyRequest

SEE = (BACK[0], "See what was asked for")


def add_operations(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    def ask(visitor: Visitor, form: Form, checked: Checked, kind: str, said: Said, **what: object) -> Response:
        """Check the rest of a form, and ask for it."""
        reason, text = checked.one("reason", "Say why"), checked.text("text")

        def do() -> Said:
            common = {"topic": "", "partition": None, "offset": None, "agency": "", "rule": "", "since": None} | what
            request = RemedyRequest(
                request_id=form.hidden["once"], kind=kind, reason=reason, text=text, requested_by=visitor.who,
                requested_at=clock.now(), **common,  # type: ignore[arg-type]
            )  # fmt: skip
            changes.ask(engine, request)
            return said

        return desk.unready(form, checked, None, visitor) or desk.act(visitor, None, do, BACK[0], SEE)

    @app.get("/operations", response_class=HTMLResponse)
    def operations(visitor: Here) -> Response:
        """What stands still or is missing. It shows coordinates and reasons, and nothing of a record or a figure."""
        tables_or_404(engine)
        with engine.connect() as connection:
            page = operations_page(connection, registry.current())
        return desk.page("operations.html", None, visitor, page=page)

    @app.get("/operations/skip", response_class=HTMLResponse)
    def skipping(visitor: Here) -> Response:
        """The form."""
        tables_or_404(engine)
        return desk.ask(to_skip(registry.current(), ""), None, visitor)

    @app.post("/operations/skip", response_class=HTMLResponse)
    def skipped(visitor: Here, sent: Posted) -> Response:
        """Ask for it; somebody else has to agree."""
        form = to_skip(registry.current(), sent.one("once"))
        checked = Checked(form, sent)
        place = {
            "topic": checked.one("topic", "Choose the topic"),
            "partition": checked.number("partition", 999),
            "offset": checked.number("offset", 2**62),
        }
        return ask(visitor, form, checked, "skip", Said.SKIP_ASKED, **place)

    @app.get("/operations/requests/{request}/confirm", response_class=HTMLResponse)
    def confirming(request: str, visitor: Here) -> Response:
        """The form."""
        return desk.ask(_to_confirm(request), None, visitor)

    @app.post("/operations/requests/{request}/confirm", response_class=HTMLResponse)
    def confirmed(request: str, visitor: Here) -> Response:
        """Agree to it."""

        def do() -> Said:
            changes.confirm(engine, visitor.who, request)
            return Said.SKIP_CONFIRMED

        return desk.act(visitor, None, do, BACK[0], SEE)

    def _to_confirm(request_id: str) -> Form:
        tables_or_404(engine)
        with engine.connect() as connection:
            found = remedy_requests.find(connection, request_id)
        if found is None or not found.waits_for_second:
            raise HTTPException(404)
        return to_confirm(request_line(found, registry.current()))

    @app.get("/operations/resume", response_class=HTMLResponse)
    def resuming(visitor: Here, agency: str = "") -> Response:
        """The form."""
        return desk.ask(_to_resume("", agency), None, visitor)

    @app.post("/operations/resume", response_class=HTMLResponse)
    def resumed(visitor: Here, sent: Posted) -> Response:
        """Ask for it."""
        form = _to_resume(sent.one("once"))
        checked = Checked(form, sent)
        agency = checked.one("agency", "Choose the agency")
        return ask(visitor, form, checked, "resume", Said.REMEDY_ASKED, agency=agency)

    def _to_resume(given: str, start: str = "") -> Form:
        tables_or_404(engine)
        with engine.connect() as connection:
            return to_resume(held_agencies(connection, registry.current()), given, start)

    @app.get("/operations/redrive", response_class=HTMLResponse)
    def redriving(visitor: Here, rule: str = "", since: str = "") -> Response:
        """The form."""
        tables_or_404(engine)
        return desk.ask(to_redrive(registry.current(), "", rule[:64], _real_day(since)), None, visitor)

    @app.post("/operations/redrive", response_class=HTMLResponse)
    def redriven(visitor: Here, sent: Posted) -> Response:
        """Ask for it."""
        form = to_redrive(registry.current(), sent.one("once"))
        checked = Checked(form, sent)
        what: dict[str, object] = {"rule": checked.code("rule", "Say which rule", 64)}
        what["since"] = checked.day("since", "Say since which day")
        what["agency"] = checked.one("agency", "Choose an agency of the list") if sent.one("agency") else ""
        return ask(visitor, form, checked, "redrive", Said.REMEDY_ASKED, **what)

    @app.get("/operations/close", response_class=HTMLResponse)
    def closing(visitor: Here, gap: str = "") -> Response:
        """The form."""
        return desk.ask(_to_close("", gap), None, visitor)

    @app.post("/operations/close", response_class=HTMLResponse)
    def closed(visitor: Here, sent: Posted) -> Response:
        """Ask for it."""
        form = _to_close(sent.one("once"))
        checked = Checked(form, sent)
        topic, _, place = checked.one("gap", "Choose the loss").partition(":")
        partition, _, first = place.partition(":")
        at = {} if checked.errors else {"topic": topic, "partition": int(partition), "offset": int(first)}
        return ask(visitor, form, checked, "close", Said.REMEDY_ASKED, **at)

    def _to_close(given: str, start: str = "") -> Form:
        tables_or_404(engine)
        with engine.connect() as connection:
            return to_close(open_gaps(connection), given, start)


def _real_day(text: str) -> str:
    """A day as an address has it; nothing if it is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
