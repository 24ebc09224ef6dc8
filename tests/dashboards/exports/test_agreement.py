"""Release, page, CSV, XLSX, ODS and PDF say the same, cell by cell, and keep every state apart."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import Engine

from dashboards.exports import formats, pdf
from models.releases import Cell, CellState, Release
from tests.dashboards.conftest import Visit, store
from tests.dashboards.exports import readers
from tests.dashboards.exports.readers import Read
from tests.dashboards.exports.releases import NAMES, SUFFIXES, WRITTEN, full, ladder_2
from tests.dashboards.html import Page
from tests.dashboards.ladder_4 import ladder_4
from tests.dashboards.ladder_5 import ladder_5
from tests.models.store.factories import BOARD, make_cell, make_release

pytestmark = pytest.mark.slow

BOARD_NAME = "Aldermere (synthetic)"
SHORTHAND = {
    CellState.LOW: "fewer than 10",
    CellState.NONE: "0",
    CellState.ONE_TO_NINE: "1-9",
    CellState.WITHHELD: "[c]",
    CellState.NO_RETURN: "[x]",
    CellState.NOT_RECORDED: "not recorded",
    CellState.NOT_APPLICABLE: "[z]",
    CellState.NOT_COUNTABLE: "cannot be counted",
}
"""Written here once more, so that a change is noticed: what somebody who reads a file by a program goes by."""


RELEASES = {
    "every state at every level": full(),
    "ladder 2, quarter": ladder_2("2026Q1"),
    "ladder 2, year": ladder_2("2025FY"),
    "ladder 4, quarter": ladder_4("2026Q1", m7_screened=CellState.NO_RETURN),
    "ladder 4, year": ladder_4("2025FY"),
    "ladder 5, year": ladder_5("2025FY", m19_model_party=CellState.LOW, m21_screened=CellState.NOT_COUNTABLE),
}


@pytest.fixture(scope="module", params=list(RELEASES))
def release(request: pytest.FixtureRequest) -> Release:
    return RELEASES[request.param]


@pytest.fixture(scope="module")
def files(release: Release) -> dict[str, bytes]:
    """Every format."""
    return {suffix: formats.write(release, NAMES, suffix) for suffix in WRITTEN}


def expected(cell: Cell) -> Read:
    """A cell of the release as every file must tell it."""

    def name(code: str) -> str:
        return "all" if code == "any" else code

    return Read(
        readers.code(cell.measure),
        cell.level,
        NAMES.areas[cell.area],
        name(cell.sector).replace("_", " "),
        NAMES.agencies.get(cell.agency, name(cell.agency)),
        name(cell.indicator),
        cell.value if cell.value is not None else SHORTHAND[cell.state],
    )


def read(suffix: str, content: bytes) -> list[Read]:
    if suffix == "pdf":
        return readers.from_pdf(content, BOARD_NAME)
    return {"csv": readers.from_csv, "xlsx": readers.from_xlsx, "ods": readers.from_ods}[suffix](content)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_says_what_the_release_says(release: Release, files: dict[str, bytes], suffix: str) -> None:
    found = read(suffix, files[suffix])
    assert Counter(found) == Counter(map(expected, release.cells))
    told = {line.shown for line in found if isinstance(line.shown, str)}
    assert told == {SHORTHAND[cell.state] for cell in release.cells if cell.state is not CellState.FIGURE}
    if release.ladder_version < 4:
        assert told == set(SHORTHAND.values())
    else:
        assert not told & {"0", "1-9", "[c]"}


def test_the_tables_are_in_the_same_alphabetical_order(files: dict[str, bytes]) -> None:
    table = read("csv", files["csv"])
    assert table == read("xlsx", files["xlsx"]) == read("ods", files["ods"])

    def alphabetical(line: Read) -> tuple[object, ...]:
        level = ("board", "town", "ward").index(line.level)
        number, _, rest = line.measure.partition("-")
        return int(number[1:]), rest, level, *("" if word == "all" else word.casefold() for word in line[2:6])

    assert table == sorted(table, key=alphabetical)


def test_the_order_does_not_depend_on_the_figures(release: Release) -> None:
    other = release.model_copy(update={"cells": tuple(_shifted(cell) for cell in release.cells)})

    def places(of: Release, suffix: str) -> list[tuple[str, ...]]:
        return [line[:6] for line in read(suffix, formats.write(of, NAMES, suffix))]

    for suffix in ("csv", "xlsx", "ods"):
        assert places(other, suffix) == places(release, suffix)


def _shifted(cell: Cell) -> Cell:
    return cell.model_copy(update={"state": CellState.FIGURE, "value": 3000 - (cell.value or 0)})


def test_the_page_says_in_words_what_the_files_say(sqlite: Engine, visit: Visit) -> None:
    cells = (make_cell(value=1250), make_cell("m9_children"), make_cell("m10_children", state=CellState.WITHHELD))
    store(sqlite, make_release(cells=cells))
    client = visit(sqlite)
    row = Page(client.get(f"/boards/{BOARD}").text).tables[0][1]
    on_page = [re.sub(r" \(.*\)$", "", row[at]) for at in (1, 3, 4)]
    assert on_page == ["1,250", "fewer than 10", "withheld"]
    for suffix in WRITTEN:
        found = read(suffix, client.get(f"/releases/{BOARD}.2026Q1.l1.{suffix}").content)
        shown = [f"{line.shown:,}" if isinstance(line.shown, int) else line.shown for line in found]
        assert shown == [*on_page[:2], SHORTHAND[CellState.WITHHELD]]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_release_is_the_same_bytes(release: Release, files: dict[str, bytes], suffix: str) -> None:
    shuffled = release.model_copy(update={"cells": release.cells[::-1]})
    pdf._drawn.clear()  # drawn anew, not taken from what is kept
    assert formats.write(shuffled, NAMES, suffix) == files[suffix]
