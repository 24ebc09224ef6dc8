"""What children and others say: on the page, beside what the agencies record, and in every file the same."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from analysis.beside import beside
from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Record, Row, fold
from analysis.release import board_at, build_releases
from consumers.records import parse
from dashboards import themes
from dashboards.exports import formats
from dashboards.life import changes
from dashboards.life.states import DecisionReason, Fault, LifeState
from models.contract import topics
from models.register import load_register
from models.releases import CellState, Release
from models.releases.voices import THEMES, VOICES
from tests.dashboards.conftest import REGISTER, Visit, store
from tests.dashboards.exports import readers
from tests.dashboards.exports.releases import NAMES, needs_pango
from tests.dashboards.html import Page
from tests.dashboards.ladder_4 import ladder_4
from tests.dashboards.voices.releases import HEARD, with_voices
from tests.models.store.factories import BOARD, make_release, wire

PATH = f"/boards/{BOARD}/voices"
ID = f"{BOARD}.2025FY.l5"
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
KEYS = RoundingKeys.derive(b"r" * 32, b"s" * 32, 1)
WORDS = {"low": "fewer than 10", "no_return": "no return", "not_recorded": "not recorded"}
SHORT = {"low": "fewer than 10", "no_return": "[x]", "not_recorded": "not recorded"}
"""Written here once more: how a page and a file write a state."""
SHEET, GAVE = "What people said", "Groups that gave a number"


def read(visit: Visit, engine: Engine) -> tuple[Page, str]:
    answer = visit(engine).get(PATH)
    assert answer.status_code == 200
    page = Page(answer.text)
    return page, " ".join(page.text.split())


def plain(cell: str) -> str:
    """Without what is only read aloud."""
    return re.sub(r" \(.*\)$", "", cell)


def test_the_page_says_who_said_what(engine: Engine, visit: Visit) -> None:
    store(engine, ladder_4("2024FY"), with_voices())
    page, words = read(visit, engine)
    head, everybody, *rows = page.tables[0]
    assert head[1:] == [themes.VOICES[voice] for voice in VOICES]
    assert plain(everybody[1]) == "1,300"
    assert [row[0] for row in rows] == list(themes.THEMES.values())
    for row, theme in zip(rows, THEMES, strict=True):
        counts = [next(c for c in voice.themes if c.theme == theme) for voice in HEARD]
        assert [plain(cell) for cell in row[1:]] == [
            f"{c.value:,}" if c.value is not None else WORDS[c.state] for c in counts
        ]
    assert "Each figure is the number of people, moved by chance" in words
    assert "A group counts with at most 30 people, and in at most 6 of the themes" in words
    assert "Faith communities No group gave a number of people" in words
    assert "Synthetic data" in words
    assert "April 2025 to March 2026" in words


def test_beside_a_theme_stands_the_measure_that_answers_to_it(engine: Engine, visit: Visit) -> None:
    store(engine, ladder_4("2024FY"), with_voices())
    page, words = read(visit, engine)
    answers = {row[0]: row for row in page.tables[1][1:]}
    assert set(answers) == {themes.THEMES[answer.theme] for answer in themes.ANSWERS}
    late = answers["Help came late"]
    assert late[1] == "Children 1,250"
    assert late[2].startswith("How long until a child is recognised")
    assert re.search(r"recognised more than 30 days after it \d+%", late[3])
    assert answers["The interview after going missing was not wanted"][2].startswith("Return interviews")
    assert answers["Boys are not seen as children who are harmed"][1] == "No figure"
    for answer in themes.ANSWERS:
        assert page.having("a", href=f"/boards/{BOARD}/measures/{answer.measure}")
    assert "neither proves the other wrong" in words


def test_the_overview_and_every_page_lead_there(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, with_voices())
    client = visit(sqlite)
    for path in ("", "/measures", "/training"):
        assert Page(client.get(f"/boards/{BOARD}{path}").text).having("a", href=PATH)
    assert "What children and others say" in client.get(f"/boards/{BOARD}").text


def test_before_there_are_voices_the_page_says_why_not(sqlite: Engine, visit: Visit) -> None:
    assert "is released with a financial year, and none is shown yet" in read(visit, sqlite)[1]
    store(sqlite, ladder_4("2025FY"))
    page, words = read(visit, sqlite)
    assert page.tables == []
    assert "was built before what people say was released" in words


def test_a_release_that_is_not_shown_takes_its_voices_along(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, with_voices(), state=LifeState.BUILT)
    client = visit(sqlite)
    assert "data-theme" not in client.get(PATH).text
    assert client.get(f"/releases/{ID}.{formats.VOICES}").status_code == 404
    for name in ("amir", "beth"):
        changes.approve(sqlite, ID, name)
    assert "data-theme" in client.get(PATH).text
    assert client.get(f"/releases/{ID}.{formats.VOICES}").status_code == 200
    changes.withdraw(sqlite, ID, "amir", DecisionReason.PROTECTION)
    assert "data-theme" not in client.get(PATH).text
    assert client.get(f"/releases/{ID}.{formats.VOICES}").status_code == 404


def test_a_notice_about_the_release_stands_on_page_and_in_file(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, with_voices())
    changes.correct(sqlite, ID, "amir", Fault.RETURN)
    client = visit(sqlite)
    assert "Correction notice of" in client.get(PATH).text
    lines = csv_lines(client.get(f"/releases/{ID}.{formats.VOICES}").content)
    assert all(line["correction"].startswith("Correction notice of") for line in lines)


@pytest.mark.slow
def test_returns_of_groups_come_to_the_page(sqlite: Engine, visit: Visit) -> None:
    """From rows of the ledger through the real build and the checks of the sink."""
    register = load_register(REGISTER)
    board = register.board_by_code[BOARD]
    rows = [
        *group("a", "aldermere-safeguarding-unit", "children", "help_came_late", 30),
        *group("b", "aldermere-safeguarding-unit", "children", "help_came_late", 9999),
        *group("c", "aldermere-schools", "practitioners", "training_wanted", None),
    ]
    seen = board_at(register, board, rows, CUT_OFF)
    besides = beside(rows, seen.sector_of, CUT_OFF)
    (built,) = build_releases(register, board, ("2025FY",), seen, KEYS, CUT_OFF, besides=besides).releases
    taken = parse(topics.RELEASES, wire(built))
    assert isinstance(taken, Release)
    store(sqlite, taken)
    page, _ = read(visit, sqlite)
    rows_of = {row[0]: [plain(cell) for cell in row[1:]] for row in page.tables[0]}
    said = rows_of["Help came late"]
    assert 60 - 17 <= int(said[0]) <= 60 + 17
    assert said[1:] == [*["no return"] * 5, "not recorded"]
    assert rows_of["We want training"][0] == "fewer than 10"


def group(name: str, agency: str, voice: str, theme: str, people: int | None) -> list[tuple[str, Row]]:
    """A theme return as a row of the ledger."""
    data: dict[str, object] = {"agency": agency, "board": BOARD, "held_on": "2025-06-01", "voice": voice}
    record = Record(name, 0, "theme_return", data | {"themes": [theme], "people": people}, 0, 0, 1)
    return [(record.own_id, fold(None, record))]


def expected() -> list[tuple[str, str, int | str]]:
    """Voice, theme code, and what a file shows."""
    return [
        (themes.VOICES[voice.voice], theme, SHORT[count.state] if count.value is None else count.value)
        for voice in HEARD
        for theme, count in (("any", voice.people), *((str(c.theme), c) for c in voice.themes))
    ]


def csv_lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_the_csv_from_the_page_has_every_count(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, with_voices())
    client = visit(sqlite)
    link = next(a["href"] for a in Page(client.get(PATH).text).having("a") if "/releases/" in a["href"])
    answer = client.get(link)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{ID}.voices.csv"'
    lines = csv_lines(answer.content)
    shown = [
        (line["voice_name"], line["theme"], int(line["people"]) if line["state"] == "figure" else line["people"])
        for line in lines
    ]
    assert shown == expected()
    assert all(value for line in lines for value in line.values()), "no cell is blank"
    assert {line["data"] for line in lines} == {"synthetic"}
    assert {line["numbers_given"] for line in lines} == {"all", "some", "none", "no return"}
    assert all(("number of people" in line["error"]) == (line["state"] == "figure") for line in lines)


def test_spreadsheets_have_a_sheet_of_voices(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, with_voices())
    client = visit(sqlite)
    book = load_workbook(io.BytesIO(client.get(f"/releases/{ID}.xlsx").content))
    assert book.sheetnames[-1] == SHEET
    ods = readers.ods_sheets(client.get(f"/releases/{ID}.ods").content)
    in_xlsx = readers.xlsx_sheets(client.get(f"/releases/{ID}.xlsx").content)
    for sheets in (in_xlsx, ods):
        head, *rows = readers.tables_of(sheets)[SHEET]
        assert head[:2] + head[5:] == ["What is counted", "People", "Voice", "What they said", GAVE]
        words = {"any": themes.ALL_THEMES, **{str(theme): said for theme, said in themes.THEMES.items()}}
        said = [(voice, words[theme], shown) for voice, theme, shown in expected()]
        assert [(row[5], row[6], row[1]) for row in rows] == said
    for notes in (ods["Notes"], [list(row) for row in book["Notes"].iter_rows(values_only=True)]):
        text = " ".join(str(cell) for row in notes for cell in row)
        assert "[x] No return: no group of this voice was returned" in text
        assert "not children whom agencies recorded" in text


@needs_pango
@pytest.mark.slow
def test_the_pdf_has_them_after_the_figures() -> None:
    text = readers.pdf_text(formats.write(with_voices(), NAMES, "pdf"))
    told = text.partition("People in groups that named a theme")[2]
    assert "People heard, children: Help came late 1,250" in told
    assert "People heard, community groups: Help came late [x]" in told


def test_a_release_without_voices_has_no_such_file_and_no_such_sheet(sqlite: Engine, visit: Visit) -> None:
    release = make_release()
    store(sqlite, release)
    client = visit(sqlite)
    assert client.get(f"/releases/{release.release_id}.{formats.VOICES}").status_code == 404
    book = load_workbook(io.BytesIO(client.get(f"/releases/{release.release_id}.xlsx").content))
    assert SHEET not in book.sheetnames


def test_every_voice_and_theme_has_words() -> None:
    assert tuple(themes.VOICES) == VOICES
    assert tuple(themes.THEMES) == THEMES
    assert len(set(themes.THEMES.values())) == len(THEMES)
    assert {CellState(count.state) for voice in HEARD for count in voice.themes} > {CellState.LOW}
