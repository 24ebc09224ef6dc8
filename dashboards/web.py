"""The routes of the pages: thin and synchronous. They record who read what, and write nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from analysis.measures.registry import DEFINITIONS
from dashboards import breaks, states
from dashboards.access.routes import add_access
from dashboards.actions.routes import add_actions
from dashboards.audit.routes import add_audit
from dashboards.begun import every_begun
from dashboards.compared.routes import add_compared
from dashboards.erasures.routes import add_erasures
from dashboards.exports import formats
from dashboards.exports.document import notes_of, notice
from dashboards.exports.pdf import PdfBusy, PdfUnavailable
from dashboards.files.routes import add_files
from dashboards.forms.desk import Desk
from dashboards.forms.said import Saying
from dashboards.headers import Headers
from dashboards.help.routes import add_help
from dashboards.inspection.routes import add_inspection
from dashboards.labels import Names
from dashboards.life import changes
from dashboards.life.listing import corrections, shown_body
from dashboards.measures.routes import add_measures
from dashboards.methods import methods_of
from dashboards.operations.routes import add_operations
from dashboards.overview.routes import add_overview
from dashboards.pack.routes import add_pack
from dashboards.pages import Pages
from dashboards.people.entrance import Entrance, RefusalPage, Sessions
from dashboards.people.limits import Limits
from dashboards.people.names import PeopleNames
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here, Visitor
from dashboards.queries import figures_page
from dashboards.queries.documents import parsed
from dashboards.queries.figures import NotReleased
from dashboards.registry import RegisterReader
from dashboards.releases.routes import add_releases
from dashboards.releases.view import annotations_of
from dashboards.sections.routes import add_sections
from dashboards.sign_in.back_channel import add_back_channel
from dashboards.sign_in.own_sessions import add_own_sessions
from dashboards.sign_in.routes import SignIn, add_account, add_sign_in, add_typed
from dashboards.signals.routes import add_signals
from dashboards.tied import not_in_totals
from dashboards.training.routes import add_training
from dashboards.voices.routes import add_voices
from dashboards.where.routes import add_where
from models.register import Register
from models.store import SchemaState, schema_state

log = logging.getLogger(__name__)

_STATIC = Path(__file__).parent / "static"

NO_TABLES = {
    SchemaState.EMPTY: "The database is empty. Start the sink, which makes the tables: python -m consumers sink.",
    SchemaState.OLDER: "The database is of an older version. Restart the sink, which brings it up to date.",
    SchemaState.UNKNOWN: "The database is of a newer version than these pages. Restart the pages from that version.",
}
PROBLEMS = {
    404: ("Page not found", "There is no page at this address. Start again from the list of boards."),
    405: ("This cannot be done", "The address is for reading only."),
    500: ("Something went wrong", "The page could not be made. The fault has been logged; try again later."),
    501: ("No PDF here", "The machine that serves these pages cannot make a PDF. Take one of the other files."),
    429: ("Too many PDFs at once", "Several are being made at this moment. Try again in a minute."),
    503: ("The figures cannot be read at the moment", "The database does not answer. Try again in a few minutes."),
}


def create_app(
    engine: Engine, registry: RegisterReader, sessions: Sessions, sign_in: SignIn | None = None,
    limits: Limits | None = None,
) -> ASGIApp:  # fmt: skip
    """Build the application for one database and one register, behind a door that knows visitors by `sessions`.

    `sign_in` is how people get a session, `limits` how often they may ask.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages()
    desk = Desk(pages, registry, sessions.cookies, PeopleNames(engine))
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    _add_errors(app, pages, registry)
    shown = partial(_refusal, pages, registry)
    add_sign_in(app, pages, engine, registry, sign_in, shown, sessions.cookies)
    add_typed(app, pages, engine, registry)
    add_account(app, pages, registry)
    add_back_channel(app, engine, sign_in)
    add_signals(app, desk, engine, registry)
    add_measures(app, pages, engine, registry)
    add_overview(app, pages, engine, registry, NO_TABLES)
    add_sections(app, pages, engine, registry)
    add_training(app, pages, engine, registry)
    add_voices(app, pages, engine, registry)
    add_inspection(app, pages, engine, registry)
    add_compared(app, pages, engine, registry)
    add_help(app, pages, registry)
    add_where(app, pages, engine, registry)
    add_pack(app, pages, engine, registry)
    app.add_middleware(Saying, cookies=sessions.cookies)
    add_actions(app, desk, engine, registry)
    add_releases(app, desk, engine, registry)
    add_files(app, pages, engine, registry)
    add_audit(app, desk, engine, registry)
    add_erasures(app, desk, engine, registry)
    add_access(app, desk, engine, registry)
    add_own_sessions(app, desk, engine)
    add_operations(app, desk, engine, registry)

    @app.get("/", response_class=HTMLResponse)
    def boards(visitor: Here) -> Response:
        """The list of the visitor's boards, or the only one."""
        register = registry.current()
        own = [board for board in register.boards if visitor.may(Act.SEE_FIGURES, board.code)]
        kept = [b for b in register.boards if visitor.may(Act.MANAGE_ACCESS, b.code) and b not in own]
        if len(own) == 1 and not kept:
            return RedirectResponse(f"/boards/{own[0].code}", status_code=303)
        ordered = sorted(own, key=lambda board: board.name.casefold())
        listed = bool(register.boards)
        view: dict[str, Any] = {"boards": ordered, "listed": listed, "kept": kept}
        return HTMLResponse(pages.render("boards.html", register, visitor=visitor, **view))

    @app.get("/boards/{code}/figures", response_class=HTMLResponse)
    def figures(code: str, visitor: Here, window: str = "", view: str = "", measure: str = "") -> Response:
        """All figures of one release, in the chosen view."""
        register = registry.current()
        chosen = register.board_by_code.get(code)
        if chosen is None or schema_state(engine) is not SchemaState.CURRENT:
            raise HTTPException(404)
        names = Names.of(register, code)
        with engine.connect() as connection:
            try:
                page = figures_page(connection, chosen, names, window, view, measure)
            except NotReleased:
                raise HTTPException(404) from None
            notices = [notice(correction) for correction in corrections(connection, page.release.release_id)]
            said = annotations_of(connection, page.release.release_id)
            body = shown_body(connection, page.release.release_id)
        released = parsed(body) if body else None
        changes.note_reading(engine, changes.ReadingKind.VIEW, page.release.release_id, page.view.name, who=visitor.who)
        rules = (page.release.rule,)
        broken = breaks.of_window(chosen, page.release.window, page.release, page.earlier, places=True)
        notes = notes_of(page.release.window, names.schedule)
        view_of = {"page": page, "key": states.release_key(rules), "formats": formats.LABELS, "notes": notes}
        view_of |= {"corrections": notices, "errors": states.errors(rules)}
        totals, begun = (not_in_totals(released), every_begun(released)) if released else ("", ())
        view_of |= {"totals": totals, "begun": begun, "breaks": broken, "annotations": said}
        return HTMLResponse(pages.render("figures.html", register, chosen, visitor, **view_of))

    @app.get("/methods", response_class=HTMLResponse)
    def methods(visitor: Here) -> Response:
        """What the measures mean and what the figures cannot say."""
        register = registry.current()
        return HTMLResponse(
            pages.render(
                "methods.html",
                register,
                visitor=visitor,
                key=states.key(),
                old_key=states.OLD_KEY,
                return_key=states.RETURN_KEY,
                boards=register.boards,
                definitions=DEFINITIONS,
                method=methods_of(),
            )
        )

    door = Entrance(app, app.routes, engine, sessions, shown, NO_TABLES.__getitem__, limits)
    return Headers(door, sign_in is not None and sessions.cookies.tls)


