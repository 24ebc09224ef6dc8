"""What the demo reads from the pages is what stands there: real pages, over a database with releases on ladder 3."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from dashboards.people.entrance import WithoutSignIn
from dashboards.registry import RegisterReader
from dashboards.web import create_app
from demo.actions import PLANNED
from demo.boards import two_boards
from demo.shown import Rows, needs_shown, planted_needs, themes_with_a_figure
from models.operations.remedies import reason_rule
from models.store.actions import Source
from models.store.texts import LONGEST
from tests.dashboards.conftest import REGISTER, store
from tests.dashboards.ladder_3 import GAP, ladder_3
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import BOARD, database


@pytest.fixture
def pages(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    with database("sqlite", request) as engine:
        store(engine, ladder_3("2025FY", detection=True))
        yield TestClient(create_app(engine, RegisterReader(REGISTER), WithoutSignIn(frozenset({"testserver"}))))


def test_rows_of_measures_and_needs_are_found_and_figures_told_from_other_states(pages: TestClient) -> None:
    listed = Rows(pages.get(f"/boards/{BOARD}/measures").text).rows
    assert [row["measure"] for row, _ in listed] == [f"m{number}" for number in range(1, 22)]
    without = ("m4", "m14", "m15", "m19", "m20", "m21")
    assert all(figure for row, figure in listed if row["measure"] not in without)
    needs = [row for row, _ in Rows(pages.get(f"/boards/{BOARD}/training").text).rows if "topic" in row]
    assert (needs[0]["sector"], needs[0]["topic"], needs[0]["standing"]) == (*GAP, "likely")
    low = '<tr data-measure="m1"><td><span class="state low">x</span></td></tr>'
    assert Rows(low).rows == [({"measure": "m1"}, False)]


def test_needs_are_read_with_their_standing(pages: TestClient) -> None:
    assert needs_shown(pages.get(f"/boards/{BOARD}/training").text)[GAP] == "likely"
    markup = '<tr data-sector="police" data-topic="online" data-standing="worth-asking"><td></td></tr>'
    assert needs_shown(markup) == {("police", "online"): "worth-asking"}
    assert needs_shown("<tr data-measure='m1'></tr>") == {}


def test_themes_with_a_figure_are_read_from_the_page_of_voices(request: pytest.FixtureRequest) -> None:
    with database("sqlite", request) as engine:
        pages = TestClient(create_app(engine, RegisterReader(REGISTER), WithoutSignIn(frozenset({"testserver"}))))
        path = f"/boards/{BOARD}/voices"
        assert themes_with_a_figure(pages.get(path).text) == []
        store(engine, with_voices())
        found = themes_with_a_figure(pages.get(path).text)
    assert found == ["any", "not_listened_to", "help_came_late", "return_interview_not_wanted", "training_wanted"]


def test_the_planted_needs_are_given_by_sector() -> None:
    planted = {
        "gap_agency": "aldermere-health",
        "gap_category": "vulnerability",
        "late_recogniser": "aldermere-social-care",
        "under_reporter": "aldermere-schools",
    }
    expected = {GAP, ("childrens_social_care", "general"), ("education", "general")}
    assert planted_needs(planted, two_boards()) == expected


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
