"""What ladder 5 adds to the pages of measures: breakdowns, detection shares, and who owes what sectors do not show."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from analysis.measures.breakdown import Breakdown
from analysis.measures.registry import BY_ID
from dashboards.words import without_codes
from models.releases import CellState
from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.dashboards.ladder_4 import ladder_4
from tests.dashboards.ladder_5 import ladder_5
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/measures"
FEW = "fewer than 10 (about 10 or fewer, or none)"
NO_SUM = "A child counts in each row that its records name, so the rows do not add up."
BREAKDOWNS = [breakdown for measure in BY_ID.values() for breakdown in measure.breakdowns]


def read(visit: Visit, engine: Engine, measure: str) -> tuple[Page, str]:
    answer = visit(engine).get(f"{PATH}/{measure}")
    assert answer.status_code == 200
    page = Page(answer.text)
    return page, " ".join(page.text.split())


def table_of(page: Page, breakdown: Breakdown) -> list[list[str]]:
    """The table whose rows are the answers of a breakdown."""
    first = breakdown.answers[0].words
    [table] = [one for one in page.tables if one[0][0] == "Answer" and one[1][0].lower() == first.lower()]
    return table


@pytest.mark.parametrize("breakdown", BREAKDOWNS, ids=lambda breakdown: breakdown.key)
def test_each_breakdown_is_a_table_with_a_row_for_each_answer_and_no_sum(
    sqlite: Engine, visit: Visit, breakdown: Breakdown
) -> None:
    store(sqlite, ladder_5("2025FY"), ladder_5("2024FY"))
    page, words = read(visit, sqlite, breakdown.key.partition("_")[0])
    table = table_of(page, breakdown)
    assert table[0] == ["Answer", "Children", f"Share of {breakdown.whole_words}", "Children, the year before"]
    assert [row[0].lower() for row in table[1:]] == [answer.words.lower() for answer in breakdown.answers]
    assert all(row[1].replace(",", "").isdigit() for row in table[1:])
    assert words.count(NO_SUM) == len(BY_ID[breakdown.key.partition("_")[0]].breakdowns)
    assert without_codes(breakdown.note) in words
    assert not [row for row in table if row[0].lower() in ("all", "total", "sum")]


def test_shares_are_of_the_whole_and_states_are_words(sqlite: Engine, visit: Visit) -> None:
    now = ladder_5(
        "2025FY", m1_children=200, m19_model_online=50, m19_model_peer=CellState.LOW,
        m19_model_party=CellState.NOT_COUNTABLE, m19_model_gang_group=CellState.NO_RETURN,
    )  # fmt: skip
    store(sqlite, now, ladder_5("2024FY", m19_model_online=35, m19_model_peer=15, m19_model_party=CellState.LOW))
    page, _ = read(visit, sqlite, "m19")
    rows = {row[0]: row[1:] for row in table_of(page, BY_ID["m19"].breakdowns[0])}
    assert rows["Online"][0] == "50"
    assert rows["Online"][1].startswith("25%")
    assert rows["Online"][2] == "35"
    assert rows["By peers"][0] == FEW
    assert rows["By peers"][1].startswith("not shown")
    assert rows["By peers"][2] == "15"
    assert rows["Parties"][0] == rows["Parties"][1] == "cannot be counted"
    assert rows["Parties"][2] == FEW
    assert rows["Gang or group"][0] == "no return (the agency sent nothing)"


@pytest.mark.parametrize("before", [None, "ladder 4"])
def test_without_a_year_before_there_is_no_such_column(sqlite: Engine, visit: Visit, before: str | None) -> None:
    """Nor if the release of that year is on an older ladder."""
    store(sqlite, ladder_5("2025FY"), *((ladder_4("2024FY"),) if before else ()))
    page, _ = read(visit, sqlite, "m20")
    assert table_of(page, BY_ID["m20"].breakdowns[0])[0] == [
        "Answer", "Children", "Share of children with a missing episode"
    ]  # fmt: skip
    assert "the year before" not in page.text


def test_a_release_of_ladder_4_has_no_such_tables(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_4("2025FY"))
    for measure in ("m18", "m19", "m20", "m21"):
        page, _ = read(visit, sqlite, measure)
        assert not [table for table in page.tables if table[0][0] == "Answer"]
        assert "Recorded by it too" not in page.text


def test_detection_is_two_tables_by_sector_and_kind_of_sign(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_5("2025FY"))
    page, words = read(visit, sqlite, "m18")
    found = [table for table in page.tables if table[0][:3] == ["Sector", "Any kind", "Missing"]]
    assert [len(table) for table in found] == [len(found[0])] * 2
    assert {"Police", "Health", "Education"} <= {row[0] for table in found for row in table}
    assert "Any sector" not in {row[0] for table in found for row in table}
    titles = ("Recorded by it too, in the year", "Not recorded by it, in the year")
    assert all(title in words for title in titles)
    assert words.index(titles[0]) < words.index(titles[1])
    assert "Nobody records everything that others see." in words


def test_what_a_sector_cannot_see_has_no_detection_share(sqlite: Engine, visit: Visit) -> None:
    release = ladder_5("2025FY")
    cells = tuple(
        cell.model_copy(update={"state": CellState.NOT_APPLICABLE, "value": None})
        if (cell.sector, cell.measure) == ("police", "m18_missed_health")
        else cell.model_copy(update={"state": CellState.FIGURE, "value": 35})
        if (cell.sector, cell.measure) == ("police", "m18_missed_online")
        else cell
        for cell in release.cells
    )
    store(sqlite, release.model_copy(update={"cells": cells}))
    page, _ = read(visit, sqlite, "m18")
    _, missed = [table for table in page.tables if table[0][:2] == ["Sector", "Any kind"]]
    [police] = [row for row in missed if row[0] == "Police"]
    assert police[missed[0].index("Health")] == "not applicable"
    assert police[missed[0].index("Online")] == "35"


@pytest.mark.parametrize(
    ("measure", "owed"), [("m16", "Plans and lead practitioners are owed"), ("m12", "Return interviews are owed")]
)
def test_what_sectors_no_longer_show_still_says_who_owes_it(
    sqlite: Engine, visit: Visit, measure: str, owed: str
) -> None:
    store(sqlite, ladder_5("2025FY", m16_high=200, m16_met=100, m12_returned=200, m12_completed=100))
    page, words = read(visit, sqlite, measure)
    [table] = [one for one in page.tables if one[0][0] == "Owed by"]
    assert [row[0] for row in table[1:]] == ["Whole board, owed by Children's social care"]
    assert table[1][1:3] == ["200", "100"]
    assert table[1][3].startswith("50%")
    assert "Who owes it, in the year" in words
    assert f"{owed} by Children's social care" in words
    assert "It is not released by sector, so that each record changes few figures." in words
    assert "By sector" not in words


def test_nobody_who_owes_it_is_said(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    for path in register_dir.glob("register-*.yaml"):
        text = path.read_text("utf-8")
        path.write_text("\n".join(line for line in text.splitlines() if "owes:" not in line) + "\n", "utf-8")
    store(sqlite, ladder_5("2025FY"))
    page, words = read(visit, sqlite, "m16")
    [table] = [one for one in page.tables if one[0][0] == "Owed by"]
    assert table[1][0] == "Whole board, owed by nobody whom the register names"
    assert "The register names nobody who owes plans and lead practitioners (owes)" in words.replace("`", "")


def test_missed_opportunities_say_that_they_are_no_longer_released(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_5("2025FY"), ladder_4("2024FY"))
    page, words = read(visit, sqlite, "m3")
    assert "Not since ladder 5: it was near 100 % wherever it was a figure" in words
    [table] = [one for one in page.tables if one[0][0] == "Financial year"]
    assert [row[0] for row in table[1:]] == ["Apr 2024 to Mar 2025"]
