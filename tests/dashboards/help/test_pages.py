"""Help, the tour and the words: each links to real pages, and only to boards that the visitor sees."""

from __future__ import annotations

import re

import pytest
from jinja2 import Environment, FileSystemLoader
from sqlalchemy import Engine

from dashboards import states
from dashboards.help.glossary import glossary
from dashboards.help.places import ANSWERS
from dashboards.help.tour import TOUR
from dashboards.pages import _TEMPLATES
from models.releases import CellState
from models.releases.written import WRITTEN
from tests.dashboards.conftest import People, Visit
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD


def test_the_tour_leads_from_the_first_step_to_the_last_and_back(sqlite: Engine, visit: Visit) -> None:
    client = visit(sqlite)
    for number in range(1, len(TOUR) + 1):
        page = Page(client.get(f"/help/tour/{number}").text)
        ways = {a.get("rel"): a["href"] for a in page.having("a") if a["href"].startswith("/help/tour") and "rel" in a}
        wanted = {"prev": number - 1, "next": number + 1}
        assert ways == {rel: f"/help/tour/{to}" for rel, to in wanted.items() if 1 <= to <= len(TOUR)}
        assert page.having("a", href=f"/boards/{BOARD}{TOUR[number - 1].stops[0].address}")
    assert [client.get(f"/help/tour/{bad}").status_code for bad in (0, 6, "x", "1x")] == [404] * 4


@pytest.mark.parametrize("path", ["/help", "/help/tour/3"])
def test_somebody_without_a_board_gets_no_link_to_one(engine: Engine, people: People, path: str) -> None:
    answer = people("keeper", "key-custodian:*").get(path)
    assert answer.status_code == 200
    assert "/boards/" not in answer.text
    assert "Where" in answer.text


def test_every_page_that_is_recommended_has_a_question(sqlite: Engine, visit: Visit) -> None:
    links = {a["href"] for a in Page(visit(sqlite).get("/help").text).having("a")}
    assert {f"/boards/{BOARD}{one.address}" for one in ANSWERS} <= links
    assert {stop.address for step in TOUR for stop in step.stops} - {one.address for one in ANSWERS} == {"/measures/m1"}


def test_every_state_and_return_is_in_the_glossary_in_the_words_of_the_pages() -> None:
    words = {term.word: term.meaning for group in glossary() for term in group.terms}
    old = {CellState.FIGURE, CellState.NONE, CellState.ONE_TO_NINE, CellState.WITHHELD}
    assert {WRITTEN[state].word for state in CellState if state not in old} <= words.keys()
    assert {status.value for status, _ in states.RETURN_KEY} <= words.keys()
    anchors = [f"{group.anchor}-{term.anchor}" for group in glossary() for term in group.terms]
    assert len(anchors) == len(set(anchors))
    for group in glossary()[:3]:
        names = [term.word.casefold() for term in group.terms]
        assert names == sorted(names), names


SAYS = {
    "sent": "Nothing was sent. No agency sent screenings for May. That does not mean that nothing happened.",
    "recorded": "None is recorded. There are no screenings for May in what agencies sent.",
    "few": "Too few to show. Every figure of screenings for May is fewer than 10 or withheld.",
    "choice": "Your choice leaves nothing. There are screenings for May, but none fits what you chose.",
}


@pytest.mark.parametrize("kind", list(SAYS))
def test_the_four_kinds_of_empty_are_told_apart(kind: str) -> None:
    macros = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True).get_template("help_macros.html").module
    said = macros.empty(kind, "screenings", "May", "/all")  # type: ignore[attr-defined]
    assert SAYS[kind] in " ".join(re.sub(r"<[^>]+>", "", said).split())
    assert ("/all" in said) == (kind == "choice")
