"""A request and the receipt of a release are written to the audit log in the transaction of the act itself."""

from __future__ import annotations

from sqlalchemy import Engine, select

from consumers.requests import add_release_request
from consumers.store import SinkStore
from models.store import AuditRow, writing
from tests.models.store.factories import BOARD, make_release, wire


def acts(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(select(AuditRow.who, AuditRow.action, AuditRow.subject).order_by(AuditRow.number))
        return [(who, action, subject) for who, action, subject in rows]


def test_a_request_says_who_asked_for_which_board(engine: Engine) -> None:
    add_release_request(engine, BOARD, ["2026Q1"], "a.reviewer")
    assert acts(engine) == [("a.reviewer", "request", BOARD)]


def test_the_receipt_of_a_release_is_noted_once_however_often_it_comes(engine: Engine) -> None:
    release = make_release()
    store = SinkStore(engine)
    for offset in (0, 1):
        with writing(engine).begin() as connection:
            store.apply(connection, release, wire(release), offset)
    assert acts(engine) == [("sink", "receive", release.release_id)]
