"""Pages and files say which records can be counted, from when on, and whom work is charged to; the kit reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from sqlalchemy import Engine

from dashboards.begun import begun
from dashboards.exports import formats
from dashboards.labels import Names
from dashboards.tied import MENDED, class_words, classes
from models.contract.codes import Sector
from models.releases import CellState, Release, TiedRecords
from models.releases.beside import TOKEN_CLASSES, TokenClass
from tests.dashboards.conftest import Visit, store
from tests.dashboards.exports.readers import ods_sheets, pdf_text
from tests.dashboards.html import Page
from tests.dashboards.ladder_4 import ladder_4
from tests.models.store.factories import BOARD

PATH = f"/boards/{BOARD}/measures"


def tied(sector: Sector, record: str, own: TokenClass, others: TokenClass | None = None) -> TiedRecords:
    return TiedRecords.model_validate({"sector": sector, "record": record, "own": own, "others": others or own})


def a_year(window: str = "2025FY", **changes: object) -> Release:
    """A release in which health's concerns cannot be counted, and records begin in April 2024."""
    release = ladder_4(window)
    cells = tuple(
        cell.model_copy(update={"state": CellState.NOT_COUNTABLE, "value": None})
        if (cell.sector, cell.measure) in {("health", "m1_children"), ("health", "m7_children")}
        else cell
        for cell in release.cells
    )
    said = (
        tied(Sector.HEALTH, "cse_concern", "none"),
        tied(Sector.HEALTH, "missing_episode", "too few records"),
        tied(Sector.POLICE, "cse_concern", "all", "most"),
    )
    more = {"cells": cells, "tied": said, "records_from": date(2024, 4, 1)}
    more["counted_from"] = {"m2": date(2025, 4, 1), "m10": date(2024, 6, 29), "m11": date(2024, 6, 30)}
    return release.model_copy(update=more | changes)


def read(visit: Visit, engine: Engine, path: str) -> tuple[Page, str]:
    answer = visit(engine).get(path)
    assert answer.status_code == 200
    page = Page(answer.text)
    return page, " ".join(page.text.split())


def test_a_measure_says_which_records_can_be_counted_and_what_mends_it(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, a_year())
    page, words = read(visit, sqlite, f"{PATH}/m1")
    [table] = [one for one in page.tables if one[0][:2] == ["Sector", "Records"]]
    assert ["Police", "Concerns", "all (95% or more)", "–"] in table
    [health] = [row for row in table if row[0] == "Health"]
    assert health[1:3] == ["Concerns", "none (under 5%)"]
    assert health[3] == MENDED.format("the NHS number")
    assert "by records without an identifier are in no figure, nor in the totals of the board and its towns" in words
    assert "Health (concerns: none of them can be tied to a child)" in words
    assert "cannot be counted" in [cell for row in page.tables[-3] for cell in row] or "cannot be counted" in words
    # M9 rests on no concern, so that nothing of it is said there.
    assert "can be tied to a child)" not in read(visit, sqlite, f"{PATH}/m9")[1]


def test_a_cell_that_cannot_be_counted_is_neither_few_nor_none(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, a_year())
    page, _ = read(visit, sqlite, f"{PATH}/m7")
    [row] = [
        row for table in page.tables for row in table if row[0] == "Health" and len(row) == 4 and "%" not in row[2]
    ]
    assert row[1] == "cannot be counted"
    assert row[3] == "cannot be counted", "nor is a share of it"
    _, figures = read(visit, sqlite, f"/boards/{BOARD}/figures?window=2025FY&view=sector&measure=m1_children")
    assert "cannot be counted" in figures
    assert "Health (concerns: none of them can be tied to a child)" in figures


