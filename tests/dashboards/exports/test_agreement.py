"""Release, page and every kind of file say the same, cell by cell, and keep every state apart."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import Engine

from dashboards.exports import formats, pdf
from dashboards.labels import label_of
from models.releases import Cell, CellState, Release
from tests.dashboards.conftest import Visit, store
from tests.dashboards.exports import readers
from tests.dashboards.exports.readers import Read
from tests.dashboards.exports.releases import NAMES, PANGO, SUFFIXES, WRITTEN, full, ladder_2
from tests.dashboards.html import Page
from tests.dashboards.ladder_4 import ladder_4
from tests.dashboards.ladder_5 import ladder_5
from tests.dashboards.voices.releases import HEARD, with_voices
from tests.models.store.factories import BOARD, make_cell, make_release

pytestmark = pytest.mark.slow

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
    "ladder 1": make_release(),
    "ladder 2, quarter": ladder_2("2026Q1"),
    "ladder 2, year": ladder_2("2025FY"),
    "ladder 4, quarter": ladder_4("2026Q1", m7_screened=CellState.NO_RETURN),
    "ladder 4, year": ladder_4("2025FY"),
    "ladder 5, with what people said": with_voices().model_copy(
        update={"cells": ladder_5("2025FY", m19_model_party=CellState.LOW, m21_screened=CellState.NOT_COUNTABLE).cells}
    ),
}
LABELLED = formats.LABELLED
DRAWN = (RELEASES["every state at every level"], RELEASES["ladder 5, with what people said"])
"""Releases whose PDF is compared: between them they have every state and every kind of line, and drawing takes long."""


@pytest.fixture(scope="module", params=list(RELEASES))
def release(request: pytest.FixtureRequest) -> Release:
    return RELEASES[request.param]


@pytest.fixture(scope="module")
def files(release: Release) -> dict[str, bytes]:
    """Every format."""
    found = {suffix: formats.write(release, NAMES, suffix) for suffix in (*WRITTEN, LABELLED) if suffix != "pdf"}
    if PANGO and release in DRAWN:
        found["pdf"] = formats.write(release, NAMES, "pdf")
    voices = formats.write_voices(release, NAMES)
    return found if voices is None else found | {formats.VOICES: voices}


def expected(cell: Cell) -> tuple[str, int | str]:
    """Label and entry of a cell, as every file must tell it."""
    return label_of(cell, NAMES), cell.value if cell.value is not None else SHORTHAND[cell.state]


def read(suffix: str, content: bytes) -> list[Read]:
    by = {"csv": readers.from_csv, "xlsx": readers.from_xlsx, "ods": readers.from_ods, "pdf": readers.from_pdf}
    return (by | {LABELLED: readers.from_labelled, formats.VOICES: readers.from_csv})[suffix](content)


def test_the_csv_says_what_the_release_says(release: Release, files: dict[str, bytes]) -> None:
    found = [(line.label, line.shown) for line in read("csv", files["csv"])]
    assert Counter(found) == Counter(map(expected, release.cells))
    told = {shown for _, shown in found if isinstance(shown, str)}
    assert told == {SHORTHAND[cell.state] for cell in release.cells if cell.state is not CellState.FIGURE}
    if release.ladder_version in (2, 3):
        assert told == set(SHORTHAND.values())
    elif release.ladder_version > 3:
        assert not told & {"0", "1-9", "[c]"}


def test_the_csv_s_codes_are_the_release_s(release: Release, files: dict[str, bytes]) -> None:
    dims = ("measure", "level", "area", "sector", "agency", "indicator", "state")
    rows = readers.csv_rows(files["csv"])
    codes = Counter(tuple(row["area_code" if dim == "area" else dim] for dim in dims) for row in rows)
    assert codes == Counter(tuple(str(getattr(cell, dim)) for dim in dims) for cell in release.cells)


def test_every_other_file_says_what_the_csv_says(release: Release, files: dict[str, bytes]) -> None:
    """In the same order: by measure, level and name, never by figures. The PDF's order is the same too."""
    of_csv = read("csv", files["csv"]) + (read(formats.VOICES, files[formats.VOICES]) if release.voices else [])
    others = files.keys() - {"csv", formats.VOICES}
    assert others >= {"xlsx", "ods", LABELLED}
    for suffix in sorted(others):
        assert read(suffix, files[suffix]) == of_csv, suffix


def test_no_two_rows_of_a_file_have_one_label(files: dict[str, bytes]) -> None:
    for suffix, content in files.items():
        labels = Counter(line.label.casefold() for line in read(suffix, content))
        assert [label for label, times in labels.items() if times > 1] == [], suffix


def test_the_lines_are_in_alphabetical_order(files: dict[str, bytes]) -> None:
    def alphabetical(row: dict[str, str]) -> tuple[object, ...]:
        level = ("board", "town", "ward").index(row["level"])
        names = [
            "" if row[code] == "any" else row[name].casefold()
            for code, name in (("sector", "sector_name"), ("agency", "agency_name"), ("indicator", "indicator_name"))
        ]
        number = int(re.sub(r"\D", "", row["measure"].partition("_")[0]))
        area = "" if level == 0 else row["area_name"].casefold()
        return number, row["measure"], level, area, *names

    rows = readers.csv_rows(files["csv"])
    assert rows == sorted(rows, key=alphabetical)


def test_the_order_does_not_depend_on_the_figures(release: Release) -> None:
    other = release.model_copy(update={"cells": tuple(_shifted(cell) for cell in release.cells)})
    for suffix in ("csv", "xlsx", "ods"):
        of_other, own = (read(suffix, formats.write(one, NAMES, suffix)) for one in (other, release))
        assert [line.label for line in of_other] == [line.label for line in own]


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


@pytest.mark.parametrize("suffix", [*SUFFIXES, *formats.FOR_PROGRAMS])
def test_the_same_release_is_the_same_bytes(suffix: str) -> None:
    release = ladder_4("2026Q1").model_copy(update={"voices": HEARD})
    made = formats.write(release, NAMES, suffix)
    pdf._drawn.clear()  # drawn anew, not taken from what is kept
    assert formats.write(release.model_copy(update={"cells": release.cells[::-1]}), NAMES, suffix) == made


def test_no_file_for_people_shows_a_measure_s_code(files: dict[str, bytes]) -> None:
    texts = [readers.pdf_text(files["pdf"])] if "pdf" in files else []
    for sheets in (readers.xlsx_sheets(files["xlsx"]), readers.ods_sheets(files["ods"])):
        texts += [str(cell) for rows in sheets.values() for row in rows for cell in row]
    found = {code for text in texts for code in re.findall(r"\bM\d{1,2}\b|\bm\d{1,2}_\w+|ladder \d", text)}
    assert found == set()
