"""What the demo reads from the pages is what stands there: real pages, over a database with releases on ladder 3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from dashboards.registry import RegisterReader
from dashboards.web import create_app
from demo.actions import PLANNED
from demo.boards import two_boards
from demo.shown import Rows, first_needs, planted_need
from models.operations.remedies import reason_rule
from models.store.actions import LONGEST, Source
from tests.dashboards.conftest import REGISTER, store
from tests.dashboards.ladder_3 import GAP, ladder_3
from tests.models.store.factories import BOARD, database


@pytest.fixture
def pages(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    with database("sqlite", request) as engine:
        store(engine, ladder_3("2025FY"))
        yield TestClient(create_app(engine, RegisterReader(REGISTER)))


def test_rows_of_measures_and_needs_are_found_and_figures_told_from_other_states(pages: TestClient) -> None:
    listed = Rows(pages.get(f"/boards/{BOARD}/measures").text).rows
    assert [row["measure"] for row, _ in listed] == [f"m{number}" for number in range(1, 18)]
    assert all(figure for row, figure in listed if row["measure"] not in ("m4", "m14", "m15"))
    needs = [row for row, _ in Rows(pages.get(f"/boards/{BOARD}/training").text).rows if "topic" in row]
    assert (needs[0]["sector"], needs[0]["topic"]) == GAP
    low = '<tr data-measure="m1"><td><span class="state low">x</span></td></tr>'
    assert Rows(low).rows == [({"measure": "m1"}, False)]


def need(rank: str, sector: str) -> str:
    return f'<tr data-sector="{sector}" data-topic="online"><td data-label="Rank"><div>{rank}</div></td></tr>'


def test_needs_of_the_first_rank_come_first_whatever_the_order_of_their_lines() -> None:
    markup = need("1", "police") + need("1", "health") + need("3", "housing")
    assert first_needs(markup) == [("police", "online"), ("health", "online")]
    assert first_needs(need("1", "health") + need("2", "police")) == [("health", "online")]
    assert first_needs(need("", "health") + need("", "police")) == [("health", "online")], "no ranks: no ties"
    assert first_needs("<tr data-measure='m1'></tr>") == []


def test_the_page_itself_has_ranks(pages: TestClient) -> None:
    markup = pages.get(f"/boards/{BOARD}/training").text
    assert GAP in first_needs(markup)
    ranks = [cells["Rank"] for cells in Rows(markup).cells if "Rank" in cells]
    assert ranks[0] in ("1", "1="), ranks


def test_the_planted_need_is_told_by_sector() -> None:
    planted = {"gap_agency": "aldermere-health", "gap_category": "vulnerability"}
    assert planted_need(planted, two_boards()) == GAP


def test_planned_actions_are_synthetic_owed_by_agencies_there_are_and_name_nobody() -> None:
    register = two_boards()
    assert PLANNED.keys() == register.board_by_code.keys()
    for board, planned in PLANNED.items():
        agencies = {agency.id for agency in register.agencies_of(board)}
        for one in planned:
            assert one.title.startswith("Synthetic: ")
            assert len(one.title) <= LONGEST
            assert {one.owner, *one.tell} - {"all"} <= agencies
            assert one.source in set(Source)
            assert reason_rule(one.title) is None
            assert reason_rule(one.evidence) is None
