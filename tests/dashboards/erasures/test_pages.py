"""Asking for an agency's erasure, and following those of children by their stage alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from starlette.testclient import TestClient

from consumers.store import SinkStore
from models.operations.remedies import Removal
from models.releases.requests import REQUEST, RequestErase
from models.service.clock import now
from models.store import RequestRow, writing
from tests.dashboards.conftest import TODAY, browser, signed_in
from tests.dashboards.filling import fill, loaded, send, words
from tests.dashboards.html import Page
from tests.dashboards.life.test_changes import log
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/erasures"
AGENCY = "aldermere-police"
TYPED: dict[str, Any] = {"agency": AGENCY, "again": AGENCY}


@pytest.fixture
def gil(engine: Engine, register_dir: Path) -> TestClient:
    """Somebody of information governance."""
    return browser(engine, register_dir, signed_in(engine, f"information-governance:{BOARD}", subject="gil"))


def removed(engine: Engine, removal: Removal) -> None:
    """What the sink does when the ledger says that it removed something."""
    with writing(engine).begin() as connection:
        SinkStore(engine).apply(connection, removal, b"{}", 1)


def stages(client: TestClient) -> list[str]:
    return [row[3] for row in Page(client.get(PATH).text).tables[0][1:]]


def test_an_agencys_erasure_from_the_form_to_the_end(engine: Engine, gil: TestClient) -> None:
    check = gil.post(f"{PATH}/ask", data={**loaded(gil, f"{PATH}/ask"), **TYPED})
    assert "Check your answers" in words(check)
    assert "This cannot be undone" in words(check)
    assert log(engine) == []
    assert fill(gil, f"{PATH}/ask", **TYPED).status_code == 303
    assert "You asked for the erasure." in words(gil.get(PATH))
    with engine.connect() as connection:
        row = connection.execute(select(RequestRow.requested_by, RequestRow.body, RequestRow.request_id)).one()
    request = REQUEST.validate_json(row.body)
    assert isinstance(request, RequestErase)
    assert (row.requested_by, request.board, request.agency) == ("sub:gil", BOARD, AGENCY)
    assert stages(gil) == ["Waiting to be passed on to the ledger"]
    with engine.begin() as connection:
        connection.execute(update(RequestRow).values(published_at=now()))
    assert stages(gil) == ["With the ledger, which has not said yet that it is done"]
    again = fill(gil, f"{PATH}/ask", **TYPED)
    assert again.status_code == 409
    assert "it is not done yet" in words(again)
    removed(engine, Removal(
        cause="erasure-agency", board=BOARD, at=now(), request_id=row.request_id, agency=AGENCY, size="10 or more",
    ))  # fmt: skip
    assert stages(gil)[0].startswith("Done: the ledger removed it, noted 11 May 2026")
    assert "10 or more" not in gil.get(PATH).text
    assert log(engine)[0] == ("sub:gil", "request", BOARD, "erase_agency")
    assert fill(gil, f"{PATH}/ask", **TYPED).status_code == 303, "it may be asked for again once it is done"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"agency": ""}, "Choose the agency"), ({"agency": "zz-agency", "again": "zz-agency"}, "Choose the agency"),
        ({"again": ""}, "not the id of the agency"), ({"again": "aldermere-health"}, "not the id of the agency"),
    ],
)  # fmt: skip
def test_nothing_is_asked_for_by_mistake(changed: dict[str, Any], why: str, engine: Engine, gil: TestClient) -> None:
    answer = fill(gil, f"{PATH}/ask", **{**TYPED, **changed})
    assert answer.status_code == 422
    assert why in words(answer)
    assert log(engine) == []


def test_a_form_sent_twice_asks_once(engine: Engine, gil: TestClient) -> None:
    carried = loaded(gil, f"{PATH}/ask")
    assert [send(gil, f"{PATH}/ask", carried, **TYPED).status_code for _ in range(2)] == [303, 303]
    assert "the form was sent twice" in words(gil.get(PATH))
    assert [row[1] for row in log(engine)] == ["request", "view"]


def test_a_childs_erasure_is_a_stage_and_nothing_else(engine: Engine, gil: TestClient) -> None:
    for board, offset in ((BOARD, 4711), ("X08000002", 4712)):
        removed(engine, Removal(cause="erasure-child", board=board, at=TODAY, partition=3, offset=offset))
    page = Page(gil.get(PATH).text)
    assert page.tables[0][1:] == [["11 May 2026, 11:00", "Carried out by the ledger", "3:4711"]]
    text = words(gil.get(PATH))
    assert "4712" not in text
    assert AGENCY not in text
