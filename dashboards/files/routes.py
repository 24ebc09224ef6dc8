"""The page of a board's files, and the address of each file."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dashboards.boards import board_at, tables_or_404
from dashboards.exports import formats
from dashboards.files.view import files_page
from dashboards.labels import Names
from dashboards.life import changes
from dashboards.life.listing import Correction, corrections, parse, shown_body
from dashboards.measures.notices import notices_of
from dashboards.pages import Pages
from dashboards.people.permissions import Act
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader


def add_files(app: FastAPI, pages: Pages, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""

    @app.get("/boards/{code}/files", response_class=HTMLResponse)
    def files(code: str, visitor: Here) -> Response:
        """Every release whose figures may be seen, with its files, and how to check one."""
        register, board = board_at(engine, registry, code)
        with engine.connect() as connection:
            page, notices = files_page(connection, code), notices_of(connection, code)
        changes.note_reading(engine, changes.ReadingKind.VIEW, code, "files", who=visitor.who)
        view: dict[str, object] = {
            "page": page,
            "labels": formats.LABELS,
            "checksums": formats.CHECKSUMS,
            "corrections": notices,
            "may_take": visitor.may(Act.TAKE_FILES, code),
            "may_decide": visitor.may(Act.SEE_WAITING, code),
        }
        return HTMLResponse(pages.render("files.html", register, board, visitor, **view))

    @app.get("/releases/{name}")
    def download(name: str, visitor: Here) -> Response:
        """An approved release as a file; any other gives 404, just as if it did not exist."""
        release_id, suffix = formats.split(name)
        tables_or_404(engine)
        if not suffix:
            raise HTTPException(404)
        with engine.connect() as connection:
            body, notices = shown_body(connection, release_id), corrections(connection, release_id)
        if body is None:
            raise HTTPException(404)
        content = body if suffix == formats.JSON else _made(registry, body, suffix, notices)
        if content is None:
            raise HTTPException(404)
        changes.note_reading(engine, changes.ReadingKind.DOWNLOAD, release_id, suffix, who=visitor.who)
        # The name is a release id and a known suffix, so it needs no quoting.
        attached = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=formats.media_type(suffix), headers=attached)


def _made(registry: RegisterReader, body: bytes, suffix: str, notices: Iterable[Correction]) -> bytes | None:
    """A file that is made from the stored release; None if the release has no such file.

    Raises `PdfUnavailable` for the PDF, and `PdfBusy` for the PDF and for the checksums, which need it.
    """
    release = parse(body)
    names = Names.of(registry.at(release.register_version), release.board)
    if suffix == formats.VOICES:
        return formats.write_voices(release, names, notices)
    if suffix != formats.CHECKSUMS:
        return formats.write(release, names, suffix, notices)
    return formats.checksums(release.release_id, formats.every(body, release, names, notices))
