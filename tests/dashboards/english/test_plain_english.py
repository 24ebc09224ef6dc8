"""Every page is in plain English: no codes, no wordings that were read twice, no long or hard sentences.

When it fails it prints each slip, and the page's hardest sentences. `python -m tests.dashboards.english URL` does the
same for pages that are being served.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.releases import CellState
from models.store import writing
from models.store.access import give
from models.store.actions import Source, open_action
from models.store.remedy_requests import ask
from tests.dashboards.conftest import TODAY, Visit, store
from tests.dashboards.english.hardness import grade, syllables
from tests.dashboards.english.judged import Judged, frame, judge
from tests.dashboards.english.passages import passages, sentences
from tests.dashboards.english.wordings import slips
from tests.dashboards.ladder_5 import ladder_5
from tests.dashboards.test_every_page import ACTION, GRANT, PAGES, RELEASE
from tests.dashboards.voices.releases import with_voices
from tests.models.store.factories import BOARD, make_cell, make_release, make_request


@pytest.fixture
def judged(sqlite: Engine, visit: Visit) -> dict[str, Judged]:
    """Every page on filled data, judged; what all pages share is called `frame`."""
    states = [make_cell(f"m{n}_children", state=state) for n, state in ((1, CellState.LOW), (9, CellState.WITHHELD))]
    newest = ladder_5("2025Q4", m1_children=100), ladder_5("2025Q3", m1_children=150), ladder_5("2024FY")
    store(sqlite, make_release(cells=tuple(states)), with_voices("2025FY"), *newest)
    with writing(sqlite).begin() as connection:
        give(connection, "sub:a", GRANT)
        ask(connection, make_request(TODAY))
        for due in (TODAY.date().replace(month=3), TODAY.date().replace(month=6)):
            open_action(
                connection, "chair", board=BOARD, source=Source.AUDIT, owner="aldermere-police",
                title="Agree how reports of missing children are shared", opened_on=due.replace(month=2), due_on=due,
                action_id=ACTION if due.month == 6 else None,
            )  # fmt: skip
    client = visit(sqlite)
    found = {path: client.get(path).text for path in PAGES if path != "/fails"}
    assert RELEASE in "".join(found)
    return {path: judge(markup) for path, markup in found.items()} | {"frame": frame(found[PAGES[0]])}


def test_every_page_is_in_plain_english(judged: dict[str, Judged]) -> None:
    told = []
    for path, page in judged.items():
        if page.wrong:
            hardest = (f"  hard ({hard}): {one}" for hard, one in page.hardest[:3])
            told.append("\n".join([f"{path}: grade {page.grade:.1f}", *(f"  {slip}" for slip in page.wrong), *hardest]))
    assert not told, "\n".join(["", *told])


def test_a_passage_is_what_stands_together() -> None:
    markup = (
        "<main><p>One <strong>word</strong>.<br>Next.</p><ul><li>A<span class=hint>B</span></li></ul></main><p>C</p>"
    )
    assert [(passage.text, passage.main) for passage in passages(markup)] == [
        ("One word.", True), ("Next.", True), ("A", True), ("B", True), ("C", False),
    ]  # fmt: skip


def test_sentences_are_parted_at_full_stops_and_not_within_figures() -> None:
    assert sentences("It grew 1.4 times. Why? Nobody knows.") == ["It grew 1.4 times.", "Why?", "Nobody knows."]


@pytest.mark.parametrize(("word", "parts"), [("child", 1), ("recorded", 3), ("exploitation", 4), ("return", 2)])
def test_syllables(word: str, parts: int) -> None:
    assert syllables(word) == parts


def test_long_words_and_sentences_make_a_text_hard() -> None:
    easy = grade(["The police saw more children. They told the school."])
    assert easy < 5 < 14 < grade(["Multi-agency intelligence arrangements necessitate comprehensive prioritisation."])


@pytest.mark.parametrize(
    "said",
    [
        "see M2", "on ladder 5", "m1_children", "python -m dashboards", "X08000001", "2025FY", "Rank 1=", "absconded",
        "they put themselves at risk", "at 0.13 of what is expected", "3.36 times (1.35 to 8.37)",
    ],
)  # fmt: skip
def test_what_a_page_never_says(said: str) -> None:
    assert slips(said)


def test_what_a_page_may_say() -> None:
    assert not slips("fewer than 10; missing from home; April 2025; 3 times in 10; e-mail; X08000001.2025FY.l5.csv")
