"""The map of a board, and the page of one ward or town."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from analysis.signals.sentences import CAUTION
from dashboards import states
from dashboards.boards import board_at
from dashboards.geography.files import Maps
from dashboards.life import changes
from dashboards.measures.notices import notices_of
from dashboards.pages import Pages
from dashboards.people.visitor import Here
from dashboards.pictures.slopes import KEY
from dashboards.queries.left import left_of
from dashboards.queries.releases import Released
from dashboards.registry import RegisterReader
from dashboards.where.figures import PlaceFigures, place_figures
from dashboards.where.named import named_places
from dashboards.where.place import PlacePage, place_page
from dashboards.where.view import NothingThere, WherePage, where_page
from models.register import Board, Register
from models.service import clock


def add_where(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""
    maps = Maps(registry.directory)

    @app.get("/boards/{code}/where", response_class=HTMLResponse)
    def where(code: str, visitor: Here, show: str = "", measure: str = "", map: str = "") -> Response:
        """The map: one measure, for wards or towns, in one window."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            figures = place_figures(connection, code, show)
            signals = named_places(connection, board, clock.today())
            notices = notices_of(connection, code)
            left = left_of(connection, register, board)
        as_of = partial(_as_of, registry, board)
        try:
            page = where_page(figures, register, board, maps, signals, show, measure, map, as_of=as_of)
        except NothingThere:
            raise HTTPException(404) from None
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "where", who=visitor.who)
        view = _view(page, figures) | {"corrections": notices, "left": left, "slopes_key": KEY}
        return HTMLResponse(pages.render("where.html", register, board, visitor, **view))

    @app.get("/boards/{code}/places/{place}", response_class=HTMLResponse)
    def one_place(code: str, place: str, visitor: Here, window: str = "") -> Response:
        """What is released of one ward or town, over the years."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            figures = place_figures(connection, code)
            signals = named_places(connection, board, clock.today())
            notices = notices_of(connection, code)
            left = left_of(connection, register, board)
        try:
            page = place_page(figures, board, signals, place, window)
        except NothingThere:
            raise HTTPException(404) from None
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, f"place {place}", who=visitor.who)
        view = _view(page, figures) | {"corrections": notices, "left": left}
        return HTMLResponse(pages.render("place.html", register, board, visitor, **view))


def _as_of(registry: RegisterReader, board: Board, release: Released) -> tuple[Register, Board]:
    """The register and the board whose places a release counts by: today's, unless it was built with other bounds."""
    register = registry.current()
    if release.boundary_set != board.boundary_set:
        earlier = registry.at(release.register_version)
        then = earlier.board_by_code.get(board.code)
        if then is not None and then.boundary_set == release.boundary_set:
            return earlier, then
    return register, board


def _view(page: WherePage | PlacePage | None, figures: PlaceFigures) -> dict[str, object]:
    """What both pages have besides their own: the key, the error of figures, and the caution about hotspots."""
    rules = {row.rule for row in figures.newest_first}
    return {
        "page": page,
        "key": states.used(states.release_key(rules), page.texts if page else ()),
        "errors": states.errors(rules),
        "caution": CAUTION,
    }
