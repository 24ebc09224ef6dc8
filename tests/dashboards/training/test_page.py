"""The page of training: ranked needs, what was trained, whether it met a priority, and effects or the refusal."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from analysis.measures.registry import BY_ID
from dashboards.life import changes
from dashboards.life.states import DecisionReason
from tests.dashboards.conftest import People, Visit, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_3 import GAP, ladder_3
from tests.models.store.factories import BOARD, make_release

PATH = f"/boards/{BOARD}/training"


def read(visit: Visit, engine: Engine) -> tuple[Page, str]:
    answer = visit(engine).get(PATH)
    assert answer.status_code == 200
    page = Page(answer.text)
    return page, " ".join(page.text.split())


@pytest.mark.slow
def test_the_gap_is_the_first_need_and_the_three_questions_are_answered(engine: Engine, visit: Visit) -> None:
    store(engine, ladder_3("2024FY", detection=True), ladder_3("2025FY", detection=True))
    page, words = read(visit, engine)
    needs = [row for row in page.having("tr") if "data-topic" in row]
    assert (needs[0]["data-sector"], needs[0]["data-topic"]) == GAP
    first = page.tables[0][1]
    assert first[0] == "Health Seeing and recording signs: vulnerability"
    assert first[1].startswith("Likely : 93% less than we would expect")
    assert "It recorded fewer than 10, or none, and missed 100, of children whom it knew" in first[2]
    assert first[3].endswith(f"It is too small to say to what. {BY_ID['m18'].definition.title}")
    assert page.having("a", href=f"/boards/{BOARD}/measures/m18")
    assert "Training needs in April 2025 to March 2026: likely for health" in words
    assert "What cannot be seen here" in words
    for question in ("What was trained?", "Did it answer a need?", "Did the training work?", "By when?"):
        assert question in words
    trained = page.tables[1][1]
    assert trained[1] == "1 session, 14 came, 20% of its staff who should come"
    assert trained[2] == "Yes: likely"
    assert "It recorded this sign of too few children in both years." in trained[3]
    assert "Health is still on the list of needs above for this." in trained[3]
    assert "fewer than 10 of 90 children before, fewer than 10 of 90 children after" in trained[3]
    assert "3.1 before, 7.4 straight after" in words
    assert "It is not a verdict on it" in words
    assert "1 for several sectors or with no audience recorded" in words
    assert [svg["class"] for svg in page.having("svg")] == ["picture rows", "picture rows"]


def test_no_need_is_told_before_a_year_is_released(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, make_release("2026Q1"))
    page, words = read(visit, sqlite)
    assert page.tables == []
    assert "none is shown yet" in words


def test_a_release_that_is_withdrawn_takes_its_needs_along_at_once(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_3("2025FY", detection=True))
    client = visit(sqlite)
    assert "data-topic" in client.get(PATH).text
    changes.withdraw(sqlite, f"{BOARD}.2025FY.l3", "amir", DecisionReason.WRONG_METHOD)
    assert "data-topic" not in client.get(PATH).text


def test_the_overview_names_the_first_needs_and_leads_there(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_3("2025FY", detection=True))
    answer = visit(sqlite).get(f"/boards/{BOARD}")
    page = Page(answer.text)
    assert page.having("a", href=PATH)
    assert "health in seeing and recording signs" in " ".join(page.text.split())


def test_without_detection_shares_nothing_is_said_of_signs_and_the_page_says_so(sqlite: Engine, visit: Visit) -> None:
    """Coverage alone gives no need, whatever it looks like."""
    store(sqlite, ladder_3("2024FY"), ladder_3("2025FY"))
    page, words = read(visit, sqlite)
    assert not [row for row in page.having("tr") if row.get("data-topic") not in (None, "general")]
    assert "Which signs a sector overlooks is not judged" in words
    assert f"{BY_ID['m6'].definition.title}. Coverage by itself" in words
    assert "Missed opportunities: a sector" in words
    assert page.tables[-2][1][2] == "No", "it answered no need, and is nowhere called one"


def test_only_who_may_keep_actions_is_offered_one(engine: Engine, people: People) -> None:
    store(engine, ladder_3("2025FY", detection=True))
    add = f'href="/boards/{BOARD}/actions/add"'
    assert add in people("ana", f"analyst:{BOARD}").get(PATH).text
    assert add not in people("vic", f"viewer:{BOARD}").get(PATH).text
