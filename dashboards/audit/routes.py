"""The pages of the audit log: of one board, and of all; with filters, as a file, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
from sqlalchemy import ColumnElement, Engine
from starlette.responses import Response

from dashboards.audit.chain import Chain
from dashboards.audit.names import WRONG, in_words
from dashboards.audit.table import pieces
from dashboards.audit.view import AuditPage, Filter, audit_page, every_row, everything, of_board
from dashboards.boards import board_at, tables_or_404
from dashboards.exports.formats import FORMATS
from dashboards.forms.desk import Desk
from dashboards.forms.sent import whole_number
from dashboards.life.changes import ReadingKind, note_reading
from dashboards.people.visitor import Here
from dashboards.registry import RegisterReader
from dashboards.settings import kept_days
from models.register import Board

ALL = "every board"
"""What a look at the whole log is about, in the log."""


def filter_of(
    act: str = "", person: str = "", since: str = "", until: str = "", board: str = "", before: str = ""
) -> Filter:
    """The filter of a request; a number that is none counts as not given."""
    return Filter(act[:32], whole_number(person), since[:10], until[:10], board[:16], whole_number(before))


Wanted = Annotated[Filter, Depends(filter_of)]


def place_of(board: Board | None) -> tuple[str, str]:
    """What a look at this log is about, as the log names it, and the address of its page."""
    return (board.code, f"/boards/{board.code}/audit") if board else (ALL, "/audit")


def in_words_of(boards: Sequence[Board]) -> Callable[[str], str]:
    """Puts what the log says of these boards and their places into words."""
    names = {board.code: board.name for board in boards}
    names |= {place.code: place.name for board in boards for place in board.towns}
    names |= {place.code: place.name for board in boards for place in board.wards}
    return lambda text: in_words(text, names)


def add_audit(app: FastAPI, desk: Desk, engine: Engine, registry: RegisterReader) -> None:
    """Add the routes to the application."""
    chain = Chain(engine, kept_days())

    def page(visitor: Here, board: Board | None, scope: ColumnElement[bool], wanted: Filter) -> Response:
        about, base = place_of(board)
        note_reading(engine, ReadingKind.VIEW, about, "audit", who=visitor.who)
        with engine.connect() as connection:
            found: AuditPage = audit_page(connection, scope, wanted)
        boards = registry.current().boards
        view = {"page": found, "wanted": wanted, "base": base, "boards": boards, "in_words": in_words_of(boards)}
        return desk.page("audit.html", board, visitor, 422 if wanted.wrong else 200, **view)

    def table(visitor: Here, about: str, scope: ColumnElement[bool], wanted: Filter) -> Response:
        note_reading(engine, ReadingKind.DOWNLOAD, about, "audit.csv", who=visitor.who)

        def written() -> Iterator[bytes]:
            with engine.connect() as connection:
                yield from pieces(every_row(connection, scope, wanted))

        attached = {"Content-Disposition": 'attachment; filename="audit-log.csv"'}
        return StreamingResponse(written(), media_type=FORMATS["csv"].media_type, headers=attached)

    def holds(visitor: Here, board: Board | None) -> Response:
        about, base = place_of(board)
        note_reading(engine, ReadingKind.VIEW, about, "audit.chain", who=visitor.who)
        names = in_words_of(registry.current().boards)
        return desk.page(
            "audit_chain.html", board, visitor, check=chain.check(), base=base, in_words=names, wrong=WRONG
        )

    def narrowed(wanted: Filter) -> ColumnElement[bool]:
        register = registry.current()
        board = register.board_by_code.get(wanted.board)
        return of_board(register, board) if board else everything()

    @app.get("/boards/{code}/audit", response_class=HTMLResponse)
    def of_one(code: str, visitor: Here, wanted: Wanted) -> Response:
        """What was done and seen on a board."""
        register, board = board_at(engine, registry, code)
        return page(visitor, board, of_board(register, board), wanted)

    @app.get("/boards/{code}/audit/csv")
    def of_one_as_file(code: str, visitor: Here, wanted: Wanted) -> Response:
        """The same as a file, all pages in one."""
        register, board = board_at(engine, registry, code)
        return table(visitor, code, of_board(register, board), wanted)

    @app.get("/boards/{code}/audit/chain", response_class=HTMLResponse)
    def chain_for_one(code: str, visitor: Here) -> Response:
        """Whether the log holds."""
        return holds(visitor, board_at(engine, registry, code)[1])

    @app.get("/audit", response_class=HTMLResponse)
    def of_all(visitor: Here, wanted: Wanted) -> Response:
        """Every row: sign-ins and refusals too."""
        tables_or_404(engine)
        return page(visitor, None, narrowed(wanted), wanted)

    @app.get("/audit/csv")
    def of_all_as_file(visitor: Here, wanted: Wanted) -> Response:
        """The same as a file, all pages in one."""
        tables_or_404(engine)
        return table(visitor, ALL, narrowed(wanted), wanted)

    @app.get("/audit/chain", response_class=HTMLResponse)
    def chain_for_all(visitor: Here) -> Response:
        """Whether the log holds."""
        tables_or_404(engine)
        return holds(visitor, None)
