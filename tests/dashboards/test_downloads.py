"""Files taken from the page: the right name, type and bytes for an approved release, and nothing for any other."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from sqlalchemy import Engine

from dashboards.exports import formats, pdf
from dashboards.life import changes
from dashboards.life.states import DecisionReason, LifeState
from tests.dashboards.conftest import Visit, store
from tests.dashboards.exports.releases import NAMES, PANGO, needs_pango
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_release, wire

ID = f"{BOARD}.2026Q1.l1"
TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
}


@pytest.mark.slow
@pytest.mark.parametrize("state", [LifeState.APPROVED, LifeState.SUPERSEDED])
def test_every_link_of_the_page_leads_to_its_file(sqlite: Engine, visit: Visit, state: LifeState) -> None:
    release = make_release()
    store(sqlite, release, state=state)
    client = visit(sqlite)
    links = {a["href"] for a in Page(client.get(f"/boards/{BOARD}/files").text).having("a")}
    wanted = [f"/releases/{ID}.{suffix}" for suffix in TYPES]
    assert set(wanted) <= links
    for link in wanted:
        if link.endswith(".pdf") and not PANGO:
            continue
        suffix = link.rpartition(".")[2]
        answer = client.get(link)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == TYPES[suffix]
        assert answer.headers["content-disposition"] == f'attachment; filename="{ID}.{suffix}"'
        assert answer.headers["cache-control"] == "no-store"
        assert not {"etag", "last-modified"} & set(answer.headers)
        expected = wire(release) if suffix == "json" else formats.write(release, NAMES, suffix)
        assert answer.content == expected


@pytest.mark.parametrize("suffix", [pytest.param(s, marks=needs_pango) if s == "pdf" else s for s in TYPES])
def test_a_release_that_is_not_approved_is_not_there(sqlite: Engine, visit: Visit, suffix: str) -> None:
    client = visit(sqlite)
    absent = client.get(f"/releases/{ID}.{suffix}")
    store(sqlite, make_release(), state=LifeState.BUILT)
    built = client.get(f"/releases/{ID}.{suffix}")
    changes.approve(sqlite, ID, "amir")
    once = client.get(f"/releases/{ID}.{suffix}")
    changes.approve(sqlite, ID, "beth")
    assert client.get(f"/releases/{ID}.{suffix}").status_code == 200
    changes.withdraw(sqlite, ID, "amir", DecisionReason.PROTECTION)
    withdrawn = client.get(f"/releases/{ID}.{suffix}")
    assert [answer.status_code for answer in (absent, built, once, withdrawn)] == [404] * 4
    assert absent.text == built.text == once.text == withdrawn.text


@pytest.mark.parametrize("name", [ID, f"{ID}.exe", f"{ID}.", ".csv", f"..%2f{ID}.csv", f"{ID}.csv.csv", f"{ID}.CSV"])
def test_any_other_name_is_not_there(sqlite: Engine, visit: Visit, name: str) -> None:
    store(sqlite, make_release())
    assert visit(sqlite).get(f"/releases/{name}").status_code == 404


def test_where_pango_is_missing_the_page_says_so(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release())
    client = visit(sqlite)
    with patch.object(pdf, "_engine", side_effect=pdf.PdfUnavailable):
        answer = client.get(f"/releases/{ID}.pdf")
    assert answer.status_code == 501
    assert "No PDF here" in answer.text
    assert client.get(f"/releases/{ID}.csv").status_code == 200
