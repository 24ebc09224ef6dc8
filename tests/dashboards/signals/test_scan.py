"""Asking for the full scan on the page of signals."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from models.releases.requests import REQUEST
from models.service.clock import now
from models.signals import RequestScan
from models.store import RequestRow
from tests.dashboards.conftest import People
from tests.dashboards.filling import fill, loaded, send, words
from tests.dashboards.life.test_changes import log
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/signals"


def test_an_analyst_asks_once_and_the_sink_has_it_to_pass_on(engine: Engine, people: People) -> None:
    ana = people("ana", f"analyst:{BOARD}")
    assert f'href="{PATH}/scan"' in ana.get(PATH).text
    carried = loaded(ana, f"{PATH}/scan")
    assert send(ana, f"{PATH}/scan", carried).headers["location"] == PATH
    assert "You asked for the full scan." in words(ana.get(PATH))
    with engine.connect() as connection:
        row = connection.execute(select(RequestRow.requested_by, RequestRow.body)).one()
    request = REQUEST.validate_json(row.body)
    assert isinstance(request, RequestScan)
    assert (row.requested_by, request.board, request.publish) == ("sub:ana", BOARD, False)
    assert ("sub:ana", "request", BOARD, "full_scan") in log(engine)
    assert send(ana, f"{PATH}/scan", carried).status_code == 303, "the same form again does no harm"
    assert "the form was sent twice" in words(ana.get(PATH))
    other = people("ben", f"analyst:{BOARD}")
    again = fill(other, f"{PATH}/scan")
    assert again.status_code == 409
    assert "within the last hour" in words(again)
    with engine.begin() as connection:
        connection.execute(update(RequestRow).values(requested_at=now().replace(year=2025)))
    assert fill(other, f"{PATH}/scan").status_code == 303


def test_who_may_not_ask_is_not_invited(engine: Engine, people: People) -> None:
    vic = people("vic", f"viewer:{BOARD}:aldermere-police")
    assert "/scan" not in vic.get(PATH).text
    assert vic.get(f"{PATH}/scan").status_code == 403