def _refusal(pages: Pages, registry: RegisterReader, refusal: RefusalPage, visitor: Visitor | None) -> Response:
    """The page of a refusal at the door."""
    register: Register | None = None
    with suppress(Exception):  # a page that refuses must not fail by a fault of the register
        register = registry.current()
    page = pages.render("refused.html", register, visitor=visitor, refusal=refusal)
    answer = HTMLResponse(page, status_code=refusal.status)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = refusal.challenge
    if refusal.retry_after:
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _add_errors(app: FastAPI, pages: Pages, registry: RegisterReader) -> None:
    """Show every error as a plain page in fixed words, with no traceback and nothing of the request."""

    def problem(status: int, request: Request) -> HTMLResponse:
        register: Register | None = None
        with suppress(Exception):  # the page that reports a fault must not fail by the same one
            register = registry.current()
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        title, text = PROBLEMS.get(status, PROBLEMS[404 if status < 500 else 500])
        return HTMLResponse(
            pages.render("problem.html", register, visitor=visitor, title=title, text=text), status_code=status
        )

    def http_error(request: Request, error: Exception) -> HTMLResponse:
        answer = problem(error.status_code if isinstance(error, HTTPException) else 500, request)
        if isinstance(error, HTTPException) and error.headers:
            answer.headers.update(error.headers)
        return answer

    def database_error(request: Request, error: Exception) -> HTMLResponse:
        if isinstance(error, DataError):
            return problem(404, request)  # an address with what no row can hold, such as a NUL
        log.error("the database failed (%s)", type(error).__name__)
        return problem(503, request)

    def no_pdf(request: Request, error: Exception) -> HTMLResponse:
        log.error("%s", error)
        return problem(501, request)

    def busy(request: Request, _error: Exception) -> HTMLResponse:
        answer = problem(429, request)
        answer.headers["Retry-After"] = "60"
        return answer

    handlers: dict[type[Exception], Callable[[Request, Exception], Response]] = {
        HTTPException: http_error,
        DBAPIError: database_error,
        PdfUnavailable: no_pdf,
        PdfBusy: busy,
        Exception: lambda request, _error: problem(500, request),
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
