"""The page of the meeting pack, and its files."""

from __future__ import annotations

import base64
import hashlib

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.boards import board_at
from dashboards.geography.files import Maps
from dashboards.life import changes
from dashboards.pack import made
from dashboards.pack.kinds import BY_FILE
from dashboards.pack.made import Made
from dashboards.pack.source import Source, read
from dashboards.pack.view import pack_page
from dashboards.pages import Pages
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here, Visitor
from dashboards.registry import RegisterReader
from models.service import clock


def add_pack(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    maps = Maps(registry.directory)

    def source_of(code: str, visitor: Visitor) -> Source:
        """What the papers are written from; raises 404 while no release is shown."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            waiting = visitor.may(Act.SEE_WAITING, code)
            source = read(connection, register, board, clock.today(), maps, sees_waiting=waiting)
        if source is None:
            raise HTTPException(404)
        return source

    def handed_out(one: Made, visitor: Visitor) -> Response:
        """The file, once the log has it."""
        made.note(engine, one, visitor.who)
        digest = base64.b64encode(hashlib.sha256(one.content).digest()).decode()
        # The name is one of ours, or the id of an agency in the register: neither needs quoting.
        headers = {
            "Content-Disposition": f'attachment; filename="{one.name}"',
            "Repr-Digest": f"sha-256=:{digest}:",
        }
        return Response(one.content, media_type=one.kind.media_type, headers=headers)

    @app.get("/boards/{code}/pack", response_class=HTMLResponse)
    def pack(code: str, visitor: Here) -> Response:
        """What the papers are for, and where to take them."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            page = pack_page(connection, register, board, visitor)
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "pack", who=visitor.who)
        return HTMLResponse(pages.render("pack.html", register, board, visitor, page=page))

    @app.get("/boards/{code}/pack/agency-{agency}.pdf")
    def sheet(code: str, agency: str, visitor: Here) -> Response:
        """The sheet of one agency of the board."""
        source = source_of(code, visitor)
        one = next((one for one in source.register.agencies_of(code) if one.id == agency), None)
        if one is None:
            raise HTTPException(404)
        return handed_out(made.sheet(source, one, taken_by(visitor)), visitor)

    @app.get("/boards/{code}/pack/{paper}")
    def paper(code: str, paper: str, visitor: Here) -> Response:
        """One of the other papers."""
        if paper not in BY_FILE:
            raise HTTPException(404)
        source = source_of(code, visitor)
        return handed_out(made.paper(source, BY_FILE[paper], taken_by(visitor)), visitor)


def taken_by(visitor: Visitor) -> str:
    """Whoever takes a paper, by the words that the pages show them."""
    if not visitor.signed_in:
        return "somebody on this machine, without sign-in"
    return visitor.words.removeprefix("Signed in as ")