def test_a_window_says_from_when_on_it_counts_beside_its_figures(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, a_year(), a_year("2024FY"))
    page, _ = read(visit, sqlite, f"{PATH}/m10")
    [row] = [r for table in page.tables for r in table if r[0].startswith("Apr 2024 to Mar 2025")]
    assert (
        "Counts from 29 June 2024 on, because records begin on 1 April 2024: 24% of the period is left out." in row[0]
    )
    assert row[1].isdigit()
    assert row[2] == "cannot be counted", "of other days than the children missing"
    [next_year] = [r for table in page.tables for r in table if r[0] == "Apr 2025 to Mar 2026"]
    assert next_year[2].endswith("%")
    assert (
        "Cannot be counted: records begin on 1 April 2024, and this measure counts from 1 April 2025 on."
        in " ".join(read(visit, sqlite, f"{PATH}/m2")[1].split())
    )
    board, _ = read(visit, sqlite, f"/boards/{BOARD}")
    years = [r for table in board.tables for r in table if r[0].startswith("Apr 2025 to Mar 2026")]
    assert all("up" not in r[4] and "down" not in r[4] for r in years), "no change between other days"


def test_work_is_charged_to_whoever_owes_it(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, a_year())
    page, words = read(visit, sqlite, f"{PATH}/m8")
    rows = [row for table in page.tables for row in table if row[0] == "Whole board, owed by Children's social care"]
    whole = [row for table in page.tables for row in table if row[0].startswith("Apr 2025 to Mar 2026")]
    assert rows[0][1:] == whole[0][1:]
    assert "Return interviews are owed by Children's social care" in words
    assert "owed by" not in read(visit, sqlite, f"{PATH}/m9")[1]


def test_a_release_of_before_says_nothing_of_it(sqlite: Engine, visit: Visit) -> None:
    store(sqlite, ladder_4("2025FY"))
    _, words = read(visit, sqlite, f"{PATH}/m1")
    assert "Which records can be counted" not in words
    assert "Records that can be tied to a child, of all kinds and agencies" in words
    assert begun(ladder_4("2025FY"), "m2") == ""


def lines(release: Release) -> list[dict[str, str]]:
    written = formats.write(release, Names(), "csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(written)))


def test_each_line_of_the_table_says_it() -> None:
    told = {(line["measure"], line["sector"]): line for line in lines(a_year()) if line["level"] == "board"}
    health = told["m1_children", "health"]
    assert (health["children"], health["state"], health["records_tied"]) == (
        "cannot be counted", "not_countable", "concerns: none",
    )  # fmt: skip
    assert told["m1_children", "any"]["records_tied"] == "Health, concerns: none"
    assert told["m9_children", "any"]["records_tied"] == "all or most"
    assert told["m7_screened", "police"]["records_tied"] == "concerns: most"
    assert told["m10_children", "any"]["counted_from"] == "2025-04-01"
    first = {line["measure"]: line["counted_from"] for line in lines(a_year("2024FY"))}
    assert (first["m10_children"], first["m9_children"]) == ("2024-06-29", "2024-04-01")
    assert {line["records_tied"] for line in lines(ladder_4("2025FY"))} == {"not said"}


def _xlsx_text(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def _ods_text(content: bytes) -> str:
    return "\n".join(str(cell) for rows in ods_sheets(content).values() for row in rows for cell in row)


_TEXT_OF: dict[str, Callable[[bytes], str]] = {"xlsx": _xlsx_text, "ods": _ods_text, "pdf": pdf_text}


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "pdf"])
def test_every_format_says_it(suffix: str) -> None:
    content = formats.write(a_year("2024FY"), Names(), suffix)
    text = " ".join(_TEXT_OF[suffix](content).split())
    assert "cannot be counted" in text
    assert "Health, concerns" in text
    assert "none (under 5%)" in text
    assert "Missing again and again: Counts from 29 June 2024 on" in text


def test_the_classes_cover_every_share() -> None:
    assert list(TOKEN_CLASSES.values()) == sorted(TOKEN_CLASSES.values(), reverse=True)
    assert class_words("most") == "most (80 to 94%)"
    assert classes().count(";") == 4
