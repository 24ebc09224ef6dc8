"""The page for inspectors as a visitor gets it, and its file."""

from __future__ import annotations

import csv
import io

from sqlalchemy import Engine

from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_5 import ladder_5
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/inspection"


def test_every_paragraph_stands_beside_its_evidence(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_5("2025FY", m7_children=200, m7_screened=100), ladder_5("2024FY"))
    answer = visit(sqlite).get(PATH)
    page = Page(answer.text)
    rows = [row for table in page.tables for row in table[1:]]
    assert [row[0].split()[0] for row in rows] == [str(number) for number in range(154, 179)]
    beside = {row[0].split()[0]: row[1] for row in rows}
    assert "50% (likely 45 to 55%) were screened within 10 working days. April 2025 to March 2026" in beside["170"]
    assert "No evidence yet: No action from a section 11 audit is recorded." in beside["155"]
    assert beside["174"].startswith("Outside this service:")
    assert "Ofsted, 2015, Crown copyright" in page.text
    links = {a["href"] for a in page.having("a")}
    assert {f"/boards/{BOARD}/measures/m7", f"/boards/{BOARD}/actions", f"{PATH}/csv"} <= links


def test_without_a_release_nothing_is_made_up(sqlite: Engine, visit: Visit) -> None:
    beside = {row[0].split()[0]: row[1] for table in Page(visit(sqlite).get(PATH).text).tables for row in table[1:]}
    assert beside["170"].startswith("No evidence yet: How many children are screened in time: not in this release.")


def test_the_file_says_what_the_page_says(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, with_voices("2025FY"))
    client = visit(sqlite)
    page, file = client.get(PATH), client.get(f"{PATH}/csv")
    assert file.headers["content-disposition"] == f'attachment; filename="{BOARD}.inspection.csv"'
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    shown = " ".join(Page(page.text).text.split())
    assert len(lines) > 25
    assert [line["evidence"] for line in lines if line["evidence"].removeprefix("No evidence yet. ") not in shown] == []
    assert {line["source"] for line in lines} == {"Ofsted, 2015, Crown copyright"}
